package faos

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// A webhook is a record.
type webhook struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
}

// known are the events that a webhook can ask for.
var known = []string{
	"agent.created", "agent.updated", "agent.deleted",
	"execution.completed", "execution.failed",
	"workflow.completed", "workflow.failed",
}

// events are what a webhook asks for.
type events []string

// Validate implements [decode.Validator]. An event that does not exist is an error of
// its own.
func (e events) Validate() []errcatalog.Violation {
	if len(e) == 0 {
		return []errcatalog.Violation{{Reason: "must have at least one event"}}
	}
	return nil
}

func (s *service) createWebhook(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		URL    string `json:"url" decode:"required"`
		Events events `json:"events" decode:"required"`
	}
	if err := body.JSON(r, &in); err != nil {
		return err
	}
	if !isHTTPS(in.URL) {
		return faos.InvalidURL()
	}
	for _, event := range in.Events {
		if !slices.Contains(known, event) {
			return faos.InvalidEventType(event)
		}
	}
	hook := webhook{newID("hook_"), in.URL, in.Events}
	s.webhooks.Insert(hook.ID, hook)
	return created(w, hook)
}

// isHTTPS reports whether the text is an absolute URL of the scheme https, with a host.
func isHTTPS(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || strings.Contains(text, " ") {
		return false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && port > 0
}

func (s *service) showWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.webhooks.Find(system.Param(r, "id"))
	if err != nil {
		return err
	}
	return show(w, hook)
}

func (s *service) deleteWebhook(w http.ResponseWriter, r *http.Request) error {
	if err := s.webhooks.Remove(system.Param(r, "id"), nil); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
