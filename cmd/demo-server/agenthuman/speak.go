package agenthuman

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
)

// An utterance is the body of a call to speak, and of the one to the voice.
type utterance struct {
	Text string `json:"text" decode:"required"`
}

// Validate implements [decode.Validator].
func (in utterance) Validate() []errcatalog.Violation { return filled("text", in.Text) }

func (a *api) speak(w http.ResponseWriter, r *http.Request) error {
	s, err := a.sessions.Find(system.Param(r, "id"))
	if err != nil {
		return err
	}
	var in utterance
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	if s.Ended {
		return agenthuman.Conflict()
	}
	spoken, err := a.voice.say(r.Context(), in)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, map[string]any{"session_id": s.ID, "spoken": spoken})
}

// A voice is an upstream server that speaks.
type voice struct{ url string }

// A recording is what it answers: the takes of a text, the best one first.
type recording struct {
	Takes []string `json:"takes"`
}

// say has the voice speak, and returns what it said.
func (v voice) say(ctx context.Context, u utterance) (string, error) {
	body, err := json.Marshal(u)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := system.Client.Do(r)
	if err != nil {
		return "", upstream(ctx, err)
	}
	defer resp.Body.Close()
	var rec recording
	if err := json.NewDecoder(resp.Body).Decode(&rec); err != nil {
		return "", upstream(ctx, fmt.Errorf("agenthuman: the voice answered %s: %w", resp.Status, err))
	}
	// This is the demo's bug: a recording may have no take.
	return rec.Takes[0], nil
}

// upstream says that the voice failed, unless it was our own client that left.
func upstream(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	return errcatalog.UpstreamInvalid.Because(err)
}

// voiceServer is the voice's own server. It does not get over some texts.
func voiceServer() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u utterance
		_ = json.NewDecoder(r.Body).Decode(&u)
		rec := recording{Takes: []string{u.Text}}
		switch u.Text {
		case "garble":
			_, _ = w.Write([]byte("<kchrrr"))
			return
		case "panic":
			rec.Takes = nil
		}
		_ = errcatalog.WriteJSON(w, http.StatusOK, rec)
	})
}
