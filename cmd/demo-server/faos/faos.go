// Package faos serves the FAOS API of the demo: its agents.
package faos

import (
	"encoding/json"
	"net/http"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware"
)

// An agent is a record.
type agent struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Type          string `json:"type"`
	Ontology      string `json:"ontology"`
	AutonomyLevel string `json:"autonomy_level"`
	Status        string `json:"status"`
}

var agents = []agent{
	{"agt_abc123", "Analyst", "analyst", "finance", "L2", "active"},
	{"agt_paused", "Sleeper", "assistant", "support", "L1", "paused"},
	{"agt_training", "Novice", "assistant", "support", "L1", "training"},
}

// New returns the API's routes.
func New() chi.Router {
	errs := &errcatalog.Writer{Catalog: faos.Catalog, Rules: errcatalog.CommonRules()}
	r := chi.NewRouter()
	r.Use(errs.Scope, chimiddleware.GetHead)
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))

	r.Method("GET", "/agents", errs.Handle(listAgents))
	r.Method("GET", "/agents/{id}", errs.Handle(showAgent))
	r.Method("POST", "/agents/{id}/execute", errs.Handle(execute))
	return r
}

func find(r *http.Request) (agent, error) {
	id := chi.URLParam(r, "id")
	for _, a := range agents {
		if a.ID == id {
			return a, nil
		}
	}
	return agent{}, faos.AgentNotFound(id)
}

func listAgents(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"agents": agents})
}

func showAgent(w http.ResponseWriter, r *http.Request) error {
	a, err := find(r)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, a)
}

func execute(w http.ResponseWriter, r *http.Request) error {
	a, err := find(r)
	if err != nil {
		return err
	}
	if a.Status != "active" {
		return faos.AgentNotActive(a.Status, a.ID)
	}
	var in struct {
		Input map[string]any `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if in.Input == nil {
		return faos.MissingRequiredField("input", []string{"input"})
	}
	switch in.Input["action"] {
	case "delete_database":
		return faos.GuardrailViolation()
	case "panic":
		panic("the agent's plan has no first step")
	}
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"agent_id": a.ID, "status": "completed"})
}
