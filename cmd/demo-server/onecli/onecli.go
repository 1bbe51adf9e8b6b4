// Package onecli serves the OneCLI API of the demo: a project's agents, secrets, rules
// and apps, and its user.
package onecli

import (
	"sync"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// An api has the records of one server.
type api struct {
	system *system.System

	mu          sync.Mutex // of the tables too
	agents      system.Table[agent]
	secrets     system.Table[secret]
	rules       system.Table[rule]
	connections system.Table[connection]
	clients     map[string]client // by provider
	user        user
}

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	s := &system.System{
		Errors: &errcatalog.Writer{Catalog: onecli.Catalog, DocsURL: o.DocsURL},
		Format: auth.KeyFormat{"live": "oc_live_", "test": "oc_test_"},
		Keys: map[string]string{
			"full":    "oc_live_demofull0000ThisDemoKeyIsNotASecret03C3nkd",
			"limited": "oc_live_demolimited0ThisDemoKeyIsNotASecret004Mo1i",
			"expired": "oc_live_demoexpired0ThisDemoKeyIsNotASecret024dFhg",
			"revoked": "oc_live_demorevoked0ThisDemoKeyIsNotASecret02C4qHN",
			"test":    "oc_test_demotest0000ThisDemoKeyIsNotASecret04aZvLk",
			"burst":   "oc_live_demoburst000ThisDemoKeyIsNotASecret03DnSOu",
		},
		Scopes:  []string{"read", "write"},
		Limited: []string{"read"},
		Rate:    o.Rate,
		Store:   o.Keys,
		Limits:  o.Limits,
	}
	a := newAPI(s)
	handle := s.Errors.Handle
	return s.Route(func(r chi.Router) {
		r.Method("GET", "/agents", handle(a.listAgents))
		r.Method("GET", "/agents/{id}", handle(a.showAgent))
		r.Method("GET", "/secrets", handle(a.listSecrets))
		r.Method("GET", "/rules", handle(a.listRules))
		r.Method("GET", "/apps", handle(a.listApps))

		r = r.With(auth.RequireScope(s.Errors.WriteError, "write"))
		r.Method("POST", "/agents", handle(a.createAgent))
		r.Method("PATCH", "/agents/{id}", handle(a.updateAgent))
		r.Method("DELETE", "/agents/{id}", handle(a.deleteAgent))
		r.Method("POST", "/agents/{id}/default", handle(a.makeDefault))
		r.Method("PUT", "/agents/{id}/secret-mode", handle(a.setSecretMode))
		r.Method("PUT", "/agents/{id}/secrets", handle(a.assignSecrets))

		r.Method("POST", "/secrets", handle(a.createSecret))
		r.Method("PATCH", "/secrets/{id}", handle(a.updateSecret))
		r.Method("DELETE", "/secrets/{id}", handle(a.deleteSecret))

		r.Method("POST", "/rules", handle(a.createRule))
		r.Method("PATCH", "/rules/{id}", handle(a.updateRule))
		r.Method("DELETE", "/rules/{id}", handle(a.deleteRule))

		r.Method("POST", "/apps/{provider}/connect", handle(a.connect))
		r.Method("DELETE", "/apps/{provider}/connect", handle(a.disconnect))
		r.Method("PUT", "/apps/{provider}/config", handle(a.configure))

		r.Method("PATCH", "/user", handle(a.updateUser))
		r.Method("POST", "/user/api-key/regenerate", handle(a.regenerateKey))
	})
}

// newAPI returns the records that are there from the start.
func newAPI(s *system.System) *api {
	a := &api{system: s, clients: map[string]client{}, user: user{ID: "user_1", Name: "Demo"}}
	missing := func(code errcatalog.Code) func(string) *errcatalog.Error {
		return func(string) *errcatalog.Error { return code.With() }
	}
	a.agents = system.Table[agent]{Lock: &a.mu, Prefix: "agent_", Missing: missing(onecli.CodeAgentNotFound), Keep: func(a agent) bool { return a.IsDefault }}
	a.secrets = system.Table[secret]{Lock: &a.mu, Prefix: "secret_", Missing: missing(onecli.CodeSecretNotFound)}
	a.rules = system.Table[rule]{Lock: &a.mu, Prefix: "rule_", Missing: missing(onecli.CodeRuleNotFound)}
	a.connections = system.Table[connection]{Lock: &a.mu, Prefix: "conn_", Missing: missing(onecli.CodeConnectionNotFound)}
	_, _ = a.addAgent(agent{Name: "Default", Identifier: "default", IsDefault: true, SecretMode: all, SecretIDs: []string{}})
	return a
}
