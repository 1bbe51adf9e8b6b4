package so1

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// An order is what an agent is to do.
type order struct {
	Task    text    `json:"task" decode:"required"`
	Mode    mode    `json:"mode"`
	Timeout timeout `json:"timeout_seconds"`
}

// A mode says whether the response waits for the result.
type mode string

// Validate implements [decode.Validator].
func (m mode) Validate() []errcatalog.Violation {
	if m != "sync" && m != "async" {
		return invalid("must be sync or async")
	}
	return nil
}

// A timeout is how long an execution may take, in seconds.
type timeout int64

// Validate implements [decode.Validator].
func (t timeout) Validate() []errcatalog.Violation { return within(int64(t), 1, 3600) }

// defaultTimeout is that of an agent without one.
const defaultTimeout = time.Minute

// timeout returns how long the agent may take: as long as the order says, or else the
// agent's configuration.
func (o order) timeout(a agent) time.Duration {
	if o.Timeout > 0 {
		return time.Duration(o.Timeout) * time.Second
	}
	if t, ok := a.Config.timeout(); ok {
		return t
	}
	return defaultTimeout
}

// An execution is what became of an order.
type execution struct {
	ID          string `json:"id"`
	ExecutionID string `json:"execution_id"` // the same, by its own name
	Agent       text   `json:"agent"`
	Status      string `json:"status"`
	Output      string `json:"output,omitempty"`
}

func (s *agents) execute(w http.ResponseWriter, r *http.Request) error {
	a, err := s.find(system.Param(r, "id"), time.Now())
	if err != nil {
		return err
	}
	in := order{Mode: "sync"}
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	id := "exec_" + rand.Text()
	if in.Mode == "async" {
		if err := s.start(id, a, in); err != nil {
			return err
		}
		return errcatalog.WriteJSON(w, http.StatusAccepted, execution{ID: id, ExecutionID: id, Agent: a.ID, Status: "running"})
	}
	out, err := a.do(r.Context(), in)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, execution{ID: id, ExecutionID: id, Agent: a.ID, Status: "completed", Output: out})
}

// grace lets work that takes exactly as long as the timeout end in time.
const grace = 10 * time.Millisecond

// do has the agent do a task within the timeout.
func (a agent) do(ctx context.Context, in order) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, in.timeout(a)+grace, so1.Timeout())
	defer cancel()
	out, err := a.work(ctx, string(in.Task))
	if err != nil && ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return out, err
}

// maxBackground is how many executions can run that nobody waits for.
const maxBackground = 100

// start has the agent do a task in the background. The log has what becomes of it.
func (s *agents) start(id string, a agent, in order) error {
	select {
	case s.background <- struct{}{}:
	default:
		return errcatalog.Overloaded
	}
	go func() {
		defer func() { <-s.background }()
		_, err := a.doSafely(context.Background(), in)
		slog.Info("so1: an execution ended", "execution", id, "agent", string(a.ID), "error", err)
	}()
	return nil
}

// doSafely is do outside of any request, where nobody else recovers panics.
func (a agent) doSafely(ctx context.Context, in order) (out string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("so1: the agent panicked: %v\n%s", v, debug.Stack())
		}
	}()
	return a.do(ctx, in)
}
