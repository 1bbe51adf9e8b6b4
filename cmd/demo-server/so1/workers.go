package so1

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// A worker does an agent's tasks, and stops when the context is done.
type worker func(ctx context.Context, task string) (string, error)

// labour does any task. One such as "sleep 10s" takes that long.
func labour(ctx context.Context, task string) (string, error) {
	length, _ := strings.CutPrefix(task, "sleep ")
	if d, err := time.ParseDuration(length); err == nil && d > 0 && length != task {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return "done: " + task, nil
}

var errModel = errors.New("so1: the model answers nothing that the agent can use")

// fail fails at every task.
func fail(context.Context, string) (string, error) {
	return "", so1.AgentExecutionFailed().Because(errModel)
}

// lastWord answers with the last word of a task. Its index is one too high.
func lastWord(_ context.Context, task string) (string, error) {
	words := strings.Fields(task)
	return words[len(words)], nil
}

// A relay has another server do the tasks.
type relay struct{ url string }

// ask is a [worker].
func (u *relay) ask(ctx context.Context, task string) (string, error) {
	body, err := json.Marshal(map[string]string{"task": task})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := system.Client.Do(r)
	if err != nil {
		return "", errcatalog.UpstreamInvalid.Because(err)
	}
	defer resp.Body.Close()
	var out struct{ Output string }
	err = json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&out)
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", errcatalog.UpstreamInvalid.Because(fmt.Errorf("so1: the upstream server answers %s, and no result: %v", resp.Status, err))
	}
	return out.Output, nil
}

// garble is the upstream server. What it answers is no JSON.
func garble(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = []string{"application/json"}
	_, _ = io.WriteString(w, `{"output": <html>It works!</html>`)
}
