package ratelimit_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

// quiet logs nothing.
var quiet = &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}

// A world is a limiter with a clock, before a handler that answers with a status.
type world struct {
	ratelimit.Limiter

	clock    *ratelimittest.Clock
	status   int
	outcomes []ratelimit.Outcome
	errs     []error
}

func newWorld(policies ...ratelimit.Policy) *world {
	w := &world{clock: ratelimittest.NewClock(), status: http.StatusOK}
	w.Policies = policies
	w.Store = &ratelimit.Memory{Now: w.clock.Now}
	w.Observe = func(_ context.Context, o ratelimit.Outcome) { w.outcomes = append(w.outcomes, o) }
	w.OnError = func(rw http.ResponseWriter, r *http.Request, err error) {
		w.errs = append(w.errs, err)
		quiet.WriteError(rw, r, err)
	}
	return w
}

func (w *world) handler() http.Handler {
	return w.Handler(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		if w.status == 0 {
			panic(http.ErrAbortHandler)
		}
		rw.WriteHeader(w.status)
	}))
}

// send sends a request and returns the response.
func (w *world) send(header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return w.serve(r)
}

func (w *world) serve(r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	func() {
		defer func() { _ = recover() }()
		w.handler().ServeHTTP(rec, r)
	}()
	return rec.Result()
}

// results returns what was observed, and forgets it.
func (w *world) results() string {
	var list []string
	for _, o := range w.outcomes {
		list = append(list, o.Policy+" "+string(o.Result))
	}
	w.outcomes = nil
	return strings.Join(list, ", ")
}

// perMinute is a policy for all requests.
func perMinute(name string, limit int64) ratelimit.Policy {
	return ratelimit.Policy{Name: name, Limit: limit, Window: time.Minute}
}

// has checks the values of headers, given by name and value.
func has(t *testing.T, res *http.Response, want ...string) {
	t.Helper()
	for i := 0; i < len(want); i += 2 {
		if got := strings.Join(res.Header.Values(want[i]), " | "); got != want[i+1] {
			t.Errorf("%s is %q, want %q", want[i], got, want[i+1])
		}
	}
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func TestRetryAfterObeyedOncePasses(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1, 5, 100, 1000} {
		for _, cost := range []int64{1, 3, 50} {
			if cost > limit {
				continue
			}
			w := newWorld(ratelimit.Policy{
				Name: "default", Limit: limit, Window: time.Minute,
				Costs: func(r *http.Request) int64 { return int64(len(r.Header["X-Cost"])) },
			})
			unit := make([]string, 0, 100)
			for range cost {
				unit = append(unit, "X-Cost", "")
			}
			for range 3 {
				for w.send("X-Cost", "").StatusCode == 200 {
					w.clock.Advance(7 * time.Millisecond)
				}
				res := w.send(unit...)
				if res.StatusCode == 200 {
					continue
				}
				seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
				if err != nil || seconds < 1 {
					t.Fatalf("Retry-After is %q", res.Header.Get("Retry-After"))
				}
				w.clock.Advance(time.Duration(seconds) * time.Second)
				if res := w.send(unit...); res.StatusCode != 200 {
					t.Errorf("limit %d, cost %d: after %d s it answers %d", limit, cost, seconds, res.StatusCode)
				}
			}
		}
	}
}

func TestCheckSetsHeadersAndAnswersNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 1))
	h := http.Header{}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if err := w.Check(h, r); err != nil || h.Get("RateLimit") != `"default";r=0;t=60` {
		t.Errorf("it returns %v and sets %v", err, h)
	}
	if err := w.Check(nil, r); !errors.Is(err, errcatalog.RateLimited) {
		t.Errorf("it returns %v", err)
	}
}

func TestObserversSeeNoKey(t *testing.T) {
	t.Parallel()
	p := perMinute("default", 1)
	p.Key = ratelimit.Join(ratelimit.ByHeader("X-Tenant"), ratelimit.By("secret", func(*http.Request) (string, error) { return "s3cret", nil }))
	w := newWorld(p)
	w.send("X-Tenant", "s3cret")
	want := ratelimit.Outcome{Policy: "default", KeyClass: "header x-tenant+secret", Result: ratelimit.Admitted, Limit: 1, Cost: 1}
	if len(w.outcomes) != 1 || w.outcomes[0] != want {
		t.Errorf("observed is %+v", w.outcomes)
	}
}

func TestOfFiftyClientsExactlyTheLimitIsAdmitted(t *testing.T) {
	t.Parallel()
	const limit, clients, each = 1000, 50, 25
	limiter := &ratelimit.Limiter{Policies: []ratelimit.Policy{{Name: "default", Limit: limit, Window: time.Hour}}}
	srv := testutil.Serve(t, limiter.Handler(bare), false)
	srv.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = clients
	var admitted, refused atomic.Int64
	done := make(chan struct{})
	for range clients {
		go func() {
			defer func() { done <- struct{}{} }()
			for range each {
				res, err := srv.Client().Get(srv.URL)
				if err != nil {
					t.Error(err)
					return
				}
				_ = res.Body.Close()
				switch res.StatusCode {
				case 200:
					admitted.Add(1)
				case 429:
					refused.Add(1)
				}
			}
		}()
	}
	for range clients {
		<-done
	}
	if admitted.Load() != limit || refused.Load() != clients*each-limit {
		t.Errorf("%d are admitted and %d refused", admitted.Load(), refused.Load())
	}
}
