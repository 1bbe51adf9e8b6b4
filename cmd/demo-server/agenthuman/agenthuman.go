// Package agenthuman serves the AgentHuman API of the demo: its roles and sessions.
package agenthuman

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/middleware/decode"
)

// A role is a record.
type role struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Disabled bool   `json:"disabled"`
}

// A session is a record.
type session struct {
	ID     string `json:"id"`
	RoleID string `json:"role_id"`
	Ended  bool   `json:"ended"`
}

var (
	roles    = []role{{"role_host", "Host", false}, {"role_retired", "Retired", true}}
	sessions = []session{{"ses_demo", "role_host", false}, {"ses_ended", "role_host", true}}
)

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	api := &system.System{
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
	}
	handle := api.Errors.Handle
	return api.Route(func(r chi.Router) {
		r.Method("GET", "/roles", handle(listRoles))
		r.Method("GET", "/sessions/{id}", handle(showSession))
		r.Method("POST", "/sessions/{id}/speak", handle(speak))
	})
}

func find(r *http.Request) (session, error) {
	id := chi.URLParam(r, "id")
	for _, s := range sessions {
		if s.ID == id {
			return s, nil
		}
	}
	return session{}, agenthuman.SessionNotFound(id)
}

func listRoles(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"roles": roles})
}

func showSession(w http.ResponseWriter, r *http.Request) error {
	s, err := find(r)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, s)
}

func speak(w http.ResponseWriter, r *http.Request) error {
	if _, err := find(r); err != nil {
		return err
	}
	var in struct {
		Text string `json:"text"`
	}
	if err := decode.JSON(r, &in); err != nil {
		return err
	}
	switch in.Text {
	case "":
		return agenthuman.InvalidParametersMissing("text").With(agenthuman.InvalidParametersWithRequirement("required"))
	case "panic":
		panic("the voice has no words for " + in.Text)
	}
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"spoken": in.Text})
}
