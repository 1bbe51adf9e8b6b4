package ratelimit

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A Policy limits how much may be taken with one key.
//
//	ratelimit.Policy{Name: "default", Limit: 100, Window: time.Minute, Key: ratelimit.ByPrincipal()}
//
// Its functions are called by many goroutines at once.
type Policy struct {
	// Name is shown in the header RateLimit, and to observers. It is of printable
	// ASCII, and no two policies that share a store, or that a request passes, have the
	// same, unless they mean to share their counts.
	Name string
	// Limit is how much may be taken in any span of Window. Zero admits nothing.
	Limit int64
	// Limits, if not nil, returns the limit instead, such as by the principal's tier.
	Limits func(r *http.Request) int64
	// Window is how long what was taken counts.
	Window time.Duration
	// Key is by what requests are counted. The zero Key has all share one limit.
	Key Key
	// Cost is how much a request takes. Zero is 1.
	Cost int64
	// Costs, if not nil, returns the cost instead. A cost of zero or less takes
	// nothing, but is refused where nothing is left. One over the limit never passes.
	Costs func(r *http.Request) int64
	// Settle, if not nil, returns what a request costs in the end, once it is answered:
	// see [RefundServerErrors] and [CountFailures]. It gets the status that was sent,
	// 500 after a panic, and what was charged. Until then the request counts as charged. Less
	// than zero is zero.
	Settle func(r *http.Request, status int, cost int64) int64
	// Exempt, if not nil, reports which requests the policy does not concern.
	Exempt func(r *http.Request) bool
	// Shadow has the policy count and be observed, and refuse nothing. No header shows
	// it.
	Shadow bool
	// OnFailure says what happens while the store fails. The zero value is Closed.
	OnFailure OnFailure
}

// RefundServerErrors is a [Policy.Settle] that lets requests cost nothing that the
// server failed to answer: with a status of 500 or more.
func RefundServerErrors(_ *http.Request, status int, cost int64) int64 {
	if status >= 500 {
		return 0
	}
	return cost
}

// CountFailures is a [Policy.Settle] that lets only those requests cost something that
// are refused: with a status of 400 to 499. It is for guesses at secrets.
func CountFailures(_ *http.Request, status int, cost int64) int64 {
	if status >= 400 && status < 500 {
		return cost
	}
	return 0
}

const (
	maxLimit  = 999_999_999_999_999 // of an integer in a structured field (RFC 9651, section 3.3.1)
	maxWindow = 10 * 366 * 24 * time.Hour
)

// check returns what is wrong with a policy.
func (p *Policy) check() error {
	var errs []error
	fault := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("ratelimit: policy %q: "+format, append([]any{p.Name}, args...)...))
	}
	if p.Name == "" || !printable(p.Name) {
		fault("the name must be of printable ASCII, and not empty")
	}
	if p.Limit < 0 || p.Limit > maxLimit {
		fault("the limit is %d; it must be from 0 to %d", p.Limit, int64(maxLimit))
	}
	if p.Window <= 0 || p.Window > maxWindow {
		fault("the window is %v; it must be more than zero, and at most 10 years", p.Window)
	}
	if p.Cost < 0 {
		fault("the cost is %d; it must not be negative", p.Cost)
	}
	if p.OnFailure < Closed || p.OnFailure > Local {
		fault("OnFailure is %d; it must be Closed, Open or Local", p.OnFailure)
	}
	return errors.Join(errs...)
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// inBounds returns what is nearest to n of what can be counted.
func inBounds(n int64) int64 { return min(max(n, 0), maxLimit) }
