package so1

import (
	"net/http"
	"slices"
	"sync"
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
	made bool // by a client, and not there from the start
}

// agents are the records, in the order of their creation, and what their
// executions share.
type agents struct {
	mu      sync.Mutex
	records []agent

	background chan struct{} // has an item for each execution that nobody waits for
}

// maxAgents is how many agents there are. Of those that clients made the oldest are
// forgotten: a demo does not grow without end.
const maxAgents = 1000

func newAgents(upstream *relay) *agents {
	return &agents{
		records: []agent{
			{ID: "research-agent", Name: "Research", Domain: "market analysis", work: labour},
			{ID: "locked-agent", Name: "Ledger", Domain: "accounting", work: labour, lock: closing(time.Now())},
			{ID: "flaky-agent", Name: "Flaky", Domain: "testing", work: fail},
			{ID: "upstream-agent", Name: "Relay", Domain: "integration", work: upstream.ask},
			{ID: "buggy-agent", Name: "Buggy", Domain: "testing", work: lastWord},
		},
		background: make(chan struct{}, maxBackground),
	}
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
	if err := s.add(a); err != nil {
		return err
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
	if err := s.drop(system.Param(r, "id"), editOf(r)); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// all returns the agents as they are at a time.
func (s *agents) all(now time.Time) []agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.records)
	for i := range all {
		all[i].expire(now)
	}
	return all
}

// index returns where an agent is.
func (s *agents) index(id string) (int, error) {
	i := slices.IndexFunc(s.records, func(a agent) bool { return string(a.ID) == id })
	if i < 0 {
		return 0, so1.ResourceNotFound()
	}
	return i, nil
}

// find returns an agent as it is at a time.
func (s *agents) find(id string, now time.Time) (agent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.index(id)
	if err != nil {
		return agent{}, err
	}
	a := s.records[i]
	a.expire(now)
	return a, nil
}

// add adds an agent of a new ID.
func (s *agents) add(a agent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.index(string(a.ID)); err == nil {
		return so1.ResourceAlreadyExists()
	}
	if len(s.records) >= maxAgents {
		oldest := slices.IndexFunc(s.records, func(a agent) bool { return a.made })
		s.records = slices.Delete(s.records, oldest, oldest+1)
	}
	a.made = true
	s.records = append(s.records, a)
	return nil
}

// update changes an agent that is open to the edit, and returns it.
func (s *agents) update(id string, e edit, change func(*agent)) (agent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.open(id, e)
	if err != nil {
		return agent{}, err
	}
	change(&s.records[i])
	return s.records[i], nil
}

// drop removes an agent that is open to the edit.
func (s *agents) drop(id string, e edit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.open(id, e)
	if err != nil {
		return err
	}
	s.records = slices.Delete(s.records, i, i+1)
	return nil
}
