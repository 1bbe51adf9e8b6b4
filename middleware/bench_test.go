package middleware_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/ratelimit"
)

// A discard is a response writer that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// A sink is a log handler that looks at each attribute, and drops it.
type sink struct{ slog.Handler }

func (sink) Enabled(context.Context, slog.Level) bool { return true }

func (sink) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(slog.Attr) bool { return true })
	return nil
}

var body = []byte("{}")

// succeed answers as most requests are answered.
var succeed = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body)
})

// chain is all that a request to an API with keys passes, and one such request.
func chain(tb testing.TB, s middleware.Stack) (http.Handler, *http.Request) {
	store := new(auth.Memory)
	key := authtest.IssueKey(tb, store, auth.Grant{Owner: "acme"})
	keys := &auth.Keys{Store: &auth.Cache{Store: store, TTL: time.Hour}, Format: authtest.Format}
	limiter := &ratelimit.Limiter{
		Policies: []ratelimit.Policy{{Name: "default", Limit: 1 << 40, Window: time.Minute, Key: ratelimit.ByPrincipal()}},
		Store:    new(ratelimit.Memory), OnError: errs.WriteError,
	}
	mux := http.NewServeMux()
	mux.Handle("GET /v1/agents", auth.Require(keys, errs.WriteError)(limiter.Handler(succeed)))
	s.Errors, s.Logger, s.ClientIP = errs, slog.New(sink{slog.DiscardHandler}), chimiddleware.ClientIPFromXFF("192.0.2.0/24")
	r := httptest.NewRequest(http.MethodGet, "/v1/agents", nil)
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("X-Forwarded-For", "198.51.100.7")
	return s.Handler(mux), r
}

func TestTheWholeChainAllocatesLittle(t *testing.T) { // AllocsPerRun allows no t.Parallel.
	h, r := chain(t, middleware.Stack{})
	w := &discard{http.Header{}}
	if n := testing.AllocsPerRun(1000, func() { clear(w.header); h.ServeHTTP(w, r) }); n > 10 && !raceEnabled {
		t.Errorf("it makes %v allocations, want 10 at most", n)
	}
}

func BenchmarkChain(b *testing.B) {
	for name, s := range map[string]middleware.Stack{
		"default": {}, "replies kept": {KeepReplies: true}, "timeout": {Timeout: time.Minute}, "deadline": {Deadline: time.Minute},
	} {
		b.Run(name, func(b *testing.B) {
			h, r := chain(b, s)
			w := &discard{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkTimeout is what a handler on a goroutine of its own costs, beside the
// standard library's, which keeps the whole body.
func BenchmarkTimeout(b *testing.B) {
	for name, h := range map[string]http.Handler{
		"none":     succeed,
		"contrite": middleware.Timeout(errs.WriteError, time.Minute)(succeed),
		"net/http": http.TimeoutHandler(succeed, time.Minute, ""),
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			w := &discard{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}
