package middleware_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// TestATimeoutIsLoggedWithItsRouteAndPrincipal has handlers that change what they can of
// their request while it times out.
func TestATimeoutIsLoggedWithItsRouteAndPrincipal(t *testing.T) {
	t.Parallel()
	store := new(auth.Memory)
	key := authtest.IssueKey(t, store, auth.Grant{Owner: "acme"})
	guard := auth.Require(&auth.Keys{Store: store, Format: authtest.Format}, errs.WriteError)
	again := guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	late := guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			again.ServeHTTP(w, r)
			r.Method, r.Host, r.URL.Path, r.URL.RawPath, r.Pattern = "PUT", "other.test", "/elsewhere", "/elsewhere", "/elsewhere"
			time.Sleep(time.Millisecond)
		}
	}))
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{id}", late)
	router := chi.NewRouter()
	router.Route("/v1", func(r chi.Router) { r.Get("/orders/{id}", late.ServeHTTP) })
	router.Get("/orders/{id}", late.ServeHTTP)
	over := http.NewServeMux()
	over.Handle("/", router)
	for _, test := range []struct {
		name, target, want string
		h                  http.Handler
	}{
		{"a ServeMux", "/orders/7", "GET /orders/{id}", mux},
		{"a chi router", "/orders/7%2F8", "/orders/{id}", router},
		{"a chi router's sub-router", "/v1/orders/7", "/v1/orders/{id}", router},
		{"a chi router under a ServeMux", "/v1/orders/7", "/v1/orders/{id}", over},
		{"no router", "/orders/7", "", late},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log journal
				s := middleware.Stack{Errors: &errcatalog.Writer{}, Logger: log.logger(), Timeout: time.Second}
				r := httptest.NewRequest(http.MethodGet, test.target, nil)
				r.Header.Set("Authorization", "Bearer "+key)
				s.Handler(test.h).ServeHTTP(httptest.NewRecorder(), r)
				time.Sleep(time.Second) // until the handler has ended
				record := log.only(t)
				route, _ := record["route"].(string)
				if record["status"] != 504.0 || route != test.want || record["principal"] == nil {
					t.Errorf("got the record %v", record)
				}
			})
		})
	}
}

// What a middleware between the guard and the Timeout left behind may ask who it is.
// A waiting writer writes no body before it may.
type waiting struct {
	http.ResponseWriter
	until chan struct{}
}

func (w waiting) Write(p []byte) (int, error) {
	<-w.until
	return w.ResponseWriter.Write(p)
}

// A handler may fail for want of time while the reply to that is on its way.
func TestALateHandlersErrorIsNotTheReplys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log journal
		failed := make(chan struct{})
		quiet := &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}
		h := middleware.Stack{Errors: quiet, Logger: log.logger(), Timeout: time.Second}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			quiet.WriteError(w, r, errcatalog.UpstreamTimeout)
			close(failed)
		}))
		h.ServeHTTP(waiting{httptest.NewRecorder(), failed}, httptest.NewRequest(http.MethodGet, "/", nil))
		record := log.only(t)
		shows(t, record, map[string]any{"status": 504.0, "problem": nil, "dropped": nil})
		if e, _ := record["error"].(map[string]any); e["kind"] != "timeout" {
			t.Errorf("the error is %v", record["error"])
		}
	})
}

func TestAPanicAfterAFlushedErrorLeavesItsCodeInTheLog(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{0, time.Hour} {
		var log journal
		h := middleware.Stack{Errors: errs, Logger: log.logger(), Timeout: limit}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			errs.WriteError(w, r, errcatalog.Unavailable)
			_ = http.NewResponseController(w).Flush()
			panic(canary)
		}))
		func() {
			defer func() { _ = recover() }()
			ask(h, http.MethodGet, "/")
		}()
		shows(t, log.only(t), map[string]any{"status": 503.0, "code": "service_unavailable", "aborted": true})
	}
}

func TestATimeoutLeavesThePrincipalThatWasThere(t *testing.T) {
	t.Parallel()
	store := new(auth.Memory)
	key := authtest.IssueKey(t, store, auth.Grant{Owner: "acme"})
	inner := middleware.Timeout(errs.WriteError, time.Minute)(http.NotFoundHandler())
	var behind sync.WaitGroup
	h := auth.Require(&auth.Keys{Store: store, Format: authtest.Format}, errs.WriteError)(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			behind.Go(func() {
				if p := auth.FromContext(r.Context()); p.Owner != "acme" {
					t.Errorf("it is %v", p)
				}
			})
			inner.ServeHTTP(w, r)
		}))
	for range 20 {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	behind.Wait()
}
