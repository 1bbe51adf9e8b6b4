package ratelimit

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/go-chi/httprate"
)

// A Counter is a [Store] that keeps its counts in any httprate.LimitCounter. It is
// approximate, for what such a counter knows: the counts of whole windows, of which the
// last one is taken to have been spread evenly. A client that sends all at a window's
// beginning is held back by it, and for a while it may admit more than the limit, by
// requests that came at the same time. All charges must have the same Window. A negative
// charge in Settle is given to IncrementBy as it is.
//
// Set its fields before its first use. It is as safe for concurrent use as its Counts,
// which it calls without a context, and so without a deadline.
type Counter struct {
	// Counts is where the counts are kept.
	Counts httprate.LimitCounter
	// Limit is what Counts is configured with, besides the window. Most do not look at
	// it.
	Limit int
	// Window is that of all charges.
	Window time.Duration
	// Now is the clock. Nil is time.Now.
	Now func() time.Time

	once sync.Once
}

func (k *Counter) prepare() {
	if k.Now == nil {
		k.Now = time.Now
	}
	k.Counts.Config(k.Limit, k.Window)
}

// Take implements [Store].
func (k *Counter) Take(_ context.Context, charges []Charge, decisions []Decision) error {
	k.once.Do(k.prepare)
	now := k.Now().UTC()
	fits := true
	for i := range charges {
		w, err := k.look(&charges[i], now)
		if err != nil {
			return err
		}
		decisions[i] = w.weigh(&charges[i], pendingKeys(charges[:i], charges[i].Key))
		decisions[i].At = now
		fits = fits && (decisions[i].Allowed || charges[i].Shadow)
	}
	if !fits {
		return nil
	}
	for i := range charges {
		c, d := &charges[i], &decisions[i]
		d.Remaining = max(d.Remaining-pendingKeys(charges[:i+1], c.Key), 0)
		if c.Cost <= 0 {
			continue
		}
		if err := k.count(c, now); err != nil {
			return err
		}
		d.Reset = now.Truncate(k.Window).Add(2 * k.Window).Sub(now)
	}
	return nil
}

// Settle implements [Store].
func (k *Counter) Settle(_ context.Context, charges []Charge) error {
	k.once.Do(k.prepare)
	now := k.Now().UTC()
	for i := range charges {
		at := charges[i].At.UTC()
		if at.IsZero() {
			at = now
		}
		if err := k.count(&charges[i], at); err != nil {
			return err
		}
	}
	return nil
}

func (k *Counter) count(c *Charge, at time.Time) error {
	return k.Counts.IncrementBy(string(c.Key), at.Truncate(k.Window), int(min(max(c.Cost, math.MinInt32), math.MaxInt32)))
}

// look reads the counts of a charge's key.
func (k *Counter) look(c *Charge, now time.Time) (twoWindows, error) {
	if c.Window != k.Window {
		return twoWindows{}, fmt.Errorf("ratelimit: a Counter of the window %v was asked for one of %v; give each window a Counter of its own", k.Window, c.Window)
	}
	start := now.Truncate(k.Window)
	current, previous, err := k.Counts.Get(string(c.Key), start, start.Add(-k.Window))
	return twoWindows{int64(current), int64(previous), now.Sub(start), k.Window}, err
}

// pendingKeys returns what earlier charges of the same call take of a key.
func pendingKeys(charges []Charge, key []byte) (n int64) {
	for i := range charges {
		if string(charges[i].Key) == string(key) {
			n += max(charges[i].Cost, 0)
		}
	}
	return n
}

// twoWindows are the counts of this window and the one before.
type twoWindows struct {
	now, before int64
	into        time.Duration // this window
	window      time.Duration
}

// used is what counts at present, rounded up.
func (w twoWindows) used() int64 {
	left := float64(w.window-w.into) / float64(w.window)
	return w.now + int64(math.Ceil(float64(w.before)*left))
}

// weigh decides on a charge of a key of which as much as before says will be taken
// first. Remaining and Reset are without both.
func (w twoWindows) weigh(c *Charge, before int64) Decision {
	d := Decision{Remaining: max(c.Limit-w.used(), 0)}
	switch {
	case w.now > 0:
		d.Reset = 2*w.window - w.into
	case w.before > 0:
		d.Reset = w.window - w.into
	}
	w.now += before
	switch cost := max(c.Cost, 1); {
	case cost > c.Limit:
		d.Wait = -1
	case cost > c.Limit-w.used():
		d.Wait = w.wait(c.Limit - cost)
	default:
		d.Allowed = true
	}
	return d
}

// wait returns how long it takes until no more than most counts: in this window, or in
// the next one.
func (w twoWindows) wait(most int64) time.Duration {
	if w.now <= most {
		return fade(w.before, most-w.now, w.window) - w.into
	}
	return w.window - w.into + fade(w.now, most, w.window)
}

// fade returns how far into a window no more than most is left of the count before.
func fade(count, most int64, window time.Duration) time.Duration {
	gone := 1 - float64(most)/float64(count)
	return min(time.Duration(math.Ceil(gone*float64(window)))+1, window)
}
