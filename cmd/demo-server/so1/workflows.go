package so1

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// workflows takes workflows of the agents that there are. No call reads a workflow, so
// that none is kept.
type workflows struct{ agents *agents }

// A step has an agent work when the steps that it depends on are done.
type step struct {
	ID        string   `json:"id"`
	Agent     string   `json:"agent"`
	DependsOn []string `json:"depends_on,omitempty"`
}

type steps []step

// Validate implements [decode.Validator].
func (s steps) Validate() []errcatalog.Violation {
	if len(s) == 0 {
		return invalid("must have a step")
	}
	return nil
}

func (f *workflows) create(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name  text  `json:"name" decode:"required"`
		Steps steps `json:"steps" decode:"required"`
	}
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	agents := map[string]bool{}
	for _, a := range f.agents.all(time.Now()) {
		agents[string(a.ID)] = true
	}
	if found := in.Steps.check(agents); len(found) > 0 {
		return so1.WorkflowValidationFailed(found)
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, struct {
		ID    string `json:"id"`
		Name  text   `json:"name"`
		Steps steps  `json:"steps"`
	}{"wfl_" + rand.Text(), in.Name, in.Steps})
}
