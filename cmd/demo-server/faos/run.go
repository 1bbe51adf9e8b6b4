package faos

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware/decode"
)

// runWorkflow does a workflow's steps one after the other. A body may be left out.
func (s *service) runWorkflow(w http.ResponseWriter, r *http.Request) error {
	wf, err := s.workflows.Find(system.Param(r, "id"))
	if err != nil {
		return err
	}
	in := struct {
		TimeoutSeconds seconds `json:"timeout_seconds"`
	}{TimeoutSeconds: defaultTimeout}
	if err := body.JSON(r, &in); err != nil && !errors.Is(err, decode.ErrEmpty) {
		return err
	}
	steps, err := inOrder(wf.Steps)
	if err != nil {
		return err
	}
	timeout := in.TimeoutSeconds.duration()
	ctx, cancel := context.WithTimeoutCause(r.Context(), timeout, faos.WorkflowTimeout(timeout))
	defer cancel()
	e := execution{WorkflowID: wf.ID}
	for i := range steps {
		output, err := s.do(ctx, &steps[i])
		if err != nil {
			return err
		}
		e.Output = append(e.Output, output)
	}
	return s.record(w, e)
}

// do does a step. Its error is that the step failed, or the cause of ctx once that
// is done.
func (s *service) do(ctx context.Context, of *step) (output string, err error) {
	if of.Type == "agent" {
		output, err = s.ask(ctx, of)
	} else {
		output, err = s.integrations.sync(ctx, string(of.Integration))
	}
	if err == nil {
		return output, nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return "", stepFailed(of, err)
}

// ask has the step's agent do its task.
func (s *service) ask(ctx context.Context, of *step) (string, error) {
	a, err := s.agents.Find(string(of.AgentID))
	if err != nil {
		return "", err
	}
	if err := a.ready(); err != nil {
		return "", err
	}
	if of.Input == nil {
		return new(task).do(ctx)
	}
	return of.Input.do(ctx)
}

// stepFailed is the error of a step that failed because of another one, which it
// shows as the API would answer it. Of a server of others it shows more.
func stepFailed(of *step, err error) error {
	e := faos.Catalog.Resolve(err)
	reason, message := e.Message(), e.Message()
	var out *outage
	if errors.As(err, &out) {
		reason, message = out.service+" API error", out.Error()
	}
	return faos.StepFailedBecause(string(of.ID), string(of.Name), reason).With(
		faos.StepFailedWithUnderlyingError([]slog.Attr{
			slog.String("code", string(e.Code())), slog.String("message", message),
		})).Because(err)
}
