// Package so1 serves the SO1 API of the demo: agents with their locks and executions,
// workflows of agents, and the gates of FORGE.
package so1

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

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
		Scopes:  []string{"agents:read", "agents:write", "agents:execute", "agents:unlock", "workflows:write", "forge:override"},
		Limited: []string{"agents:read"},
		Rate:    o.Rate,
		Store:   o.Keys,
		Limits:  o.Limits,
	}
	handle := api.Errors.Handle
	may := func(scopes ...string) func(http.Handler) http.Handler {
		return auth.RequireScope(api.Errors.WriteError, scopes...)
	}
	agents := newAgents(&relay{url: o.Upstreams.Start(http.HandlerFunc(garble))})
	workflows := &workflows{agents}
	gates := &gates{handle, may("forge:override")}
	return api.Route(func(r chi.Router) {
		r.Group(func(r chi.Router) {
			r.Use(may("agents:read"))
			r.Method("GET", "/agents", handle(agents.list))
			r.Method("GET", "/agents/{id}", handle(agents.show))
		})
		r.Group(func(r chi.Router) {
			r.Use(ifForced(may("agents:write", "agents:unlock"), may("agents:write")))
			r.Method("POST", "/agents", handle(agents.create))
			r.Method("PATCH", "/agents/{id}", handle(agents.change))
			r.Method("DELETE", "/agents/{id}", handle(agents.remove))
			r.Method("POST", "/agents/{id}/lock", handle(agents.lock))
		})
		r.With(may("agents:execute")).Method("POST", "/agents/{id}/execute", handle(agents.execute))
		r.With(may("workflows:write")).Method("POST", "/workflows", handle(workflows.create))
		r.Method("POST", "/forge/gates/{stage}/validate", handle(gates.validate))
	})
}
