package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/ratelimit"
)

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
