// Package onecli serves the OneCLI API of the demo: its agents.
package onecli

import (
	"net/http"
	"regexp"
	"sync"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/middleware/decode"
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

// New returns the API over records of its own.
func New(o system.Options) *system.System {
	s := &store{agents: []agent{{"agent_1", "Default", "default", true}}}
	api := &system.System{
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
	}
	handle := api.Errors.Handle
	return api.Route(func(r chi.Router) {
		r.Method("GET", "/agents", handle(s.list))
		r.Method("POST", "/agents", handle(s.create))
		r.Method("GET", "/agents/{id}", handle(s.show))
	})
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
	if err := decode.JSON(r, &in); err != nil {
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
