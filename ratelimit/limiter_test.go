package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
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

func TestHeadersTellWhatIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 2))
	start := w.clock.Now()
	has(t, w.send(), "X-RateLimit-Limit", "2", "X-RateLimit-Remaining", "1", "X-RateLimit-Reset", unix(start.Add(time.Minute)),
		"RateLimit", `"default";r=1;t=60`, "RateLimit-Policy", `"default";q=2;w=60`, "Retry-After", "")
	w.clock.Advance(10500 * time.Millisecond)
	reset := unix(start.Add(71 * time.Second))
	w.status = 500
	has(t, w.send(), "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset, "RateLimit", `"default";r=0;t=60`)
	w.clock.Advance(time.Second)
	res := w.send()
	has(t, res, "X-RateLimit-Limit", "2", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset,
		"RateLimit", `"default";r=0;t=59`, "RateLimit-Policy", `"default";q=2;w=60`, "Retry-After", "49")
	if res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("it answers %d", res.StatusCode)
	}
}

func TestARefusalHasItsParams(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 1))
	w.send()
	w.clock.Advance(1500 * time.Millisecond)
	w.send()
	var e *errcatalog.Error
	if len(w.errs) != 1 || !errors.As(w.errs[0], &e) || !errors.Is(e, errcatalog.RateLimited) {
		t.Fatalf("the errors are %v", w.errs)
	}
	got := map[string]slog.Value{}
	for _, p := range e.Params() {
		got[p.Key] = p.Value
	}
	for name, want := range map[string]slog.Value{
		"limit": slog.Int64Value(1), "remaining": slog.Int64Value(0), "window": slog.DurationValue(time.Minute),
		"retry_after": slog.DurationValue(58500 * time.Millisecond),
		"reset":       slog.TimeValue(w.clock.Now().Add(58500 * time.Millisecond)),
	} {
		if !got[name].Equal(want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

func TestARefusalTellsTheSameResetAsTheHeader(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 1))
	w.clock.Advance(250 * time.Millisecond)
	w.send()
	res := w.send()
	var e *errcatalog.Error
	if len(w.errs) != 1 || !errors.As(w.errs[0], &e) {
		t.Fatalf("the errors are %v", w.errs)
	}
	for _, p := range e.Params() {
		if p.Key != "reset" {
			continue
		}
		if at := p.Value.Time(); unix(at) != res.Header.Get("X-RateLimit-Reset") || at.Nanosecond() != 0 {
			t.Errorf("the error's reset is %v, the header's %s", at, res.Header.Get("X-RateLimit-Reset"))
		}
		return
	}
	t.Error("the error has no reset")
}

func TestEachHeaderCanBeOmitted(t *testing.T) {
	t.Parallel()
	omits := map[string]ratelimit.Omit{
		"X-RateLimit-Limit": {Limit: true}, "X-RateLimit-Remaining": {Remaining: true}, "X-RateLimit-Reset": {Reset: true},
		"RateLimit": {RateLimit: true}, "RateLimit-Policy": {RateLimitPolicy: true}, "Retry-After": {RetryAfter: true},
	}
	for name, omit := range omits {
		w := newWorld(perMinute("default", 1))
		w.Omit = omit
		w.OnError = func(rw http.ResponseWriter, _ *http.Request, _ error) { rw.WriteHeader(429) }
		w.send()
		res := w.send()
		for other := range omits {
			if set := res.Header.Values(other) != nil; set != (other != name) {
				t.Errorf("without %s, %s is set: %v", name, other, set)
			}
		}
	}
}

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

func TestSeveralPoliciesChargeAllOrNone(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("minute", 3), ratelimit.Policy{Name: "hour", Limit: 2, Window: time.Hour})
	has(t, w.send(), "X-RateLimit-Limit", "2", "X-RateLimit-Remaining", "1",
		"RateLimit", `"minute";r=2;t=60, "hour";r=1;t=3600`, "RateLimit-Policy", `"minute";q=3;w=60, "hour";q=2;w=3600`)
	w.send()
	w.results()
	for range 5 {
		has(t, w.send(), "X-RateLimit-Limit", "2", "X-RateLimit-Remaining", "0", "Retry-After", "3600",
			"RateLimit", `"minute";r=1;t=60, "hour";r=0;t=3600`)
		if got := w.results(); got != "minute withheld, hour refused" {
			t.Errorf("observed is %q", got)
		}
	}
}

