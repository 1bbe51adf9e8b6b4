// Package onecli serves the OneCLI API of the demo: its agents.
package onecli

import (
	"encoding/json"
	"net/http"
	"regexp"
	"sync"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/middleware"
)

// An agent is a record.
type agent struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
	IsDefault  bool   `json:"isDefault"`
}

// A store has the records of one server.
type store struct {
	mu      sync.Mutex
	agents  []agent
	onBuggy func(agent) // nil: the demo's fault
}

// New returns the API's routes over a new store.
func New() chi.Router {
	s := &store{agents: []agent{{"agent_1", "Default", "default", true}}}
	errs := &errcatalog.Writer{Catalog: onecli.Catalog, Rules: errcatalog.CommonRules()}
	r := chi.NewRouter()
	r.Use(errs.Scope, chimiddleware.GetHead)
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))

	r.Method("GET", "/agents", errs.Handle(s.list))
	r.Method("POST", "/agents", errs.Handle(s.create))
	r.Method("GET", "/agents/{id}", errs.Handle(s.show))
	return r
}

func (s *store) list(w http.ResponseWriter, _ *http.Request) error {
	s.mu.Lock()
	agents := s.agents[:len(s.agents):len(s.agents)]
	s.mu.Unlock()
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"agents": agents})
}

func (s *store) show(w http.ResponseWriter, r *http.Request) error {
	s.mu.Lock()
	agents := s.agents[:len(s.agents):len(s.agents)]
	s.mu.Unlock()
	for _, a := range agents {
		if a.ID == chi.URLParam(r, "id") {
			return errcatalog.WriteJSON(w, http.StatusOK, a)
		}
	}
	return onecli.AgentNotFound()
}

var identifier = regexp.MustCompile(`^[a-z][a-z0-9-]{0,49}$`)

func (s *store) create(w http.ResponseWriter, r *http.Request) error {
	var in agent
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(in.Name); n < 1 || n > 255 {
		return onecli.AgentNameInvalid()
	}
	if !identifier.MatchString(in.Identifier) {
		return onecli.AgentIdentifierInvalid()
	}
	a, err := s.add(in)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, a)
}

// add stores an agent. The code that makes the buggy one calls a function that
// nobody set.
func (s *store) add(in agent) (agent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.Identifier == "buggy-agent" {
		s.onBuggy(in)
	}
	for _, a := range s.agents {
		if a.Identifier == in.Identifier {
			return agent{}, onecli.AgentIdentifierTaken()
		}
	}
	a := agent{ID: "agent_" + in.Identifier, Name: in.Name, Identifier: in.Identifier}
	s.agents = append(s.agents, a)
	return a, nil
}
