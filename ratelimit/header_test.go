package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/ratelimit"
)

// A fixedStore says the same of every charge.
type fixedStore struct{ d ratelimit.Decision }

func (s fixedStore) Take(_ context.Context, _ []ratelimit.Charge, decisions []ratelimit.Decision) error {
	for i := range decisions {
		decisions[i] = s.d
	}
	return nil
}
func (s fixedStore) Settle(context.Context, []ratelimit.Charge) error { return nil }

var (
	item    = `"(?:[ !#-\[\]-~]|\\["\\])*"`
	number  = `\d{1,15}`
	state   = regexp.MustCompile(`^` + item + `;r=` + number + `;t=` + number + `(?:, ` + item + `;r=` + number + `;t=` + number + `)*$`)
	policed = regexp.MustCompile(`^` + item + `;q=` + number + `;w=` + number + `(?:, ` + item + `;q=` + number + `;w=` + number + `)*$`)
)

// FuzzHeaders writes the headers of any policy and decision: they are well-formed,
// whatever a name is, and nobody is told to wait less than is needed.
func FuzzHeaders(f *testing.F) {
	f.Add("default", int64(100), int64(time.Minute), int64(50), int64(time.Second), int64(time.Minute), true)
	f.Add(`a"b\c`, int64(0), int64(1), int64(0), int64(-1), int64(0), false)
	f.Add("x\r\ny", int64(1), int64(math.MaxInt64), int64(0), int64(1), int64(1), false)
	f.Fuzz(func(t *testing.T, name string, limit, window, remaining, wait, reset int64, allowed bool) {
		s := fixedStore{ratelimit.Decision{
			Allowed: allowed, Remaining: min(max(remaining, 0), limit), Wait: time.Duration(wait),
			Reset: time.Duration(max(reset, 0)), At: time.Unix(1_700_000_000, 5),
		}}
		l := &ratelimit.Limiter{Store: s}
		p := ratelimit.Policy{Name: name, Limit: limit, Window: time.Duration(window)}
		if l.Replace(p) != nil {
			return
		}
		other := p
		if other.Name = name + "2"; l.Replace(p, other) != nil {
			return
		}
		h := http.Header{}
		err := l.Check(h, httptest.NewRequest(http.MethodGet, "/", nil))
		if (err == nil) != allowed {
			t.Fatalf("it returns %v", err)
		}
		again, merged := h.Clone(), h.Clone()
		_ = l.Check(again, httptest.NewRequest(http.MethodGet, "/", nil))
		if got, want := again.Get("RateLimit"), h.Get("RateLimit"); got != want {
			t.Errorf("RateLimit is %q, and when the same limiter stands twice %q", want, got)
		}
		p.Name, other.Name = name+"3", name+"4"
		if err := l.Replace(p, other); err != nil {
			t.Fatal(err)
		}
		_ = l.Check(merged, httptest.NewRequest(http.MethodGet, "/", nil)) // as another limiter does
		for list, before := range map[string]string{merged.Get("RateLimit"): h.Get("RateLimit"), merged.Get("RateLimit-Policy"): h.Get("RateLimit-Policy")} {
			if !strings.HasPrefix(list, before+", ") {
				t.Errorf("%q and another limiter's are %q", before, list)
			}
		}
		for _, h := range []http.Header{h, merged} {
			if !state.MatchString(h.Get("RateLimit")) || !policed.MatchString(h.Get("RateLimit-Policy")) || len(h["Ratelimit"]) != 1 {
				t.Errorf("RateLimit is %q and RateLimit-Policy %q", h["Ratelimit"], h["Ratelimit-Policy"])
			}
		}
		for _, key := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
			if n, err := strconv.ParseInt(h.Get(key), 10, 64); err != nil || n < 0 {
				t.Errorf("%s is %q", key, h.Get(key))
			}
		}
		after := h.Get("Retry-After")
		if seconds, err := strconv.ParseInt(after, 10, 64); !allowed && (err != nil || seconds < 1 || float64(seconds) < time.Duration(wait).Seconds()) {
			t.Errorf("Retry-After is %q for a wait of %v", after, time.Duration(wait))
		}
		if allowed && after != "" || strings.ContainsAny(h.Get("RateLimit"), "\r\n") {
			t.Errorf("the headers are %v", h)
		}
	})
}

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