func TestAShadowPolicyRefusesNothingAndIsNotShown(t *testing.T) {
	t.Parallel()
	shadow := perMinute("trial", 1)
	shadow.Shadow = true
	w := newWorld(shadow, perMinute("default", 3))
	w.send()
	res := w.send()
	has(t, res, "X-RateLimit-Limit", "3", "RateLimit-Policy", `"default";q=3;w=60`)
	if got := w.results(); got != "trial admitted, default admitted, trial shadowed, default admitted" {
		t.Errorf("observed is %q", got)
	}
	alone := newWorld(shadow)
	if res := alone.send(); len(res.Header) != 0 {
		t.Errorf("alone it sets %v", res.Header)
	}
}

func TestExemptRequestsAreNotCharged(t *testing.T) {
	t.Parallel()
	p := perMinute("default", 1)
	p.Exempt = func(r *http.Request) bool { return r.Header.Get("X-Ops") != "" }
	w := newWorld(p)
	for range 3 {
		if res := w.send("X-Ops", "1"); res.StatusCode != 200 || res.Header.Get("RateLimit") != "" {
			t.Errorf("it answers %d with %v", res.StatusCode, res.Header)
		}
	}
	if got := w.results(); got != "default exempt, default exempt, default exempt" {
		t.Errorf("observed is %q", got)
	}
	has(t, w.send(), "X-RateLimit-Remaining", "0")
}

func TestLimitsAndCostsByRequest(t *testing.T) {
	t.Parallel()
	p := perMinute("default", 1)
	p.Key = ratelimit.ByHeader("X-Tenant")
	p.Limits = func(r *http.Request) int64 {
		return map[string]int64{"gold": 10, "none": -5}[r.Header.Get("X-Tenant")]
	}
	p.Costs = func(r *http.Request) int64 { return int64(len(r.Header["X-Cost"])) }
	w := newWorld(p)
	has(t, w.send("X-Tenant", "gold", "X-Cost", "", "X-Cost", ""), "X-RateLimit-Limit", "10", "X-RateLimit-Remaining", "8",
		"RateLimit-Policy", `"default";q=10;w=60`)
	has(t, w.send("X-Tenant", "gold"), "X-RateLimit-Remaining", "8")
	has(t, w.send("X-Tenant", "none", "X-Cost", ""), "X-RateLimit-Limit", "0", "X-RateLimit-Remaining", "0", "Retry-After", "60")
}

func TestTwoLimitersMergeTheirHeaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		outer, inner int64
		limit, left  string
	}{
		{"the outer is stricter", 5, 50, "5", "4"},
		{"the inner is stricter", 50, 5, "5", "4"},
	} {
		outer, inner := newWorld(perMinute("outer", test.outer)), newWorld(perMinute("inner", test.inner))
		rec := httptest.NewRecorder()
		outer.Handler(inner.handler()).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		t.Log(test.name)
		has(t, rec.Result(), "X-RateLimit-Limit", test.limit, "X-RateLimit-Remaining", test.left,
			"RateLimit", fmt.Sprintf(`"outer";r=%d;t=60, "inner";r=%d;t=60`, test.outer-1, test.inner-1),
			"RateLimit-Policy", fmt.Sprintf(`"outer";q=%d;w=60, "inner";q=%d;w=60`, test.outer, test.inner))
	}
}

func TestARefusalIsShownThoughAnotherLimiterHasLessLeft(t *testing.T) {
	t.Parallel()
	outer, inner := newWorld(perMinute("outer", 2)), newWorld(perMinute("inner", 5))
	inner.Policies[0].Cost = 4
	h := outer.Handler(inner.handler())
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	has(t, rec.Result(), "X-RateLimit-Limit", "5", "X-RateLimit-Remaining", "1", "Retry-After", "60")
}

