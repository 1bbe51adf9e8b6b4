package jwtauth

import "time"

// burst is how many fetches may follow each other at once: one for a key that is
// not there, and one for a key that came while that one was under way.
const burst = 2

// A budget has a burst of fetches, and one more each interval.
type budget struct {
	full time.Time // when the burst is whole again
}

// take takes one, or returns how long there is none.
func (b *budget) take(now time.Time, interval time.Duration) (wait time.Duration) {
	if b.full.Before(now) {
		b.full = now
	}
	if wait := b.full.Sub(now) - (burst-1)*interval; wait > 0 {
		return wait
	}
	b.full = b.full.Add(interval)
	return 0
}

// maxBad is how many bad IDs are known. Beyond, the budget bounds the fetches.
const maxBad = 1000

// badIDs are IDs that an issuer does not have, until a time.
type badIDs struct{ until map[string]time.Time }

func (b *badIDs) has(id string, now time.Time) bool {
	until, ok := b.until[id]
	return ok && now.Before(until)
}

// add adds an ID. When it is full, it starts anew.
func (b *badIDs) add(id string, until time.Time) {
	if b.until == nil || len(b.until) >= maxBad {
		b.until = map[string]time.Time{}
	}
	b.until[id] = until
}
