package middleware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/requestid"
)

// A journal keeps the records that were logged to it.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(j, nil)) }

func (j *journal) records(t *testing.T) []map[string]any {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []map[string]any
	for d := json.NewDecoder(bytes.NewReader(j.buf.Bytes())); d.More(); {
		var record map[string]any
		if err := d.Decode(&record); err != nil {
			t.Fatal(err)
		}
		all = append(all, record)
	}
	return all
}

// only returns the one record.
func (j *journal) only(t *testing.T) map[string]any {
	t.Helper()
	all := j.records(t)
	if len(all) != 1 {
		t.Fatalf("got %d records, want 1: %v", len(all), all)
	}
	return all[0]
}

// shows fails for what the record has otherwise. A nil stands for an attribute that is
// not there.
func shows(t *testing.T, record, want map[string]any) {
	t.Helper()
	for key, value := range want {
		if got, ok := record[key]; got != value || ok != (value != nil) {
			t.Errorf("%s is %v, want %v: %v", key, got, value, record)
		}
	}
}

func TestObserveTellsOfARequest(t *testing.T) {
	t.Parallel()
	secret := errors.New("pq: no such user")
	for _, test := range []struct {
		name   string
		method string
		h      func(w http.ResponseWriter, r *http.Request) error
		want   map[string]any
	}{
		{"a success", "GET", func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte("done"))
			return nil
		}, map[string]any{
			"level": "INFO", "msg": "request", "method": "GET", "path": "/v1/orders/7", "status": 201.0, "bytes": 4.0,
			"request_id": "req_1", "client_ip": "192.0.2.1", "principal": nil, "code": nil, "error": nil, "aborted": nil,
		}},
		{"nothing", "GET", func(http.ResponseWriter, *http.Request) error { return nil }, map[string]any{"status": 200.0, "bytes": 0.0}},
		{"a HEAD", "HEAD", func(w http.ResponseWriter, _ *http.Request) error {
			_, _ = w.Write([]byte("done"))
			return nil
		}, map[string]any{"status": 200.0, "bytes": 0.0}},
		{"a client's error", "GET", func(http.ResponseWriter, *http.Request) error { return errcatalog.NotFound.Because(secret) }, map[string]any{
			"level": "INFO", "status": 404.0, "code": "not_found", "error": nil,
		}},
		{"the server's error", "GET", func(http.ResponseWriter, *http.Request) error { return errcatalog.Internal.Because(secret) }, map[string]any{
			"level": "ERROR", "status": 500.0, "code": "internal_error", "problem": nil,
		}},
		{"an error that nobody knows", "GET", func(http.ResponseWriter, *http.Request) error { return secret }, map[string]any{
			"level": "ERROR", "status": 500.0, "code": "internal_error", "problem": errcatalog.ErrUnrecognized.Error(),
		}},
		{"a panic", "GET", func(http.ResponseWriter, *http.Request) error { panic(secret) }, map[string]any{
			"level": "ERROR", "status": 500.0, "code": "internal_error", "aborted": nil,
		}},
		{"text", "GET", func(w http.ResponseWriter, _ *http.Request) error {
			http.Error(w, secret.Error(), http.StatusBadGateway)
			return nil
		}, map[string]any{"level": "ERROR", "status": 502.0, "code": "bad_gateway"}},
		{"an abort", "GET", func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusAccepted)
			panic(http.ErrAbortHandler)
		}, map[string]any{"level": "WARN", "status": 202.0, "aborted": true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var log journal
			errs := new(errcatalog.Writer)
			h := middleware.Stack{Errors: errs, Logger: log.logger()}.Handler(errs.Handle(test.h))
			r := httptest.NewRequest(test.method, "/v1/orders/7?token=s3cret", nil)
			r.Header.Set("X-Request-Id", "req_1")
			func() {
				defer func() { _ = recover() }() // an abort is for net/http
				h.ServeHTTP(httptest.NewRecorder(), r)
			}()
			record := log.only(t)
			shows(t, record, test.want)
			if test.want["level"] == "ERROR" && !strings.Contains(log.buf.String(), secret.Error()) {
				t.Errorf("the record has no cause: %v", record)
			}
			if strings.Contains(log.buf.String(), "s3cret") {
				t.Errorf("the record has the query: %v", record)
			}
		})
	}
}

