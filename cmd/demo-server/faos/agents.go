package faos

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// An agent is a record.
type agent struct {
	ID            string `json:"id"`
	Name          text   `json:"name"`
	Type          text   `json:"type"`
	Ontology      text   `json:"ontology"`
	AutonomyLevel level  `json:"autonomy_level"`
	Status        status `json:"status"`
}

// A status is what an agent is doing.
type status string

// The statuses. Only active agents take work.
const (
	active   status = "active"
	paused   status = "paused"
	training status = "training"
)

// A level is how much an agent does without asking.
type level string

var wellFormed = regexp.MustCompile(`^L[0-9]+$`)

// UnmarshalJSON keeps what is no string as it stands, for Validate to refuse.
func (l *level) UnmarshalJSON(value []byte) error {
	if json.Unmarshal(value, (*string)(l)) != nil {
		*l = level(value)
	}
	return nil
}

// Validate implements [decode.Validator]. A level that has the form, and does not exist,
// is an error of its own.
func (l level) Validate() []errcatalog.Violation {
	if !wellFormed.MatchString(string(l)) {
		return []errcatalog.Violation{{Reason: "must be L1, L2, L3, or L4"}}
	}
	return nil
}

var tiers = auth.Tiers{"starter", "business", "enterprise"}

// allow says why a principal's agent can't have the level, nil if it can.
func (l level) allow(p *auth.Principal) error {
	switch l {
	case "L1", "L2", "L3":
		return nil
	case "L4":
		return tiers.Check(p, auth.Restriction{Feature: "L4 autonomy", Tier: "business"})
	}
	return faos.InvalidAutonomyLevel(string(l))
}

// agent returns the agent of the request's path.
func (s *service) agent(r *http.Request) (agent, error) {
	return s.agents.Find(system.Param(r, "id"))
}

func (s *service) listAgents(w http.ResponseWriter, _ *http.Request) error {
	return show(w, map[string]any{"agents": s.agents.All()})
}

func (s *service) showAgent(w http.ResponseWriter, r *http.Request) error {
	a, err := s.agent(r)
	if err != nil {
		return err
	}
	return show(w, a)
}

func (s *service) createAgent(w http.ResponseWriter, r *http.Request) error {
	in := struct {
		Name          text  `json:"name" decode:"required"`
		Type          text  `json:"type" decode:"required"`
		Ontology      text  `json:"ontology" decode:"required"`
		AutonomyLevel level `json:"autonomy_level"`
	}{AutonomyLevel: "L1"}
	if err := body.JSON(r, &in); err != nil {
		return err
	}
	if err := in.AutonomyLevel.allow(auth.FromContext(r.Context())); err != nil {
		return err
	}
	a := agent{newID("agt_"), in.Name, in.Type, in.Ontology, in.AutonomyLevel, active}
	s.agents.Insert(a.ID, a)
	return created(w, a)
}

// changes are what a PATCH asks for. What is nil stays as it is.
type changes struct {
	Name          *text  `json:"name"`
	Type          *text  `json:"type"`
	Ontology      *text  `json:"ontology"`
	AutonomyLevel *level `json:"autonomy_level"`
}

func (c *changes) apply(a *agent) error {
	set(&a.Name, c.Name)
	set(&a.Type, c.Type)
	set(&a.Ontology, c.Ontology)
	set(&a.AutonomyLevel, c.AutonomyLevel)
	return nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *service) changeAgent(w http.ResponseWriter, r *http.Request) error {
	a, err := s.agent(r)
	if err != nil {
		return err
	}
	var in changes
	if err := body.JSON(r, &in); err != nil {
		return err
	}
	if in.AutonomyLevel != nil {
		if err := in.AutonomyLevel.allow(auth.FromContext(r.Context())); err != nil {
			return err
		}
	}
	return s.update(w, a.ID, in.apply)
}

// turn returns a handler that sets an agent's status, whatever it was.
func (s *service) turn(to status) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.update(w, system.Param(r, "id"), func(a *agent) error {
			a.Status = to
			return nil
		})
	}
}

// update changes an agent and answers with it.
func (s *service) update(w http.ResponseWriter, id string, change func(*agent) error) error {
	a, err := s.agents.Change(id, change)
	if err != nil {
		return err
	}
	return show(w, a)
}

func (s *service) deleteAgent(w http.ResponseWriter, r *http.Request) error {
	if err := s.agents.Remove(system.Param(r, "id"), nil); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