func TestPoliciesCanBeReplacedWhileRunning(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 5))
	h := w.handler()
	send := func() *http.Response {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		return rec.Result()
	}
	send()
	if err := w.Replace(perMinute("default", 3)); err != nil {
		t.Fatal(err)
	}
	has(t, send(), "X-RateLimit-Limit", "3", "X-RateLimit-Remaining", "1")
	if err := w.Replace(perMinute("default", -1)); err == nil {
		t.Error("a faulty policy is taken")
	}
	has(t, send(), "X-RateLimit-Limit", "3", "X-RateLimit-Remaining", "0")
	if err := w.Replace(); err != nil {
		t.Fatal(err)
	}
	if res := send(); res.StatusCode != 200 || len(res.Header) != 0 {
		t.Errorf("without policies it answers %d with %v", res.StatusCode, res.Header)
	}
}

func TestReplaceBeforeHandlerTakesThePlaceOfPolicies(t *testing.T) {
	t.Parallel()
	w := newWorld()
	if err := w.Replace(perMinute("default", 7)); err != nil {
		t.Fatal(err)
	}
	has(t, w.send(), "X-RateLimit-Limit", "7")
}

func TestFaultyPoliciesAreNamed(t *testing.T) {
	t.Parallel()
	good := perMinute("default", 1)
	for name, test := range map[string]struct {
		change func(p *ratelimit.Policy)
		want   string
	}{
		"no name":          {func(p *ratelimit.Policy) { p.Name = "" }, "printable"},
		"a strange name":   {func(p *ratelimit.Policy) { p.Name = "é" }, "printable"},
		"a negative limit": {func(p *ratelimit.Policy) { p.Limit = -1 }, "limit is -1"},
		"a huge limit":     {func(p *ratelimit.Policy) { p.Limit = 1e15 }, "limit is 1000000000000000"},
		"no window":        {func(p *ratelimit.Policy) { p.Window = 0 }, "window is 0s"},
		"a huge window":    {func(p *ratelimit.Policy) { p.Window = 100_000 * time.Hour }, "at most 10 years"},
		"a negative cost":  {func(p *ratelimit.Policy) { p.Cost = -1 }, "cost is -1"},
		"no choice":        {func(p *ratelimit.Policy) { p.OnFailure = 7 }, "OnFailure is 7"},
	} {
		p := good
		test.change(&p)
		if err := new(ratelimit.Limiter).Replace(p); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	if err := new(ratelimit.Limiter).Replace(good, good); err == nil || !strings.Contains(err.Error(), "two policies") {
		t.Errorf("twice the same: the error is %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("Handler takes a faulty policy")
		}
	}()
	(&ratelimit.Limiter{Policies: []ratelimit.Policy{{}}}).Handler(bare)
}

func TestWhatARequestCostsIsSettledByItsStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		settle func(*http.Request, int, int64) int64
		status int // zero panics
		left   string
	}{
		{"a refund of 500", ratelimit.RefundServerErrors, 500, "9"},
		{"a refund of a panic", ratelimit.RefundServerErrors, 0, "9"},
		{"no refund of 200", ratelimit.RefundServerErrors, 200, "8"},
		{"no refund of 404", ratelimit.RefundServerErrors, 404, "8"},
		{"failures count", ratelimit.CountFailures, 401, "8"},
		{"successes do not", ratelimit.CountFailures, 204, "9"},
		{"nor server errors", ratelimit.CountFailures, 503, "9"},
		{"a negative cost is none", func(*http.Request, int, int64) int64 { return math.MinInt64 }, 200, "9"},
		{"what was used", func(_ *http.Request, status int, cost int64) int64 { return cost + int64(status)/100 }, 300, "5"},
	} {
		p := perMinute("default", 10)
		p.Settle = test.settle
		w := newWorld(p)
		w.status = test.status
		w.send()
		w.status = 200
		t.Log(test.name)
		has(t, w.send(), "X-RateLimit-Remaining", test.left)
	}
}

// A brokenStore fails.
type brokenStore struct{ err error }

