// Package ratelimittest has what shows whether a ratelimit.Store is fair: a clock to
// set, the patterns of clients, and an exact log to compare with.
package ratelimittest

import (
	"sync"
	"time"
)

// A Clock stands still until it is advanced. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows some whole minute.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC)}
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward, or back if d is negative.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
