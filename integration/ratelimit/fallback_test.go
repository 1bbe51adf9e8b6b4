package ratelimit

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

// An outage is a Fallback in front of a server that a test strikes.
type outage struct {
	*testing.T
	fallback *ratelimit.Fallback
	store    *redisstore.Store
	charge   ratelimit.Charge
}

const (
	outageLimit   = 1000
	outageBefore  = 100             // taken before the server fails
	outageDuring  = 400             // calls while it is away
	outageTimeout = time.Second / 2 // of a call
	outageRow     = 3               // failures after which it is left alone
)

// call takes, and returns how long that took.
func (o *outage) call(cost int64) (ratelimit.Decision, time.Duration, error) {
	c := o.charge
	c.Cost = cost
	var d [1]ratelimit.Decision
	start := time.Now()
	err := o.fallback.Take(o.Context(), []ratelimit.Charge{c}, d[:])
	return d[0], time.Since(start), err
}

// known returns how much the server knows was taken.
func (o *outage) known() int64 {
	c := o.charge
	c.Cost = 0
	var d [1]ratelimit.Decision
	if err := o.store.Take(o.Context(), []ratelimit.Charge{c}, d[:]); err != nil {
		return -1
	}
	return outageLimit - d[0].Remaining
}

// until calls until the condition holds, and so has the server probed.
func (o *outage) until(what string, holds func(d ratelimit.Decision, err error) bool) {
	o.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if d, _, err := o.call(0); holds(d, err) {
			return
		}
	}
	o.Fatalf("after a minute %s", what)
}

// choices says what each choice does: during the outage, call by call, and after it.
var choices = map[ratelimit.OnFailure]struct {
	during func(o *outage, i int, d ratelimit.Decision, err error)
	after  func(o *outage)
}{
	ratelimit.Closed: {
		during: func(o *outage, i int, _ ratelimit.Decision, err error) {
			if err == nil {
				o.Errorf("call %d is decided", i)
			}
		},
		after: func(o *outage) {
			o.until("it is still refused", func(_ ratelimit.Decision, err error) bool { return err == nil })
		},
	},
	ratelimit.Open: {
		during: func(o *outage, i int, d ratelimit.Decision, err error) {
			if err != nil || !d.Allowed {
				o.Errorf("call %d is allowed: %v, %v", i, d.Allowed, err)
			}
		},
		after: func(o *outage) {
			o.until("the server does not decide", func(d ratelimit.Decision, _ error) bool { return !d.At.IsZero() })
		},
	},
	ratelimit.Local: {
		during: func(o *outage, i int, d ratelimit.Decision, err error) {
			left := int64(outageLimit - outageBefore - i - 1)
			if err != nil || !d.Allowed || d.Remaining != left {
				o.Errorf("call %d is allowed: %v, and %d are left, want %d: %v", i, d.Allowed, d.Remaining, left, err)
			}
		},
		after: func(o *outage) {
			const want = int64(outageBefore + outageDuring)
			o.until("the server does not know what was taken", func(ratelimit.Decision, error) bool { return o.known() >= want })
			// It may have counted the calls that it did not answer in time.
			if known := o.known(); known > want+outageRow {
				o.Errorf("it knows %d, want %d", known, want)
			}
		},
	},
}

func TestEachChoiceDoesWhatItSays(t *testing.T) {
	for name, fault := range faults {
		for choice, does := range choices {
			t.Run(fmt.Sprint(name, " with choice ", choice), func(t *testing.T) {
				t.Parallel()
				server := ownRedis(t)
				store := &redisstore.Store{Client: server.client(t), Deadline: time.Minute}
				o := &outage{
					T:        t,
					store:    store,
					fallback: &ratelimit.Fallback{Remote: store, Timeout: outageTimeout, Failures: outageRow, Retry: 10 * time.Millisecond},
					charge:   ratelimit.Charge{Key: []byte("key"), Limit: outageLimit, Window: time.Hour, OnFailure: choice},
				}
				for i := range outageBefore {
					if d, _, err := o.call(1); err != nil || !d.Allowed {
						t.Fatalf("call %d is allowed: %v, %v", i, d.Allowed, err)
					}
				}
				fault.strike(t, server)
				took := make([]time.Duration, outageDuring)
				for i := range took {
					d, duration, err := o.call(1)
					took[i] = duration
					does.during(o, i, d, err)
				}
				fault.heal(t, server)
				does.after(o)

				slices.Sort(took)
				p99 := took[len(took)*99/100-1]
				t.Logf("during the outage a call takes %v, p99 %v, at worst %v", took[len(took)/2], p99, took[len(took)-1])
				if p99 > outageTimeout {
					t.Errorf("p99 is %v, over the deadline of %v", p99, outageTimeout)
				}
			})
		}
	}
}
