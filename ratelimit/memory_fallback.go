package ratelimit

import "time"

// What a Fallback needs of its Memories.

// raise has the count of each key be at least as much as used says.
func (m *Memory) raise(charges []Charge, used []int64) {
	var few [maxPlaces]place
	places := m.places(few[:0], charges)
	m.lock(places)
	defer m.unlock(places)
	now := m.read(places)
	for i := range charges {
		c, p := &charges[i], &places[i]
		p.look(c)
		if total := p.sl.total(); total < used[i] {
			p.put(c, now, used[i]-total)
		}
	}
}

// drain takes out what was counted of the Local charges' keys after a time, and returns
// it. What several keys share stays.
func (m *Memory) drain(charges []Charge, since time.Time) (drained []Charge) {
	var few [maxPlaces]place
	places := m.places(few[:0], charges)
	m.lock(places)
	defer m.unlock(places)
	m.read(places)
	for i := range charges {
		c, p := charges[i], &places[i]
		p.look(&c)
		if p.sl == nil || p.sl.where&sharedBit != 0 || c.OnFailure != Local {
			continue
		}
		first := len(drained)
		for _, e := range p.entries(p.sl) {
			if c.At = m.time(e.at); c.At.After(since) {
				c.Cost = e.n
				drained = append(drained, c)
			}
		}
		for _, c := range drained[first:] {
			p.give(p.sl, int64(c.At.Sub(m.wall)), c.Cost)
		}
	}
	return drained
}