func TestHeadersThatAreReadyAreTheSameAsWrittenOnes(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{0, 1, 100, 2500, 999_999_999_999_999} {
		ready, written := newWorld(perMinute(`a"b`, limit)), newWorld(perMinute(`a"b`, 7))
		p := perMinute(`a"b`, 7)
		p.Limits = func(*http.Request) int64 { return limit } // which may change with each request
		if err := written.Replace(p); err != nil {
			t.Fatal(err)
		}
		for i := range 2600 {
			got, want := http.Header{}, http.Header{}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if _, _ = ready.Check(got, r), written.Check(want, r); !reflect.DeepEqual(got, want) {
				t.Fatalf("the headers of request %d of %d are %v, want %v", i, limit, got, want)
			}
			ready.clock.Advance(time.Millisecond)
			written.clock.Advance(time.Millisecond)
		}
	}
}

// FuzzForeignLists has something else set RateLimit before: whatever that is, the
// policy's item comes after it, once.
func FuzzForeignLists(f *testing.F) {
	f.Add(`"hour";r=1;t=60`)
	f.Add(`"default";r=1;t=60, "a,\"b";r=1;t=2`)
	f.Add(`"default;r=1,,`)
	f.Fuzz(func(t *testing.T, before string) {
		w := newWorld(perMinute("default", 5))
		h := http.Header{"Ratelimit": {before}}
		for _, remaining := range []string{"4", "3"} {
			if err := w.Check(h, httptest.NewRequest(http.MethodGet, "/", nil)); err != nil {
				t.Fatal(err)
			}
			own := `"default";r=` + remaining + `;t=60`
			if after := h.Get("RateLimit"); !strings.HasSuffix(after, own) || len(after) > len(before)+len(own)+len(", ")*(1+strings.Count(before, ",")) {
				t.Errorf("%q becomes %q", before, after)
			}
			before = h.Get("RateLimit")
		}
	})
}

func TestAPolicyThatIsAppliedTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	for _, name := range []string{"default", "a,b", `a"b, c\`, " "} {
		w, other := newWorld(perMinute(name, 5), perMinute("hour", 9)), newWorld(perMinute(name+"2", 7))
		h := http.Header{}
		for _, l := range []*ratelimit.Limiter{&w.Limiter, &other.Limiter, &w.Limiter} {
			if err := l.Check(h, httptest.NewRequest(http.MethodGet, "/", nil)); err != nil {
				t.Fatal(err)
			}
		}
		item := escape.Replace(name)
		has(t, &http.Response{Header: h}, "X-RateLimit-Remaining", "3",
			"RateLimit", fmt.Sprintf(`"%s2";r=6;t=60, "%s";r=3;t=60, "hour";r=7;t=60`, item, item),
			"RateLimit-Policy", fmt.Sprintf(`"%s2";q=7;w=60, "%s";q=5;w=60, "hour";q=9;w=60`, item, item))
	}
}

func TestAPolicyThatIsNotToldLeavesAnothersItem(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(p *ratelimit.Policy){
		"it is exempt":    func(p *ratelimit.Policy) { p.Exempt = func(*http.Request) bool { return true } },
		"it is a shadow":  func(p *ratelimit.Policy) { p.Shadow = true },
		"it is not known": func(p *ratelimit.Policy) { p.OnFailure = ratelimit.Open },
	} {
		outer, inner := newWorld(perMinute("default", 5)), newWorld(perMinute("default", 5), perMinute("hour", 9))
		change(&inner.Policies[0])
		inner.Store = openStore{inner.Store}
		rec := httptest.NewRecorder()
		outer.Handler(inner.handler()).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		t.Log(name)
		has(t, rec.Result(), "RateLimit", `"default";r=4;t=60, "hour";r=8;t=60`, "RateLimit-Policy", `"default";q=5;w=60, "hour";q=9;w=60`)
	}
}

// An openStore knows nothing of Open charges.
type openStore struct{ ratelimit.Store }

func (s openStore) Take(ctx context.Context, charges []ratelimit.Charge, decisions []ratelimit.Decision) error {
	err := s.Store.Take(ctx, charges, decisions)
	for i := range charges {
		if charges[i].OnFailure == ratelimit.Open {
			decisions[i] = ratelimit.Decision{Allowed: true}
		}
	}
	return err
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

func TestNoHandlerReachesTheHeadersOfOthers(t *testing.T) {
	t.Parallel()
	limiter := &ratelimit.Limiter{Policies: []ratelimit.Policy{perMinute("default", 100)}}
	spoil := limiter.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, values := range w.Header() {
			values[0] = "spoiled"
			_ = append(values, "spoiled")
		}
	}))
	for i := range 200 {
		spoil.ServeHTTP(httptest.NewRecorder(), request(""))
		h := http.Header{}
		_ = limiter.Check(h, request(""))
		if len(h) < 5 || strings.Contains(fmt.Sprint(h), "spoiled") {
			t.Fatalf("response %d has %v", i, h)
		}
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
