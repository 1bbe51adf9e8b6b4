package ratelimittest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

// An Accuracy says how a store fared with a pattern, beside an exact log.
type Accuracy struct {
	Pattern string
	Limit   int64
	// Sent is how many requests there were.
	Sent int64
	// Admitted is how many of them the store let pass, and Exact how many an exact log
	// of the same requests.
	Admitted, Exact int64
	// Most is how many the store let pass in one window, wherever it starts.
	Most int64
}

// Over is by how much the limit was exceeded in some window: 0.02 is 2 %.
func (a Accuracy) Over() float64 { return max(float64(a.Most)/float64(a.Limit)-1, 0) }

// Share is how much the store admitted of what the exact log did: 1 is all.
func (a Accuracy) Share() float64 { return float64(a.Admitted) / float64(a.Exact) }

// String returns the row of a table.
func (a Accuracy) String() string {
	return fmt.Sprintf("%-8s %7d a window: %8d sent, %7d admitted, %6.2f %% of exact, over by %.2f %%",
		a.Pattern, a.Limit, a.Sent, a.Admitted, 100*a.Share(), 100*a.Over())
}

// Measure sends a pattern's requests for one key to the store, whose clock is the one
// that advance advances.
func Measure(ctx context.Context, store ratelimit.Store, advance func(time.Duration), p Pattern, limit int64, window time.Duration, windows int) (Accuracy, error) {
	a := Accuracy{Pattern: p.Name, Limit: limit}
	var exact, admitted Log
	charges := []ratelimit.Charge{{Key: newKey(p.Name), Limit: limit, Window: window, Cost: 1}}
	decisions := make([]ratelimit.Decision, 1)
	var now time.Duration
	for at := range p.Times(limit, window, windows) {
		advance(at - now)
		now = at
		a.Sent++
		if exact.Take(now, limit, window) {
			a.Exact++
		}
		if err := store.Take(ctx, charges, decisions); err != nil {
			return a, err
		}
		if decisions[0].Allowed {
			a.Admitted++
			a.Most = max(a.Most, admitted.Count(now, window))
		}
	}
	return a, nil
}

// newKey returns a key that no other test has.
func newKey(name string) []byte { return fmt.Appendf(nil, "%s %x", name, rand.Uint64()) }

// A Log keeps each time, and so is exact. The zero Log is empty.
type Log struct {
	times []time.Duration
}

// Take counts a request unless the limit is reached.
func (l *Log) Take(now time.Duration, limit int64, window time.Duration) bool {
	l.expire(now, window)
	if int64(len(l.times)) >= limit {
		return false
	}
	l.times = append(l.times, now)
	return true
}

// Count counts a request, and returns how many there are in the window that ends with
// it.
func (l *Log) Count(now, window time.Duration) int64 {
	l.expire(now, window)
	l.times = append(l.times, now)
	return int64(len(l.times))
}

func (l *Log) expire(now, window time.Duration) {
	for len(l.times) > 0 && l.times[0] <= now-window {
		l.times = l.times[1:]
	}
}