func (s brokenStore) Take(context.Context, []ratelimit.Charge, []ratelimit.Decision) error {
	return s.err
}
func (s brokenStore) Settle(context.Context, []ratelimit.Charge) error { return s.err }

func TestAFailingStoreIsAnsweredByChoice(t *testing.T) {
	t.Parallel()
	secret := errors.New("dial tcp 10.0.0.7: refused")
	with := func(choices ...ratelimit.OnFailure) *world {
		var policies []ratelimit.Policy
		for i, c := range choices {
			p := perMinute(fmt.Sprint(i), 5)
			p.OnFailure = c
			policies = append(policies, p)
		}
		w := newWorld(policies...)
		w.Store = brokenStore{secret}
		return w
	}
	for _, test := range []struct {
		w    *world
		want int
	}{
		{with(ratelimit.Closed), 503},
		{with(ratelimit.Open), 200},
		{with(ratelimit.Local), 503},
		{with(ratelimit.Open, ratelimit.Closed), 503},
		{with(ratelimit.Open, ratelimit.Open), 200},
	} {
		res := test.w.send()
		if res.StatusCode != test.want {
			t.Errorf("%+v: it answers %d", test.w.Policies, res.StatusCode)
		}
		if test.want == 503 {
			has(t, res, "Retry-After", "1")
			if err := test.w.errs[0]; !errors.Is(err, errcatalog.LimiterUnavailable) || !errors.Is(err, secret) || strings.Contains(err.Error(), "dial") {
				t.Errorf("the error is %v", err)
			}
		}
		if o := test.w.outcomes[0]; o.Result != ratelimit.Unknown || o.Err != secret {
			t.Errorf("observed is %+v", o)
		}
		has(t, res, "RateLimit", "")
	}
	shadow := with(ratelimit.Closed)
	shadow.Policies[0].Shadow = true
	if res := shadow.send(); res.StatusCode != 200 {
		t.Errorf("a shadow policy alone answers %d", res.StatusCode)
	}
}

func TestAClientThatIsGoneIsNoFailureOfTheStore(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 1))
	w.Store = brokenStore{context.Canceled}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.serve(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if len(w.errs) != 1 || w.errs[0] != context.Canceled {
		t.Errorf("the errors are %v", w.errs)
	}
}

func TestWhatCannotBeSettledIsObserved(t *testing.T) {
	t.Parallel()
	p := perMinute("default", 5)
	p.Settle = ratelimit.RefundServerErrors
	w := newWorld(p)
	failure := errors.New("failure")
	w.Store = unsettling{new(ratelimit.Memory), failure}
	w.status = 500
	w.send()
	if last := w.outcomes[len(w.outcomes)-1]; last.Result != ratelimit.Unsettled || last.Err != failure {
		t.Errorf("observed is %+v", last)
	}
}

// An unsettling store takes, and fails to settle.
type unsettling struct {
	*ratelimit.Memory
	err error
}

func (s unsettling) Settle(context.Context, []ratelimit.Charge) error { return s.err }

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

func TestAnAllowedRequestSharesItsAllocations(t *testing.T) {
	limiter := &ratelimit.Limiter{Policies: []ratelimit.Policy{
		{Name: "default", Limit: 1 << 40, Window: time.Minute, Key: ratelimit.By("tenant", byTenant)},
		{Name: "all", Limit: 1 << 40, Window: time.Hour},
	}}
	h, w, r := limiter.Handler(bare), &bareWriter{header: http.Header{}}, of(request(""), "tenant-1")
	n := testing.AllocsPerRun(2000, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	})
	if n >= 1 && !raceEnabled {
		t.Errorf("it makes %v allocations", n)
	}
	if names := len(w.header); names != 5 {
		t.Errorf("it sets %d headers", names)
	}
}

func TestReusedScratchLeavesHeadersAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(perMinute("default", 100))
	var kept []http.Header
	for range 20 {
		kept = append(kept, w.send().Header)
	}
	for i, h := range kept {
		if got := h.Get("X-RateLimit-Remaining"); got != strconv.Itoa(99-i) {
			t.Errorf("response %d says %s", i, got)
		}
	}
}
