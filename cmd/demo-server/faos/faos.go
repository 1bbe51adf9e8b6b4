// Package faos serves the FAOS API of the demo: agents that work, workflows of them,
// webhooks, and integrations with servers of others.
package faos

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware/decode"
)

// A service is the API over its records.
type service struct {
	agents       system.Table[agent]
	executions   system.Table[execution]
	workflows    system.Table[workflow]
	webhooks     system.Table[webhook]
	integrations integrations
}

// body decodes requests. What the API does not know, it ignores.
var body = &decode.Decoder{AllowUnknown: true}

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	s := &service{
		agents:       system.Table[agent]{Missing: faos.AgentNotFound},
		executions:   system.Table[execution]{Missing: faos.ExecutionNotFound},
		workflows:    system.Table[workflow]{Missing: faos.WorkflowNotFound},
		webhooks:     system.Table[webhook]{Missing: faos.WebhookNotFound},
		integrations: connect(o.Upstreams),
	}
	s.fill(time.Now())
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
		Tokens:       accessTokens(),
		AccessTokens: issued(),
		Scopes:       scopes,
		Rate:         o.Rate,
		Store:        o.Keys,
		Limits:       o.Limits,
	}
	return api.Route(func(r chi.Router) { s.routes(r, api.Errors) })
}

// Every credential may read. What else a call needs is one of these.
const (
	writeAgents      = "agents:write"
	writeWorkflows   = "workflows:write"
	writeWebhooks    = "webhooks:write"
	syncIntegrations = "integrations:write"
)

var scopes = []string{writeAgents, writeWorkflows, writeWebhooks, syncIntegrations}

func (s *service) routes(r chi.Router, errs *errcatalog.Writer) {
	handle := errs.Handle
	scope := func(name string) chi.Router { return r.With(auth.RequireScope(errs.WriteError, name)) }

	agents := scope(writeAgents)
	r.Method("GET", "/agents", handle(s.listAgents))
	agents.Method("POST", "/agents", handle(s.createAgent))
	r.Method("GET", "/agents/{id}", handle(s.showAgent))
	agents.Method("PATCH", "/agents/{id}", handle(s.changeAgent))
	agents.Method("DELETE", "/agents/{id}", handle(s.deleteAgent))
	agents.Method("POST", "/agents/{id}/pause", handle(s.turn(paused)))
	agents.Method("POST", "/agents/{id}/activate", handle(s.turn(active)))
	agents.Method("POST", "/agents/{id}/execute", handle(s.execute))
	r.Method("GET", "/executions/{id}", handle(s.showExecution))

	workflows := scope(writeWorkflows)
	workflows.Method("POST", "/workflows", handle(s.createWorkflow))
	r.Method("GET", "/workflows/{id}", handle(s.showWorkflow))
	workflows.Method("POST", "/workflows/{id}/run", handle(s.runWorkflow))

	webhooks := scope(writeWebhooks)
	webhooks.Method("POST", "/webhooks", handle(s.createWebhook))
	r.Method("GET", "/webhooks/{id}", handle(s.showWebhook))
	webhooks.Method("DELETE", "/webhooks/{id}", handle(s.deleteWebhook))

	scope(syncIntegrations).Method("POST", "/integrations/{name}/sync", handle(s.syncIntegration))
}

// fill adds the records that the API starts with.
func (s *service) fill(now time.Time) {
	for _, a := range []agent{
		{"agt_active", "Analyst", "analyst", "finance", "L2", active},
		{"agt_paused", "Sleeper", "assistant", "support", "L1", paused},
		{"agt_training", "Novice", "assistant", "support", "L1", training},
	} {
		s.agents.Put(a.ID, a)
	}
	for _, e := range []execution{
		{ID: "exec_old", AgentID: "agt_active", Status: completed, CreatedAt: time.Date(2025, 10, 1, 9, 0, 0, 0, time.UTC)},
		{ID: "exec_recent", AgentID: "agt_active", Status: completed, CreatedAt: second(now.Add(-retention / 2))},
	} {
		s.executions.Put(e.ID, e)
	}
	for _, w := range []workflow{
		{"wfl_slow", "Nightly report", []step{
			{ID: "step_1", Name: "Write Report", Type: "agent", AgentID: "agt_active", Input: &task{SleepSeconds: 10}},
		}},
		{"wfl_crm", "Lead enrichment", []step{
			{ID: "step_1", Name: "Read Ledger", Type: "integration", Integration: "ledger", Next: []text{"step_2"}},
			{ID: "step_2", Name: "Score Leads", Type: "agent", AgentID: "agt_active", Next: []text{"step_3"}},
			{ID: "step_3", Name: "Update CRM", Type: "integration", Integration: "crm"},
		}},
	} {
		s.workflows.Put(w.ID, w)
	}
}

// created answers with a new record.
func created(w http.ResponseWriter, record any) error {
	return errcatalog.WriteJSON(w, http.StatusCreated, record)
}

// show answers with a record.
func show(w http.ResponseWriter, record any) error {
	return errcatalog.WriteJSON(w, http.StatusOK, record)
}
