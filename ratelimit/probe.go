package ratelimit

import (
	"context"
	"time"
)

// probeOf returns a charge that takes nothing, and shares no memory with the call's.
func probeOf(c *Charge) Charge {
	return Charge{Key: append([]byte(nil), c.Key...), Limit: c.Limit, Window: c.Window}
}

// batch is how many debts are told in one call.
const batch = 100

// probe sees whether the store is there again, and tells it what was charged since.
func (f *Fallback) probe(c Charge) {
	err := f.within(context.Background(), func(ctx context.Context) error { return f.look(ctx, c) })
	if err == nil {
		err = f.pay()
	}
	f.breaker.probed(err, f.now())
}

// look asks the store for its time, and for what it has lost.
func (f *Fallback) look(ctx context.Context, c Charge) error {
	if f.heart.window.Load() != 0 {
		return f.beat(ctx)
	}
	var d [1]Decision
	err := f.Remote.Take(ctx, []Charge{c}, d[:])
	if err == nil {
		f.follow(d[0].At)
	}
	return err
}

// pay tells the store what it has not been told.
func (f *Fallback) pay() error {
	for {
		owed := f.debts.take(batch, f.remoteNow())
		if len(owed) == 0 {
			return nil
		}
		err := f.within(context.Background(), func(ctx context.Context) error {
			return f.Remote.Settle(ctx, owed)
		})
		if err != nil {
			f.debts.add(owed, time.Time{})
			return err
		}
		f.remember(owed)
	}
}
