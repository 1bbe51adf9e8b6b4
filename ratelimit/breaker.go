package ratelimit

import (
	"sync"
	"sync/atomic"
	"time"
)

// A breaker says whether a store is called.
type breaker struct {
	once     sync.Once
	failures int
	retry    time.Duration

	away    atomic.Bool
	row     atomic.Int32 // failures since the last success
	mu      sync.Mutex
	next    time.Time // of the next attempt
	probing bool
}

// open reports whether the store is left alone.
func (b *breaker) open() bool { return b.away.Load() }

// due reports whether the caller is to make an attempt: one at a time.
func (b *breaker) due(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.probing || now.Before(b.next) {
		return false
	}
	b.probing = true
	return true
}

// probed ends an attempt. Only its success closes an open breaker.
func (b *breaker) probed(err error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if err != nil {
		b.next = now.Add(b.retry)
		return
	}
	b.row.Store(0)
	b.away.Store(false)
}

// succeeded counts a call that succeeded. One that began before the breaker opened
// does not close it.
func (b *breaker) succeeded() {
	if b.row.Load() != 0 && !b.away.Load() {
		b.row.Store(0)
	}
}

// failed counts a call that failed.
func (b *breaker) failed(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.row.Add(1) >= int32(b.failures) {
		b.away.Store(true)
		b.next = now.Add(b.retry)
	}
}
