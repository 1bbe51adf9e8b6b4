package ratelimittest

import (
	"context"
	"fmt"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

// An Obedience says how a client fared that waits as long as it is told.
type Obedience struct {
	// Took is how long it took, and Ideal how long for one that knows at each time, and
	// to the nanosecond, when the next request passes.
	Took, Ideal time.Duration
	// Refused is how many requests were refused.
	Refused int
	// Again is how many were refused once more after the wait.
	Again int
}

// Obey sends so many requests, a pause apart, and after each refusal waits as long as
// its Retry-After says: whole seconds, rounded up.
func Obey(ctx context.Context, store ratelimit.Store, advance func(time.Duration), limit int64, window, pause time.Duration, requests int) (Obedience, error) {
	o := Obedience{Ideal: ideal(limit, window, pause, requests)}
	charges := []ratelimit.Charge{{Key: newKey("obedient"), Limit: limit, Window: window, Cost: 1}}
	decisions := make([]ratelimit.Decision, 1)
	for sent, waited := 0, false; ; {
		if err := store.Take(ctx, charges, decisions); err != nil {
			return o, err
		}
		step := pause
		if !decisions[0].Allowed {
			if o.Refused++; waited {
				o.Again++
			}
			step = max((decisions[0].Wait+time.Second-1)/time.Second, 1) * time.Second
		} else if sent++; sent == requests {
			return o, nil
		}
		waited = !decisions[0].Allowed
		advance(step)
		if o.Took += step; o.Took > 10*o.Ideal+10*window {
			return o, fmt.Errorf("ratelimittest: after %v only %d of %d requests have passed", o.Took, sent, requests)
		}
	}
}

// ideal returns how long the requests take if each is sent as soon as it passes.
func ideal(limit int64, window, pause time.Duration, requests int) time.Duration {
	var log Log
	var now time.Duration
	for sent := 1; ; sent++ {
		if !log.Take(now, limit, window) {
			now = log.times[0] + window
			log.Take(now, limit, window)
		}
		if sent == requests {
			return now
		}
		now += pause
	}
}
