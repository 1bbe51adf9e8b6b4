package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// stacks are those that a record must not differ by.
func stacks() map[string]middleware.Stack {
	return map[string]middleware.Stack{"the zero Stack": {}, "all limits": limits, "replies kept": {KeepReplies: true}}
}

// typed answers with JSON of its own.
func typed(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"oops":true}`)
}

func TestAnErrorThatNobodyReadsIsTheClientsLeaving(t *testing.T) {
	t.Parallel()
	lost := errors.New("pq: connection lost")
	quiet := &errcatalog.Writer{}
	left, failed := map[string]any{"status": 499.0, "level": "INFO"}, map[string]any{"status": 500.0, "level": "ERROR"}
	naive := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			http.Error(w, r.Context().Err().Error(), status)
		}
	}
	for _, test := range []struct {
		name string
		h    http.Handler
		want map[string]any
	}{
		{"text 500", naive(500), left},
		{"text 502", naive(502), left},
		{"text 503", naive(503), left},
		{"text 504", naive(504), left},
		{"a bare status", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), left},
		{"JSON", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { typed(w, 500) }), left},
		{"the request's own error", quiet.Handle(func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }), map[string]any{
			"status": 499.0, "level": "INFO", "code": "client_closed_request",
		}},
		{"an error of the contract", quiet.Always(errcatalog.Internal.Because(lost)), map[string]any{
			"status": 499.0, "level": "INFO", "code": "internal_error", "problem": nil,
		}},
		{"an error that nobody knows", quiet.Always(lost), map[string]any{
			"status": 499.0, "level": "INFO", "code": "internal_error", "problem": errcatalog.ErrUnrecognized.Error(),
		}},
		{"TimeoutHandler's", http.TimeoutHandler(naive(500), time.Hour, ""), left},
		{"nothing", bareNothing, left},
		{"a client's error", naive(400), map[string]any{"status": 400.0, "level": "INFO"}},
		{"a success", ok, map[string]any{"status": 204.0, "level": "INFO"}},
		{"a panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(lost) }), failed},
	} {
		for which, s := range stacks() {
			t.Run(test.name+", "+which, func(t *testing.T) {
				t.Parallel()
				ctx, leave := context.WithCancel(t.Context())
				leave()
				record := observed(ctx, t, s, test.h)
				shows(t, record, test.want)
				if test.want["code"] == "internal_error" && !strings.Contains(fmt.Sprint(record["error"]), lost.Error()) {
					t.Errorf("the record has no cause: %v", record)
				}
			})
		}
	}
}

var bareNothing = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// observed returns the record of a request with that context, which must be all that
// is logged.
func observed(ctx context.Context, t *testing.T, s middleware.Stack, h http.Handler) map[string]any {
	t.Helper()
	var log journal
	s.Errors, s.Logger = &errcatalog.Writer{}, log.logger()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	s.Handler(h).ServeHTTP(httptest.NewRecorder(), r)
	return log.only(t)
}

func TestAnErrorBeforeTheClientLeftStaysOne(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(http.ResponseWriter, *http.Request){
		"text":                     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) },
		"JSON":                     func(w http.ResponseWriter, _ *http.Request) { typed(w, 500) },
		"an error of the contract": new(errcatalog.Writer).Always(errcatalog.Internal),
	} {
		for which, s := range stacks() {
			t.Run(name+", "+which, func(t *testing.T) {
				t.Parallel()
				ctx, leave := context.WithCancel(t.Context())
				record := observed(ctx, t, s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					fail(w, r)
					leave()
				}))
				shows(t, record, map[string]any{"status": 500.0, "level": "ERROR"})
			})
		}
	}
}

func TestWhatTheServerEndedIsNoClientsLeaving(t *testing.T) {
	t.Parallel()
	fail := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.Context().Err().Error(), 500) })
	stopped, stop := context.WithCancelCause(t.Context())
	stop(errors.New("the server is stopping"))
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for name, ctx := range map[string]context.Context{"stopping": stopped, "a deadline": late} {
		for which, s := range stacks() {
			shows(t, observed(ctx, t, s, fail), map[string]any{"status": 500.0, "level": "ERROR"})
			if status := observed(ctx, t, s, bareNothing)["status"]; status != 200.0 {
				t.Errorf("%s, %s: a handler that wrote nothing has the status %v", name, which, status)
			}
		}
	}
}

func TestAClientThatHangsUpIsLoggedAsSuch(t *testing.T) {
	t.Parallel()
	for which, s := range stacks() {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				var log journal
				s := s
				s.Errors, s.Logger = &errcatalog.Writer{}, log.logger()
				reached, served := make(chan struct{}), make(chan struct{})
				h := s.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					close(reached)
					<-r.Context().Done()
					http.Error(w, "query: "+r.Context().Err().Error(), 500)
				}))
				server := testutil.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer close(served)
					h.ServeHTTP(w, r)
				}), h2)
				ctx, leave := context.WithCancel(t.Context())
				go func() { <-reached; leave() }()
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				if resp, err := server.Client().Do(r); err == nil {
					resp.Body.Close()
				}
				<-served
				record := log.only(t)
				shows(t, record, map[string]any{"status": 499.0, "level": "INFO"})
				if !s.KeepReplies && !strings.Contains(log.buf.String(), "query: context canceled") {
					t.Errorf("the record has no cause: %v", record)
				}
			})
		})
	}
}
