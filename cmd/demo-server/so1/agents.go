package so1

import (
	"net/http"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// An agent is a record. What it points to does not change.
type agent struct {
	ID     text   `json:"id"`
	Name   text   `json:"name"`
	Domain text   `json:"domain"`
	Config config `json:"config,omitempty"`
	*lock

	work worker
}

// agents are the records, and what their executions share.
type agents struct {
	records    system.Table[agent]
	background chan struct{} // has an item for each execution that nobody waits for
}

func newAgents(upstream *relay) *agents {
	s := &agents{
		records:    system.Table[agent]{Missing: func(string) *errcatalog.Error { return so1.ResourceNotFound() }},
		background: make(chan struct{}, maxBackground),
	}
	for _, a := range []agent{
		{ID: "research-agent", Name: "Research", Domain: "market analysis", work: labour},
		{ID: "locked-agent", Name: "Ledger", Domain: "accounting", work: labour, lock: closing(time.Now())},
		{ID: "flaky-agent", Name: "Flaky", Domain: "testing", work: fail},
		{ID: "upstream-agent", Name: "Relay", Domain: "integration", work: upstream.ask},
		{ID: "buggy-agent", Name: "Buggy", Domain: "testing", work: lastWord},
	} {
		s.records.Put(string(a.ID), a)
	}
	return s
}

func (s *agents) list(w http.ResponseWriter, _ *http.Request) error {
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"agents": s.all(time.Now())})
}

func (s *agents) show(w http.ResponseWriter, r *http.Request) error {
	a, err := s.find(system.Param(r, "id"), time.Now())
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, a)
}

func (s *agents) create(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ID     text   `json:"id" decode:"required"`
		Name   text   `json:"name" decode:"required"`
		Domain text   `json:"domain" decode:"required"`
		Config config `json:"config"`
	}
	if err := bodies.JSON(r, &in); err != nil {
		return configured(err)
	}
	a := agent{ID: in.ID, Name: in.Name, Domain: in.Domain, Config: in.Config.merge(nil), work: labour}
	if !s.records.Insert(string(a.ID), a) {
		return so1.ResourceAlreadyExists()
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, a)
}

func (s *agents) change(w http.ResponseWriter, r *http.Request) error {
	id := system.Param(r, "id")
	if _, err := s.find(id, time.Now()); err != nil {
		return err
	}
	in := changes{of: id}
	if err := bodies.JSON(r, &in); err != nil {
		return configured(err)
	}
	a, err := s.update(id, editOf(r), func(a *agent) {
		a.Name, a.Domain = or(in.Name, a.Name), or(in.Domain, a.Domain)
		a.Config = in.Config.merge(a.Config)
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, a)
}

// changes are what is to be changed of an agent. What is empty stays as it is.
type changes struct {
	ID     text   `json:"id"`
	Name   text   `json:"name"`
	Domain text   `json:"domain"`
	Config config `json:"config"`

	of string // the agent's ID, which does not change
}

// Validate implements [decode.Validator].
func (c changes) Validate() []errcatalog.Violation {
	if c.ID != "" && string(c.ID) != c.of {
		return []errcatalog.Violation{{Field: "id", Reason: "must not change"}}
	}
	return nil
}

// or returns the value, or the old one if it is empty.
func or(value, old text) text {
	if value == "" {
		return old
	}
	return value
}

func (s *agents) remove(w http.ResponseWriter, r *http.Request) error {
	e := editOf(r)
	if err := s.records.Remove(system.Param(r, "id"), func(a agent) error { return a.open(e) }); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// all returns the agents as they are at a time.
func (s *agents) all(now time.Time) []agent {
	all := s.records.All()
	for i := range all {
		all[i].expire(now)
	}
	return all
}

// find returns an agent as it is at a time.
func (s *agents) find(id string, now time.Time) (agent, error) {
	a, err := s.records.Find(id)
	a.expire(now)
	return a, err
}

// update changes an agent that is open to the edit, and returns it.
func (s *agents) update(id string, e edit, change func(*agent)) (agent, error) {
	return s.records.Change(id, func(a *agent) error {
		if err := a.open(e); err != nil {
			return err
		}
		change(a)
		return nil
	})
}
