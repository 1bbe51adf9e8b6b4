package ratelimit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

func TestMemoryIsAsFairAsAnExactLog(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{5, 100, 1000, 100_000} {
		windows := 10
		if limit > 1000 {
			windows = 2
		}
		for _, pattern := range ratelimittest.Patterns() {
			if limit > 1000 && pattern.Name == "flood" {
				continue // two million requests show no more than steady's
			}
			t.Run(fmt.Sprint(pattern.Name, " at ", limit), func(t *testing.T) {
				t.Parallel()
				clock := ratelimittest.NewClock()
				a, err := ratelimittest.Measure(t.Context(), &ratelimit.Memory{Now: clock.Now}, clock.Advance, pattern, limit, time.Minute, windows)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(a)
				if a.Over() > 0 || a.Share() < 0.98 {
					t.Error("it is never over the limit, and at least at 98 % of the exact log")
				}
			})
		}
	}
}

func TestWhoObeysIsNotHeldBack(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{5, 100, 250} {
		for _, pause := range []time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond, 590 * time.Millisecond} {
			t.Run(fmt.Sprint(limit, " a minute, every ", pause), func(t *testing.T) {
				t.Parallel()
				clock := ratelimittest.NewClock()
				const requests = 500
				o, err := ratelimittest.Obey(t.Context(), &ratelimit.Memory{Now: clock.Now}, clock.Advance, limit, time.Minute, pause, requests)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%+v", o)
				if o.Took > o.Ideal*105/100 {
					t.Errorf("it takes %v, and could %v", o.Took, o.Ideal)
				}
				if o.Again > 0 {
					t.Errorf("after the wait it is refused again %d times", o.Again)
				}
				if limit >= 100 && o.Refused > requests/10 {
					t.Errorf("it is refused %d times", o.Refused)
				}
			})
		}
	}
}
