package ratelimit_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

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
		"a negative limit": {func(p *ratelimit.Policy) { p.Limit = math.MinInt64 }, "limit is -9"},
		"a huge limit":     {func(p *ratelimit.Policy) { p.Limit = 1e15 }, "limit is 1000000000000000"},
		"the hugest limit": {func(p *ratelimit.Policy) { p.Limit = math.MaxInt64 }, "limit is 9223372036854775807"},
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
