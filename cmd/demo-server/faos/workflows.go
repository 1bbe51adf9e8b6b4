package faos

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// A workflow is a record.
type workflow struct {
	ID    string `json:"id"`
	Name  text   `json:"name"`
	Steps []step `json:"steps"`
}

// A step is one of a workflow. It begins when all steps that name it as their next
// are done.
type step struct {
	ID          text   `json:"id" decode:"required"`
	Name        text   `json:"name" decode:"required"`
	Type        string `json:"type" decode:"required"`
	AgentID     text   `json:"agent_id,omitempty"`
	Integration text   `json:"integration,omitempty"`
	Next        []text `json:"next,omitempty"`
	Input       *task  `json:"input,omitempty"` // what the agent is asked to do
}

// Validate implements [decode.Validator].
func (s step) Validate() []errcatalog.Violation {
	wanted, other := "agent_id", "integration"
	has, hasOther := s.AgentID != "", s.Integration != ""
	switch s.Type {
	case "agent":
	case "integration":
		wanted, other, has, hasOther = other, wanted, hasOther, has
	default:
		return []errcatalog.Violation{{Field: "type", Reason: "must be agent or integration"}}
	}
	if has && !hasOther {
		return nil
	}
	return []errcatalog.Violation{{Reason: "must have " + wanted + " and not " + other}}
}

// rawSteps are steps as a request has them. Their own faults are not those of the
// request's other fields.
type rawSteps []json.RawMessage

// Validate implements [decode.Validator].
func (s rawSteps) Validate() []errcatalog.Violation {
	if len(s) == 0 {
		return []errcatalog.Violation{{Reason: "must have at least one step"}}
	}
	return nil
}

func (s *service) createWorkflow(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name  text     `json:"name" decode:"required"`
		Steps rawSteps `json:"steps" decode:"required"`
	}
	if err := body.JSON(r, &in); err != nil {
		return err
	}
	steps, err := in.Steps.parse()
	if err != nil {
		return faos.InvalidStepConfig().Because(err)
	}
	if _, err := inOrder(steps); err != nil {
		return err
	}
	wf := workflow{newID("wfl_"), in.Name, steps}
	s.workflows.Insert(wf.ID, wf)
	return created(w, wf)
}

// parse reads the steps. The error says what is wrong with one.
func (s rawSteps) parse() ([]step, error) {
	steps := make([]step, len(s))
	ids := map[text]bool{}
	for i := range s {
		if err := body.Unmarshal(s[i], &steps[i]); err != nil {
			return nil, fmt.Errorf("step %d: %w", i, err)
		}
		if ids[steps[i].ID] {
			return nil, fmt.Errorf("step %d: its ID is that of another", i)
		}
		ids[steps[i].ID] = true
	}
	for i := range steps {
		for _, next := range steps[i].Next {
			if !ids[next] {
				return nil, fmt.Errorf("step %d: there is no step that is its next", i)
			}
		}
	}
	return steps, nil
}

var errCircle = errors.New("some steps wait for each other")

// inOrder returns the steps in an order in which they can be done, each after those
// that it waits for (Kahn's algorithm). The error is that there is none.
func inOrder(steps []step) ([]step, error) {
	waits, byID := map[text]int{}, map[text]step{}
	for _, s := range steps {
		byID[s.ID] = s
		for _, next := range s.Next {
			waits[next]++
		}
	}
	ready := make([]step, 0, len(steps))
	for _, s := range steps {
		if waits[s.ID] == 0 {
			ready = append(ready, s)
		}
	}
	for i := 0; i < len(ready); i++ {
		for _, next := range ready[i].Next {
			if waits[next]--; waits[next] == 0 {
				ready = append(ready, byID[next])
			}
		}
	}
	if len(ready) < len(steps) {
		return nil, faos.CircularDependency().Because(errCircle)
	}
	return ready, nil
}

func (s *service) showWorkflow(w http.ResponseWriter, r *http.Request) error {
	wf, err := s.workflows.Find(system.Param(r, "id"))
	if err != nil {
		return err
	}
	return show(w, wf)
}