func TestObserveTellsWhichRoute(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{id}", ok)
	mux.HandleFunc("/panics/{id}", func(http.ResponseWriter, *http.Request) { panic(canary) })
	router := chi.NewRouter()
	router.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))
	router.Use(chimiddleware.Heartbeat("/ping"))
	router.Method("GET", "/orders/{id}", ok)
	router.Get("/panics/{id}", func(http.ResponseWriter, *http.Request) { panic(canary) })
	router.Route("/v1", func(r chi.Router) { r.Method("GET", "/agents/{id}", ok) })
	using := chi.NewRouter()
	using.Use(middleware.Route)
	using.Mount("/", router)
	other := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithoutCancel(r.Context())))
		})
	}
	under := http.NewServeMux()
	under.Handle("/", using)
	for _, test := range []struct {
		name, target, want string
		h                  http.Handler
	}{
		{"a ServeMux's", "/orders/7", "GET /orders/{id}", mux},
		{"a ServeMux's with a panic", "/panics/7", "/panics/{id}", mux},
		{"none of a ServeMux", "/nowhere", "", mux},
		{"a chi router's", "/orders/7", "/orders/{id}", router},
		{"a chi router's with a panic", "/panics/7", "/panics/{id}", router},
		{"a chi router's sub-router's", "/v1/agents/7", "/v1/agents/{id}", router},
		{"none of a chi router", "/nowhere", "", router},
		{"a hidden chi router's that uses Route", "/orders/7", "/orders/{id}", other(using)},
		{"a chi router's under a ServeMux", "/v1/agents/7", "/v1/agents/{id}", under},
	} {
		for which, s := range map[string]middleware.Stack{"": {}, ", with all limits": limits} {
			t.Run(test.name+which, func(t *testing.T) {
				t.Parallel()
				var log journal
				s.Errors, s.Logger = errs, log.logger()
				ask(s.Handler(test.h), http.MethodGet, test.target)
				got, _ := log.only(t)["route"].(string)
				if got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
	}
	if w := ask(middleware.Stack{Errors: errs}.Handler(router), http.MethodPost, "/orders/7"); w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("got Allow: %s, and the router's methods are GET and HEAD", w.Header().Get("Allow"))
	}
}

func TestObserveTellsWhoAsks(t *testing.T) {
	t.Parallel()
	store := new(auth.Memory)
	key := authtest.IssueKey(t, store, auth.Grant{Owner: "acme"})
	guarded := auth.Require(&auth.Keys{Store: store, Format: authtest.Format}, errs.WriteError)(ok)
	for which, s := range map[string]middleware.Stack{"the zero Stack": {}, "all limits": limits} {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			var log journal
			s.Errors, s.Logger, s.ClientIP = errs, log.logger(), chimiddleware.ClientIPFromXFF("192.0.2.0/24")
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", "Bearer "+key)
			r.Header.Set("X-Forwarded-For", "203.0.113.9, 198.51.100.7")
			w := httptest.NewRecorder()
			s.Handler(guarded).ServeHTTP(w, r)
			record := log.only(t)
			shows(t, record, map[string]any{"status": 204.0, "client_ip": "198.51.100.7"})
			id, _ := record["principal"].(string)
			if id == "" || strings.Contains(log.buf.String(), key) {
				t.Errorf("the principal is %q: %v", id, record)
			}
		})
	}
}

