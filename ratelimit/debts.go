package ratelimit

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// debts are charges that a store has not been told of, by key. They are bounded: those
// of one key and a small part of its window are one, at the time of the last.
type debts struct {
	mu    sync.Mutex
	max   int
	byKey map[string][]Charge
	some  atomic.Bool // there are any
}

// add remembers charges, all or none: none if there are too many keys. It forgets what
// has expired by now, if they are many.
func (d *debts) add(charges []Charge, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.byKey)+len(charges) > d.max && !now.IsZero() {
		d.expire(now)
		if len(d.byKey)+len(charges) > d.max {
			return false
		}
	}
	if d.byKey == nil {
		d.byKey = map[string][]Charge{}
	}
	d.some.Store(len(d.byKey)+len(charges) > 0)
	for _, c := range charges {
		if c.At.IsZero() {
			c.At = now
		}
		if c.Cost != 0 {
			d.byKey[string(c.Key)] = owe(d.byKey[string(c.Key)], c)
		}
	}
	return true
}

// owe adds a charge to those of one key.
func owe(list []Charge, c Charge) []Charge {
	for i := len(list) - 1; i >= 0; i-- {
		e := &list[i]
		if gap := e.At.Sub(c.At); c.Cost < 0 && e.Cost > 0 && gap >= 0 && gap <= c.Window/parts {
			e.Cost += c.Cost
			return list
		}
		if (c.Cost > 0) == (e.Cost > 0) && cell(&c) == cell(e) {
			e.Cost += c.Cost
			if c.At.After(e.At) {
				e.At = c.At
			}
			return list
		}
	}
	c.Key = append([]byte(nil), c.Key...)
	return append(list, c)
}

// cell numbers the small parts of a charge's window.
func cell(c *Charge) int64 { return c.At.UnixNano() / max(int64(c.Window/parts), 1) }

// has reports whether what was charged at a charge's time is among them.
func (d *debts) has(c *Charge) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.byKey[string(c.Key)] {
		if gap := e.At.Sub(c.At); gap >= 0 && gap <= c.Window/parts {
			return true
		}
	}
	return false
}

// take returns about n of them, which are then no longer here.
func (d *debts) take(n int, now time.Time) []Charge {
	d.mu.Lock()
	defer d.mu.Unlock()
	var taken []Charge
	for key, list := range d.byKey {
		if len(taken) >= n {
			break
		}
		for _, c := range list {
			if c.Cost != 0 && now.Sub(c.At) < c.Window {
				taken = append(taken, c)
			}
		}
		delete(d.byKey, key)
	}
	d.some.Store(len(d.byKey) > 0)
	return taken
}

// expire forgets the keys of which nothing counts any more.
func (d *debts) expire(now time.Time) {
	for key, list := range d.byKey {
		if !slices.ContainsFunc(list, func(c Charge) bool { return now.Sub(c.At) < c.Window }) {
			delete(d.byKey, key)
		}
	}
}
