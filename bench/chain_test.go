package bench

import (
	"context"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
	chijwt "github.com/go-chi/jwtauth/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/ratelimit"
)

// plenty is a rate limit that no benchmark reaches.
const plenty = 1 << 30

var body = []byte(`{"id":"agt_1","name":"Ada","status":"active"}`)

// answer is what every chain leads to.
func answer(w http.ResponseWriter, _ *http.Request) {
	w.Header()["Content-Type"] = []string{"application/json"}
	_, _ = w.Write(body)
}

// A sink is a log handler that looks at each attribute, and drops it. With it the suite's
// own part is measured, without that of the handler which a server chooses.
type sink struct{ slog.Handler }

func (sink) Enabled(context.Context, slog.Level) bool { return true }

func (sink) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(slog.Attr) bool { return true })
	return nil
}

// A chain is a whole server, and the credential that opens it.
type chain struct {
	name, credential string
	h                http.Handler
}

// chains are the same server made of nothing, of the suite, and of chi's own parts:
// request ID, client IP, access log, recovery, credentials, rate limit. A line of the log
// is written for chi's parts, and for the suite's where its name says so.
func chains(tb testing.TB) []chain {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/agents/{id}", answer)
	all := []chain{
		{name: "bare", h: mux},
		ours(tb, "contrite", sink{slog.DiscardHandler}, middleware.Stack{}),
		ours(tb, "contrite, JSON log", slog.NewJSONHandler(io.Discard, nil), middleware.Stack{}),
		ours(tb, "contrite, Timeout", sink{slog.DiscardHandler}, middleware.Stack{Timeout: time.Minute}),
	}
	return append(all, theirs(tb))
}

func ours(tb testing.TB, name string, log slog.Handler, s middleware.Stack) chain {
	store := new(auth.Memory)
	key := authtest.IssueKey(tb, store, auth.Grant{Owner: "acme"})
	keys := &auth.Keys{Store: &auth.Cache{Store: store, TTL: time.Hour}, Format: authtest.Format}
	limiter := &ratelimit.Limiter{
		Policies: []ratelimit.Policy{{Name: "default", Limit: plenty, Window: time.Minute, Key: ratelimit.ByPrincipal()}},
		Store:    new(ratelimit.Memory), OnError: errs.WriteError,
	}
	mux := http.NewServeMux()
	mux.Handle("GET /v1/agents/{id}", auth.Require(keys, errs.WriteError)(limiter.Handler(http.HandlerFunc(answer))))
	s.Errors, s.Logger, s.ClientIP = errs, slog.New(log), chimiddleware.ClientIPFromRemoteAddr
	return chain{name, key, s.Handler(mux)}
}

func theirs(tb testing.TB) chain {
	ja := chijwt.New("HS256", secret, nil)
	now := time.Now()
	_, token, err := ja.Encode(map[string]any{"sub": "5ba552d67", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()})
	if err != nil {
		tb.Fatal(err)
	}
	r := chi.NewRouter()
	r.Use(
		chimiddleware.RequestID, chimiddleware.ClientIPFromRemoteAddr,
		chimiddleware.RequestLogger(&chimiddleware.DefaultLogFormatter{Logger: log.New(io.Discard, "", log.LstdFlags), NoColor: true}),
		chimiddleware.Recoverer, chijwt.Verifier(ja), chijwt.Authenticator(ja),
		httprate.LimitBy(plenty, time.Minute, func(r *http.Request) (string, error) { return chimiddleware.GetClientIP(r.Context()), nil }),
	)
	r.Get("/v1/agents/{id}", answer)
	return chain{"chi", token, r}
}

// A discard is a response writer that costs nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

// serveOne returns what has a chain serve a request, the same again and again.
func serveOne(c chain) (one func(), w *discard) {
	r := httptest.NewRequest(http.MethodGet, "/v1/agents/agt_1", nil)
	r.Header.Set("Authorization", "Bearer "+c.credential)
	w = &discard{header: http.Header{}}
	return func() {
		clear(w.header)
		c.h.ServeHTTP(w, r)
	}, w
}

// BenchmarkChain is one request through a whole server, without a network.
func BenchmarkChain(b *testing.B) {
	for _, c := range chains(b) {
		b.Run(c.name, func(b *testing.B) {
			one, w := serveOne(c)
			b.ReportAllocs()
			for b.Loop() {
				one()
			}
			if w.status >= 400 {
				b.Fatal(w.status)
			}
		})
	}
}

// BenchmarkChainRounds is BenchmarkChain with the servers in turn: the median of each in
// nanoseconds, and what part it is of the time that chi's parts take.
//
//	go -C bench test -run '^$' -bench ChainRounds -benchtime 1x
func BenchmarkChainRounds(b *testing.B) {
	all := chains(b)
	for b.Loop() {
		found := rounds(51, all, nanoseconds)
		chi := found[len(found)-1]
		for i, c := range all {
			report(b, c, found[i], "ns")
			report(b, c, shares(found[i], chi), "of-chi")
		}
	}
}

// nanoseconds returns what a request through a chain takes.
func nanoseconds(c chain) float64 {
	one, _ := serveOne(c)
	const most = 50 * time.Millisecond
	n, start := 0, time.Now()
	for time.Since(start) < most {
		for range 100 {
			one()
		}
		n += 100
	}
	return float64(time.Since(start).Nanoseconds()) / float64(n)
}
