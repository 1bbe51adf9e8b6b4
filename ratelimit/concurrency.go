package ratelimit

import (
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
)

// A Concurrency refuses requests while others with the same key are being served, at
// most so many at once. A handler that hijacks its connection counts until it returns.
//
// Set its fields before its first use. Its methods are safe for concurrent use.
type Concurrency struct {
	// Limit is how many requests of one key are served at once. Zero refuses all.
	Limit int64
	// Limits, if not nil, returns the limit instead.
	Limits func(r *http.Request) int64
	// Key is by what requests are counted. The zero Key has all share one limit.
	Key Key
	// Kind is what a refused request is answered as. Empty is errcatalog.RateLimited, a
	// 429; errcatalog.Overloaded is a 503.
	Kind errcatalog.Kind
	// RetryAfter is how long who is refused is told to wait. Zero is a second.
	RetryAfter time.Duration
	// OnError answers refused requests.
	OnError OnError

	mu     sync.Mutex
	active map[string]int64 // requests that are being served
}

// Handler returns next behind the limit.
func (c *Concurrency) Handler(next http.Handler) http.Handler {
	onError := onerror.OrScope(c.OnError)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done, err := c.Start(r)
		if err != nil {
			onError(w, r, err)
			return
		}
		defer done()
		next.ServeHTTP(w, r)
	})
}

// Start counts a request until done is called, once. An error is what to answer with:
// then done is nil.
func (c *Concurrency) Start(r *http.Request) (done func(), err error) {
	b, err := c.Key.appendTo(nil, r)
	if err != nil {
		return nil, keyless(&Policy{Name: "concurrency"}, err)
	}
	limit, key := c.Limit, string(b)
	if c.Limits != nil {
		limit = c.Limits(r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active[key] >= limit {
		return nil, or(c.Kind, errcatalog.RateLimited).With(
			slog.Int64("limit", max(limit, 0)), slog.Int64("remaining", 0),
			slog.Duration("retry_after", or(c.RetryAfter, time.Second)))
	}
	if c.active == nil {
		c.active = map[string]int64{}
	}
	c.active[key]++
	return func() { c.end(key) }, nil
}

func (c *Concurrency) end(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active[key]--; c.active[key] == 0 {
		delete(c.active, key)
	}
}
