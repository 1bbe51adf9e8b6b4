// Package agenthuman serves the AgentHuman API of the demo: its roles and sessions.
package agenthuman

import (
	"encoding/json"
	"net/http"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/middleware"
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

// New returns the API's routes.
func New() chi.Router {
	errs := &errcatalog.Writer{Catalog: agenthuman.Catalog, Rules: errcatalog.CommonRules()}
	r := chi.NewRouter()
	r.Use(errs.Scope, chimiddleware.GetHead)
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))

	r.Method("GET", "/roles", errs.Handle(listRoles))
	r.Method("GET", "/sessions/{id}", errs.Handle(showSession))
	r.Method("POST", "/sessions/{id}/speak", errs.Handle(speak))
	return r
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
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
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
