// Package so1 serves the SO1 API of the demo: its agents.
package so1

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/middleware"
)

// An agent is a record.
type agent struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Domain string `json:"domain"`
}

var agents = []agent{
	{"research-agent", "Research", "market analysis"},
	{"locked-agent", "Ledger", "accounting"},
	{"flaky-agent", "Flaky", "testing"},
	{"upstream-agent", "Relay", "integration"},
	{"buggy-agent", "Buggy", "testing"},
}

// New returns the API's routes.
func New() chi.Router {
	errs := &errcatalog.Writer{Catalog: so1.Catalog, Rules: errcatalog.CommonRules()}
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
	for _, a := range agents {
		if a.ID == chi.URLParam(r, "id") {
			return a, nil
		}
	}
	return agent{}, so1.ResourceNotFound()
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
	var in struct {
		Task string `json:"task"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	out, err := work(a, in.Task)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"agent": a.ID, "output": out})
}

// work does an agent's task. The buggy agent's code indexes a list that is empty.
func work(a agent, task string) (string, error) {
	switch a.ID {
	case "flaky-agent":
		return "", so1.AgentExecutionFailed().Because(fmt.Errorf("%s lost its model", a.ID))
	case "buggy-agent":
		var steps []string
		return steps[0], nil
	}
	return "done: " + task, nil
}
