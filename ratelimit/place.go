package ratelimit

import (
	"math"
	"time"
)

// look finds the key's slot, and drops what has expired in it.
func (p *place) look(c *Charge) {
	if p.sl = p.lookup(p.hash, int64(c.Window)); p.sl != nil {
		p.expire(p.sl, p.now-int64(c.Window))
	}
}

// put counts n at a time.
func (p *place) put(c *Charge, at, n int64) {
	if p.sl == nil {
		p.sl = p.claim(p.hash, int64(c.Window))
	}
	p.add(p.sl, c, at, n)
}

// weigh decides on a charge of a key of which as much as before says will be taken
// first. The decision's Remaining and Reset are not set yet.
func (p *place) weigh(c *Charge, d *Decision, before int64) {
	d.Allowed, d.Wait, d.Reset = false, 0, 0
	total, cost := p.sl.total(), max(c.Cost, 1)
	excess := sum(total, before) - (c.Limit - cost)
	switch {
	case cost > c.Limit:
		d.Wait = -1
	case excess <= 0:
		d.Allowed = true
	case excess > total:
		d.Wait = c.Window
	default:
		d.Wait = time.Duration(freeAt(p.entries(p.sl), excess)-p.now) + c.Window
	}
}

// rest has the decision say how much of the limit is left.
func (p *place) rest(c *Charge, d *Decision) {
	total := p.sl.total()
	d.Remaining = max(c.Limit-total, 0)
	if total > 0 {
		d.Reset = time.Duration(p.sl.last()-p.now) + c.Window
	}
}

// count counts a charge. An earlier one of the same call may have made the slot.
func (p *place) count(c *Charge) {
	if p.sl == nil {
		p.look(c)
	}
	if c.Cost > 0 {
		p.put(c, p.now, c.Cost)
	}
}

// settle adds a charge's cost to what was counted at a time, or gives it back.
func (p *place) settle(c *Charge, at int64) {
	switch {
	case at <= p.now-int64(c.Window):
	case c.Cost > 0:
		p.put(c, at, c.Cost)
	case c.Cost < 0 && p.sl != nil:
		p.give(p.sl, at, -max(c.Cost, -math.MaxInt64))
	}
}
