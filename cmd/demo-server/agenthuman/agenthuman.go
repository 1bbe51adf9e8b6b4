// Package agenthuman serves the AgentHuman API of the demo: its roles and sessions.
package agenthuman

import (
	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/middleware/decode"
)

// An api has the records of one server.
type api struct {
	voice    voice
	roles    system.Table[role]
	sessions system.Table[session]
}

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	s := &system.System{
		Errors:  &errcatalog.Writer{Catalog: agenthuman.Catalog, DocsURL: o.DocsURL},
		Format:  auth.KeyFormat{"live": "ah_live_", "test": "ah_test_"},
		Carrier: auth.Header("x-api-key"),
		Keys: map[string]string{
			"full":    "ah_live_demofull0000ThisDemoKeyIsNotASecret01FoMRw",
			"limited": "ah_live_demolimited0ThisDemoKeyIsNotASecret04Ggz6n",
			"expired": "ah_live_demoexpired0ThisDemoKeyIsNotASecret02qmIux",
			"revoked": "ah_live_demorevoked0ThisDemoKeyIsNotASecret02sPKNq",
			"test":    "ah_test_demotest0000ThisDemoKeyIsNotASecret00IZOEF",
			"burst":   "ah_live_demoburst000ThisDemoKeyIsNotASecret01GLUqZ",
		},
		Scopes:  []string{"read", "write"},
		Limited: []string{"read"},
		Rate:    o.Rate,
		Store:   o.Keys,
		Limits:  o.Limits,
	}
	a := &api{
		voice:    voice{url: o.Upstreams.Start(voiceServer())},
		roles:    system.Table[role]{Prefix: "role_", Missing: agenthuman.RoleNotFound},
		sessions: system.Table[session]{Prefix: "ses_", Missing: agenthuman.SessionNotFound},
	}
	a.seed()
	handle := s.Errors.Handle
	return s.Route(func(r chi.Router) {
		r.Method("GET", "/roles", handle(a.listRoles))
		r.Method("GET", "/sessions/{id}", handle(a.showSession))

		r = r.With(auth.RequireScope(s.Errors.WriteError, "write"))
		r.Method("POST", "/roles", handle(a.createRole))
		r.Method("POST", "/sessions", handle(a.createSession))
		r.Method("POST", "/sessions/{id}/end", handle(a.endSession))
		r.Method("POST", "/sessions/{id}/speak", handle(a.speak))
	})
}

// seed makes the records that are there from the start.
func (a *api) seed() {
	for _, r := range []role{{"role_host", "Host", false}, {"role_retired", "Retired", true}} {
		a.roles.Put(r.ID, r)
	}
	for _, s := range []session{{"ses_demo", "role_host", 60, false}, {"ses_ended", "role_host", 60, true}} {
		a.sessions.Put(s.ID, s)
	}
}

// bodies reads the requests' bodies. The published text does not ask for members that
// it does not name to be refused.
var bodies = decode.Decoder{AllowUnknown: true}

// filled says that a required text must not be empty.
func filled(field, text string) []errcatalog.Violation {
	if text != "" {
		return nil
	}
	return []errcatalog.Violation{{Field: field, Reason: decode.Required}}
}
