// Package faos serves the FAOS API of the demo: its agents.
package faos

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware/decode"
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

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	api := &system.System{
		Errors: &errcatalog.Writer{Catalog: faos.Catalog, DocsURL: o.DocsURL},
		Format: auth.KeyFormat{"live": "sk_live_", "test": "sk_test_"},
		Keys: map[string]string{
			"full":    "sk_live_demofull0000ThisDemoKeyIsNotASecret00Q6An0",
			"limited": "sk_live_demolimited0ThisDemoKeyIsNotASecret03QhGa3",
			"expired": "sk_live_demoexpired0ThisDemoKeyIsNotASecret03h6AIL",
			"revoked": "sk_live_demorevoked0ThisDemoKeyIsNotASecret03nPMKi",
			"test":    "sk_test_demotest0000ThisDemoKeyIsNotASecret01D9Egb",
			"burst":   "sk_live_demoburst000ThisDemoKeyIsNotASecret00Qd27V",
			"starter": "sk_live_demostarter0ThisDemoKeyIsNotASecret02MFsgv",
		},
		Scopes:  []string{"agents:read", "agents:write"},
		Limited: []string{"agents:read"},
		Rate:    o.Rate,
	}
	handle := api.Errors.Handle
	return api.Route(func(r chi.Router) {
		r.Method("GET", "/agents", handle(listAgents))
		r.Method("GET", "/agents/{id}", handle(showAgent))
		r.Method("POST", "/agents/{id}/execute", handle(execute))
	})
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
	if err := decode.JSON(r, &in); err != nil {
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
