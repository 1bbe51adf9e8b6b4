package faos

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// An execution is the record of what an agent or a workflow did.
type execution struct {
	ID         string    `json:"id"`
	AgentID    string    `json:"agent_id,omitempty"`
	WorkflowID string    `json:"workflow_id,omitempty"`
	Status     string    `json:"status"`
	Output     []string  `json:"output"`
	CreatedAt  time.Time `json:"created_at"`
}

const completed = "completed"

// retention is how long executions are kept.
const retention = 30 * 24 * time.Hour

func (s *service) showExecution(w http.ResponseWriter, r *http.Request) error {
	id := system.Param(r, "id")
	e, err := s.executions.Find(id)
	switch {
	case err != nil:
		return err
	case time.Since(e.CreatedAt) > retention:
		return faos.ExecutionNotFound(id)
	}
	return show(w, e)
}

// record stores an execution that came to its end, and answers with it.
func (s *service) record(w http.ResponseWriter, e execution) error {
	e.ID, e.Status, e.CreatedAt = newID("exec_"), completed, second(time.Now())
	s.executions.Insert(e.ID, e)
	return show(w, e)
}

func (s *service) execute(w http.ResponseWriter, r *http.Request) error {
	a, err := s.agent(r)
	if err != nil {
		return err
	}
	if err := a.ready(); err != nil {
		return err
	}
	in := struct {
		Input          task    `json:"input" decode:"required"`
		TimeoutSeconds seconds `json:"timeout_seconds"`
	}{TimeoutSeconds: defaultTimeout}
	if err := body.JSON(r, &in); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(r.Context(), in.TimeoutSeconds.duration(), faos.ExecutionTimeout())
	defer cancel()
	output, err := in.Input.do(ctx)
	if err != nil {
		return err
	}
	return s.record(w, execution{AgentID: a.ID, Output: []string{output}})
}

// ready says why the agent takes no work, nil if it does.
func (a *agent) ready() error {
	if a.Status != active {
		return faos.AgentNotActive(string(a.Status), a.ID)
	}
	return nil
}

// A task is what an agent is asked to do.
type task struct {
	Action       string `json:"action,omitempty"`
	SleepSeconds pause  `json:"sleep_seconds,omitempty"`
}

// A pause is how long a task takes, in seconds.
type pause float64

// Validate implements [decode.Validator].
func (p pause) Validate() []errcatalog.Violation {
	if p < 0 {
		return []errcatalog.Violation{{Reason: "must be a number of seconds from 0 on"}}
	}
	return nil
}

// guardrails are the actions that no agent may take.
var guardrails = []string{"delete_database"}

// plans has, for each action that agents learned, the steps that it takes. Somebody
// forgot those of one.
var plans = map[string][]string{
	"summarize": {"read", "write"},
	"panic":     {},
}

// do does the task, and returns what came out. It ends with ctx, whose cause is then
// the error.
func (t *task) do(ctx context.Context) (string, error) {
	if slices.Contains(guardrails, t.Action) {
		return "", faos.GuardrailViolation()
	}
	plan, known := plans[t.Action]
	if !known {
		plan = []string{"answer"}
	}
	last := plan[len(plan)-1]
	if err := t.SleepSeconds.wait(ctx); err != nil {
		return "", err
	}
	return "done: " + last, nil
}

// wait returns after the pause, or with the cause of ctx once that is done.
func (p pause) wait(ctx context.Context) error {
	const longest = pause(24 * 60 * 60) // longer than any timeout, and a time.Duration
	timer := time.NewTimer(time.Duration(min(p, longest) * pause(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
