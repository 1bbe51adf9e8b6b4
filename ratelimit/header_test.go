package ratelimit_test

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

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
		merged := h.Clone()
		_ = l.Check(merged, httptest.NewRequest(http.MethodGet, "/", nil)) // as another limiter does
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
