// Package so1 serves the SO1 API of the demo: its agents.
package so1

import (
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/middleware/decode"
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

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	api := &system.System{
		Errors: &errcatalog.Writer{Catalog: so1.Catalog, DocsURL: o.DocsURL},
		Format: auth.KeyFormat{"live": "cp_live_sk_", "test": "cp_test_sk_"},
		Keys: map[string]string{
			"full":    "cp_live_sk_demofull0000ThisDemoKeyIsNotASecret00Nub4s",
			"limited": "cp_live_sk_demolimited0ThisDemoKeyIsNotASecret03Nexk7",
			"expired": "cp_live_sk_demoexpired0ThisDemoKeyIsNotASecret03haiOD",
			"revoked": "cp_live_sk_demorevoked0ThisDemoKeyIsNotASecret03kMP8S",
			"test":    "cp_test_sk_demotest0000ThisDemoKeyIsNotASecret00iFgTq",
			"burst":   "cp_live_sk_demoburst000ThisDemoKeyIsNotASecret00NJ3tF",
		},
		Scopes:  []string{"agents:read", "agents:write", "agents:unlock", "forge:override"},
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
	if err := decode.JSON(r, &in); err != nil {
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
