package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// A JWKS is a [KeySource] of the keys that an issuer publishes at a URL (RFC 7517,
// section 5). It fetches them when a token names a key that it does not have, one
// fetch at a time, and in the background, once they are old. A token with a known key
// never waits for the issuer.
//
// Anyone can make up key IDs, so unknown ones can't have it fetch at will: two
// fetches may follow each other at once, then one each Interval. IDs that were not in
// a set fetched after they came are known to be bad, and are refused without a fetch
// for an Interval. An unknown ID that comes when no fetch is left is answered as
// errcatalog.AuthUnavailable with the time until the next: a key that was just rotated
// in is therefore accepted an Interval later at the latest, however many made-up ones
// come with it.
//
// Set its fields before its first use. A JWKS is safe for concurrent use.
type JWKS struct {
	// URL is where the keys are. It must be https, or http on the loopback host.
	URL string
	// Client fetches them. Nil is one that follows no redirects.
	Client *http.Client
	// Timeout ends a fetch. Zero is 5 seconds.
	Timeout time.Duration
	// Interval is the time between fetches. Zero is 10 seconds.
	Interval time.Duration
	// RefreshAfter is how old the keys may become until a request has them fetched
	// again in the background. Zero is 1 hour.
	RefreshAfter time.Duration
	// MaxAge is how old the keys may become at all, if the issuer can't be asked: then
	// all tokens are answered as AuthUnavailable. It is also how long a key that the
	// issuer withdrew is trusted at most. Zero is 24 hours.
	MaxAge time.Duration

	mu      sync.Mutex
	set     Static
	taken   time.Time // when the set was asked for; zero before the first
	number  int       // of the fetch that brought it
	flights int       // how many fetches began
	flight  *flight   // the one under way
	budget  budget
	bad     badIDs
}

// A flight is a fetch under way, on which others wait.
type flight struct {
	number int
	began  time.Time
	done   chan struct{}
	err    error
}

// Key implements [KeySource].
func (s *JWKS) Key(ctx context.Context, id string, alg Algorithm) (Key, error) {
	s.mu.Lock()
	came := s.flights // only a later fetch can tell that there is no such key
	key, f, err := s.look(ctx, id, alg, came)
	s.mu.Unlock()
	for f != nil {
		select {
		case <-f.done:
		case <-ctx.Done():
			return Key{}, context.Cause(ctx)
		}
		if f.err != nil {
			return Key{}, f.err
		}
		s.mu.Lock()
		key, f, err = s.look(ctx, id, alg, came)
		s.mu.Unlock()
	}
	return key, err
}

// look returns the key, or the fetch to wait for. The caller holds the lock.
func (s *JWKS) look(ctx context.Context, id string, alg Algorithm, came int) (Key, *flight, error) {
	now := time.Now()
	age := now.Sub(s.taken)
	if !s.taken.IsZero() && age < orDefault(s.MaxAge, 24*time.Hour) {
		key, err := s.set.Key(ctx, id, alg)
		if err == nil {
			if age >= orDefault(s.RefreshAfter, time.Hour) {
				_ = s.fetch(ctx, now) // what it can't do now, a later request has it do
			}
			return key, nil, nil
		}
		switch {
		case id == "" || s.bad.has(id, now):
			return Key{}, nil, err
		case s.number > came:
			s.bad.add(id, now.Add(s.interval()))
			return Key{}, nil, err
		}
	}
	if err := s.fetch(ctx, now); err != nil {
		return Key{}, nil, err
	}
	return Key{}, s.flight, nil
}

// fetch starts a fetch unless one is under way. The error says how long none may be.
func (s *JWKS) fetch(ctx context.Context, now time.Time) error {
	if s.flight != nil {
		return nil
	}
	if wait := s.budget.take(now, s.interval()); wait > 0 {
		return errcatalog.AuthUnavailable.With(slog.Duration("retry_after", wait)).Because(errBudget)
	}
	s.flights++
	s.flight = &flight{number: s.flights, began: now, done: make(chan struct{})}
	// It serves all who wait, so it must not end with the first one's request.
	go s.land(context.WithoutCancel(ctx), s.flight)
	return nil
}

// land fetches the set, and keeps the old one if that fails.
func (s *JWKS) land(ctx context.Context, f *flight) {
	set, err := s.get(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.set, s.taken, s.number = set, f.began, f.number
	}
	f.err = err
	s.flight = nil
	close(f.done)
}

func (s *JWKS) interval() time.Duration { return orDefault(s.Interval, 10*time.Second) }

var errBudget = errors.New("jwtauth: the issuer was asked for its keys a moment ago, and is not asked again yet")

// check implements the check of New.
func (s *JWKS) check(Rules) error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return fmt.Errorf("jwtauth: JWKS.URL is %q: it needs to be https, or http on the loopback host", s.URL)
	}
	return nil
}

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}
