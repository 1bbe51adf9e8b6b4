package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/ratelimit"
)

func TestAPartWithoutOnErrorAnswersInTheStandardCatalogue(t *testing.T) {
	t.Parallel()
	panics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("lost") })
	waits := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	var closed middleware.Maintenance
	closed.On(time.Minute)
	router := chi.NewRouter()
	router.Get("/text", ok)
	router.MethodNotAllowed(middleware.MethodNotAllowed(nil))
	for _, test := range []struct {
		name, code string
		h          http.Handler
	}{
		{"Recover", "internal_error", middleware.Recover(nil)(panics)},
		{"MaxURI", "uri_too_long", middleware.MaxURI(nil, 1)(ok)},
		{"MaxBody", "payload_too_large", middleware.MaxBody(nil, 1)(ok)},
		{"MediaType", "unsupported_media_type", middleware.MediaType(nil, "application/json")(ok)},
		{"Timeout", "gateway_timeout", middleware.Timeout(nil, time.Millisecond)(waits)},
		{"Maintenance", "service_unavailable", closed.Handler(nil)(ok)},
		{"MethodNotAllowed", "method_not_allowed", router},
		{"ProxyError", "bad_gateway", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			upgrade.ProxyError(nil)(w, r, errors.New("lost"))
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/text", strings.NewReader("text"))
			r.Header.Set("Content-Type", "text/plain")
			test.h.ServeHTTP(w, r)
			if w.Code < 400 || !strings.HasPrefix(w.Body.String(), `{"error":{"code":"`+test.code+`"`) {
				t.Errorf("got %d %s, want the standard reply of %s", w.Code, w.Body, test.code)
			}
		})
	}
}

func TestAPartWithoutOnErrorAnswersAsTheScopeAroundIt(t *testing.T) {
	t.Parallel()
	router := chi.NewRouter()
	router.Get("/text", ok)
	router.MethodNotAllowed(middleware.MethodNotAllowed(nil))
	for name, h := range map[string]http.Handler{
		"MaxURI":           middleware.MaxURI(nil, 1)(ok),
		"MaxBody":          middleware.MaxBody(nil, 1)(ok),
		"MethodNotAllowed": router,
		"Guard":            auth.Require(new(auth.Keys), nil)(ok),
		"RequireScope":     auth.RequireScope(nil, "read")(ok),
		"Limiter":          (&ratelimit.Limiter{Policies: []ratelimit.Policy{{Name: "none", Limit: 0, Window: time.Hour}}}).Handler(ok),
		"ProxyError": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			upgrade.ProxyError(nil)(w, r, errors.New("lost"))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log journal
			w := httptest.NewRecorder()
			s := middleware.Stack{Errors: &errcatalog.Writer{Catalog: faos.Catalog}, Logger: log.logger()}
			s.Handler(h).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/text", strings.NewReader("text")))
			if w.Code < 400 || !strings.Contains(w.Body.String(), "documentation_url") {
				t.Errorf("got %d %s, want the reply of the Stack's catalogue", w.Code, w.Body)
			}
		})
	}
}

func TestALimitOfZeroOrLessIsNone(t *testing.T) {
	t.Parallel()
	reads := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = r.Context().Err()
		}
		if _, has := r.Context().Deadline(); has || err != nil || string(body) != "text" {
			t.Errorf("the handler has a deadline (%t), or reads %q, %v", has, body, err)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	for name, part := range map[string]func(http.Handler) http.Handler{
		"MaxURI":              middleware.MaxURI(errs.WriteError, 0),
		"MaxBody":             middleware.MaxBody(errs.WriteError, 0),
		"MediaType":           middleware.MediaType(errs.WriteError),
		"Deadline":            middleware.Deadline(0),
		"Timeout":             middleware.Timeout(errs.WriteError, 0),
		"MaxURI below zero":   middleware.MaxURI(errs.WriteError, -1),
		"MaxBody below zero":  middleware.MaxBody(errs.WriteError, -1),
		"Deadline below zero": middleware.Deadline(-time.Second),
		"Timeout below zero":  middleware.Timeout(errs.WriteError, -time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/a", strings.NewReader("text"))
			r.Header.Set("Content-Type", "text/plain")
			part(reads).ServeHTTP(w, r)
			if w.Code != http.StatusNoContent {
				t.Errorf("got %d %s, want 204", w.Code, w.Body)
			}
		})
	}
}
