package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A Cache is a [Finder] in front of a store. It keeps what the store said of a hash
// for a while, so that a key is looked up once in that time, however many requests
// come with it: a key that is revoked is refused at the latest TTL afterwards.
//
// It is bounded. Hashes that the store does not have are kept apart from keys, so
// that a flood of them pushes no key out. A failing store is asked again by the next
// request; its errors are not kept.
//
// Set its fields before its first use. A Cache is safe for concurrent use.
type Cache struct {
	// Store is asked for what is not in the cache.
	Store Finder
	// TTL is how long a key is kept: the revocation bound. Zero is 10 seconds.
	TTL time.Duration
	// Size is how many keys are kept. Zero is 10,000.
	Size int
	// UnknownTTL is how long it is kept that a hash is unknown: a key that was just
	// issued may be refused that long, if it was tried before. Zero is 1 second.
	UnknownTTL time.Duration
	// UnknownSize is how many unknown hashes are kept. Zero is 1,000.
	UnknownSize int

	mu      sync.RWMutex
	keys    ring
	unknown ring
	loading map[Hash]*load
}

// A load is a look-up under way, on which others wait.
type load struct {
	asked time.Duration // when, on the clock
	done  chan struct{}
	key   *Key
	err   error
}

// Format hides what is in the cache.
func (c *Cache) Format(s fmt.State, _ rune) { hide(s, "[cache]") }

// Find implements [Finder].
func (c *Cache) Find(ctx context.Context, hash Hash) (*Key, error) {
	switch key, ok := c.kept(hash); {
	case key != nil:
		return key, nil
	case ok:
		return nil, ErrNotFound
	}
	return c.load(ctx, hash)
}

// kept returns what is kept of the hash, if anything is: its key, or nil if the store does
// not have it.
func (c *Cache) kept(hash Hash) (key *Key, ok bool) {
	now := clock()
	c.mu.RLock()
	defer c.mu.RUnlock()
	if key, ok = c.keys.get(hash, now); !ok {
		_, ok = c.unknown.get(hash, now)
	}
	return key, ok
}

// load asks the store, or waits for who is asking it already. What was asked longer
// than the TTL ago may be answered with what was true then.
func (c *Cache) load(ctx context.Context, hash Hash) (*Key, error) {
	now := clock()
	c.mu.Lock()
	l := c.loading[hash]
	if l == nil || now-l.asked > c.ttl() {
		l = &load{asked: now, done: make(chan struct{})}
		if c.loading == nil {
			c.loading = map[Hash]*load{}
		}
		c.loading[hash] = l
		// The look-up serves all who wait: it must not end with the first one's request.
		go c.ask(context.WithoutCancel(ctx), hash, l)
	}
	c.mu.Unlock()
	select {
	case <-l.done:
		return l.key, l.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// lookupTimeout ends a look-up that the store does not.
const lookupTimeout = 10 * time.Second

func (c *Cache) ask(ctx context.Context, hash Hash, l *load) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	l.key, l.err = c.find(ctx, hash)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case l.err == nil:
		c.keys.put(hash, l.key, l.asked+c.ttl(), orDefault(c.Size, 10_000))
	case errors.Is(l.err, ErrNotFound):
		c.unknown.put(hash, nil, l.asked+orDefault(c.UnknownTTL, time.Second), orDefault(c.UnknownSize, 1_000))
	}
	if c.loading[hash] == l {
		delete(c.loading, hash)
	}
	close(l.done)
}

func (c *Cache) ttl() time.Duration { return orDefault(c.TTL, 10*time.Second) }

// find asks the store. Its panic is an error: it is on no request's goroutine, where
// one would be recovered.
func (c *Cache) find(ctx context.Context, hash Hash) (key *Key, err error) {
	defer func() {
		if v := recover(); v != nil {
			key, err = nil, fmt.Errorf("auth: the store panicked: %v", v)
		}
	}()
	return c.Store.Find(ctx, hash)
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// A ring keeps the hashes that were put last, at most a number of them.
type ring struct {
	entries map[Hash]ringEntry
	order   []Hash
	next    int
}

type ringEntry struct {
	key     *Key
	expires time.Duration // on the clock
}

// clock is the monotonic clock, which is read in half the time of time.Now.
func clock() time.Duration { return time.Since(epoch) }

var epoch = time.Now()

func (r *ring) get(hash Hash, now time.Duration) (*Key, bool) {
	e, ok := r.entries[hash]
	if !ok || now >= e.expires {
		return nil, false
	}
	return e.key, true
}

// put adds an entry, in the place of the oldest if there are size of them.
func (r *ring) put(hash Hash, key *Key, expires time.Duration, size int) {
	if r.entries == nil {
		r.entries = map[Hash]ringEntry{}
	}
	if _, ok := r.entries[hash]; !ok {
		if len(r.order) < size {
			r.order = append(r.order, hash)
		} else {
			delete(r.entries, r.order[r.next])
			r.order[r.next] = hash
			r.next = (r.next + 1) % size
		}
	}
	r.entries[hash] = ringEntry{key, expires}
}
