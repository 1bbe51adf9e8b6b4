// Package storetest has the tests that every ratelimit.Store passes that counts
// exactly.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) (ratelimit.Store, func(time.Duration)) {
//			clock := ratelimittest.NewClock()
//			return &ratelimit.Memory{Now: clock.Now}, clock.Advance
//		})
//	}
package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

// Run tests the stores that open returns, with the function that advances their clock.
// It is nil for a store whose clock can't be set: the tests then sleep, and allow for
// what the store's answers take. Stores may share their data: no key is used twice.
func Run(t *testing.T, open func(t *testing.T) (store ratelimit.Store, advance func(time.Duration))) {
	for name, test := range map[string]func(*subject){
		"exactly the limit is admitted":                  exactly,
		"a refusal takes nothing":                        refusal,
		"the wait is exact for each cost":                wait,
		"what is taken is free again after its window":   sliding,
		"the whole limit is free after the reset":        reset,
		"a cost over the limit never fits":               never,
		"a cost of zero asks and takes nothing":          zero,
		"charges are counted all or none":                allOrNone,
		"equal keys are charged one after the other":     equal,
		"a shadow charge is counted and refuses nothing": shadow,
		"a shadow charge is not counted with a refusal":  shadowRefused,
		"settling adds beyond the limit":                 settleAdds,
		"settling gives back":                            settleGivesBack,
		"settling counts at the charge's time":           settleAt,
		"what is not there can't be given back":          settleNothing,
		"limits can change":                              limits,
		"windows can change":                             windows,
		"a changed window keeps what was taken":          changedWindow,
		"different keys are counted apart":               apart,
		"nothing of the caller's is kept":                kept,
		"of many at once exactly the limit is admitted":  concurrent,
		"calls with the same keys do not block":          crossing,
		"a wait obeyed always passes":                    obeyed,
		"the time of a decision does not go back":        times,
		"many charges in one call":                       many,
	} {
		t.Run(name, func(t *testing.T) {
			store, advance := open(t)
			s := &subject{T: t, store: store, advance: advance, window: time.Minute, slack: time.Minute / 50}
			if advance == nil {
				s.real, s.advance, s.window, s.slack = true, time.Sleep, 2*time.Second, time.Second/2
			}
			s.prefix = fmt.Sprintf("%s %x ", t.Name(), rand.Uint64())
			test(s)
		})
	}
}

// A subject is a store under test.
type subject struct {
	*testing.T

	store   ratelimit.Store
	advance func(time.Duration)
	real    bool // the clock can't be set
	window  time.Duration
	slack   time.Duration // how inexact a store may be
	prefix  string        // of this test's keys
}

// charge returns one with a key of this test's.
func (s *subject) charge(key string, limit, cost int64) ratelimit.Charge {
	return ratelimit.Charge{Key: []byte(s.prefix + key), Limit: limit, Window: s.window, Cost: cost}
}

// take charges in one call.
func (s *subject) take(charges ...ratelimit.Charge) []ratelimit.Decision {
	s.Helper()
	decisions := make([]ratelimit.Decision, len(charges))
	if err := s.store.Take(s.Context(), charges, decisions); err != nil {
		s.Fatal(err)
	}
	return decisions
}

// one charges one key.
func (s *subject) one(key string, limit, cost int64) ratelimit.Decision {
	s.Helper()
	return s.take(s.charge(key, limit, cost))[0]
}

// settle corrects one charge.
func (s *subject) settle(c ratelimit.Charge, cost int64, at time.Time) {
	s.Helper()
	c.Cost, c.At = cost, at
	if err := s.store.Settle(s.Context(), []ratelimit.Charge{c}); err != nil {
		s.Fatal(err)
	}
}

// left checks how much a key has left, without taking any.
func (s *subject) left(key string, limit, want int64) {
	s.Helper()
	if d := s.one(key, limit, 0); d.Remaining != want || d.Allowed != (want > 0) {
		s.Errorf("%q: of %d there are %d left, allowed: %v; want %d", key, limit, d.Remaining, d.Allowed, want)
	}
}

// near checks a duration.
func (s *subject) near(what string, got, want time.Duration) {
	s.Helper()
	if got < want-s.slack || got > want+s.slack {
		s.Errorf("the %s is %v, want %v", what, got, want)
	}
}