func TestObserveCountsFromWhenARequestCame(t *testing.T) {
	t.Parallel()
	held := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			next.ServeHTTP(w, r)
		})
	}
	for name, id := range map[string]string{"with an ID of its own": "mine", "without an ID": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log journal
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("X-Request-Id", id)
				h := middleware.Observe(log.logger())(held(http.NotFoundHandler()))
				requestid.Handler(held(h)).ServeHTTP(httptest.NewRecorder(), r)
				shows(t, log.only(t), map[string]any{"duration": float64(2 * time.Second), "time": time.Now().Format(time.RFC3339Nano)})
			})
		})
	}
}

func TestObserveTellsOfAClientThatLeft(t *testing.T) {
	t.Parallel()
	waits := errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	})
	silent := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for name, h := range map[string]http.Handler{"with its error": waits, "in silence": silent} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log journal
			ctx, leave := context.WithCancel(t.Context())
			leave()
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
			middleware.Stack{Errors: errs, Logger: log.logger()}.Handler(h).ServeHTTP(httptest.NewRecorder(), r)
			shows(t, log.only(t), map[string]any{"status": 499.0, "level": "INFO"})
		})
	}
}

func TestObserveTellsOfAHijack(t *testing.T) {
	t.Parallel()
	var log journal
	logged := make(chan struct{})
	h := middleware.Stack{Errors: errs, Logger: log.logger()}.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
	}))
	s := testutil.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(logged)
		h.ServeHTTP(w, r)
	}), false)
	testutil.Get(t, s, "/")
	<-logged
	shows(t, log.only(t), map[string]any{"status": 0.0, "level": "INFO"})
}

func TestObserveWorksAlone(t *testing.T) {
	t.Parallel()
	var log journal
	observe := middleware.Observe(log.logger())
	if w := ask(observe(observe(ok)), http.MethodGet, "/"); w.Code != 204 {
		t.Errorf("got %d", w.Code)
	}
	shows(t, log.only(t), map[string]any{"status": 204.0, "request_id": nil})
}

func TestAnErrorIsToldOnce(t *testing.T) {
	t.Parallel()
	var log journal
	logger := slog.New(requestid.LogHandler(slog.NewJSONHandler(&log, nil)))
	h := middleware.Stack{Logger: logger}.Handler(new(errcatalog.Writer).Always(io.ErrUnexpectedEOF))
	ask(h, http.MethodGet, "/")
	shows(t, log.only(t), map[string]any{"problem": errcatalog.ErrUnrecognized.Error()})
	if n := strings.Count(log.buf.String(), "request_id"); n != 1 {
		t.Errorf("the request's ID stands there %d times: %s", n, &log.buf)
	}
}

func ExampleObserve() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if slices.Contains([]string{"time", "duration"}, a.Key) {
			return slog.Attr{}
		}
		return a
	}}))
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{id}", errs.Always(errcatalog.NotFound))
	h := middleware.Observe(logger)(middleware.Route(mux))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/orders/7", nil))
	// Output:
	// level=INFO msg=request method=GET path=/orders/7 route="GET /orders/{id}" status=404 bytes=71 client_ip=192.0.2.1 code=not_found
}

func TestTheLogHasTheTextThatAnUpgradedReplyHad(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		h    http.HandlerFunc
		want string
	}{
		"a text":                     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "the name is too long", 400) }, "the name is too long"},
		"a server's text":            {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "pq: no rows", 500) }, "pq: no rows"},
		"a bare status has none":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, ""},
		"nor has a contract's error": {new(errcatalog.Writer).Always(errcatalog.BadRequest.Because(errors.New("private"))), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log journal
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			w := httptest.NewRecorder()
			middleware.Stack{Logger: log.logger()}.Handler(test.h).ServeHTTP(w, r)
			told, _ := json.Marshal(log.only(t)["error"])
			if test.want == "" && string(told) != "null" || !strings.Contains(string(told), test.want) {
				t.Errorf("the log has the error %s, want %q in it", told, test.want)
			}
			if test.want != "" && strings.Contains(w.Body.String(), test.want) {
				t.Errorf("the client is shown %s", w.Body)
			}
		})
	}
}
