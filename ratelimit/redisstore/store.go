package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
)

// A Store is a ratelimit.Store that keeps its counts in Redis.
//
// Set its fields before its first use. A Store is safe for concurrent use.
type Store struct {
	// Client runs the scripts: a *redis.Client, *redis.ClusterClient or *redis.Ring
	// made with ContextTimeoutEnabled, or what wraps one and observes the context's
	// deadline.
	Client redis.Scripter
	// Prefix begins the name of every key, and is its hash tag. Stores of one prefix
	// share their counts. It has no braces. Empty is "ratelimit".
	Prefix string
	// Deadline is how long a call may take, retries and all. Zero is 100 milliseconds.
	Deadline time.Duration
}

var _ ratelimit.Store = (*Store)(nil)

// Take implements ratelimit.Store.
//
// After an error the charges may have been counted or not: a reply that is lost does
// not tell.
func (s *Store) Take(ctx context.Context, charges []ratelimit.Charge, decisions []ratelimit.Decision) error {
	if len(charges) != len(decisions) {
		return fmt.Errorf("redisstore: %d charges and %d decisions", len(charges), len(decisions))
	}
	reply, err := s.run(ctx, take, charges, shadow)
	if err != nil || len(charges) == 0 {
		return err
	}
	return decode(reply, decisions)
}

// Settle implements ratelimit.Store.
func (s *Store) Settle(ctx context.Context, charges []ratelimit.Charge) error {
	_, err := s.run(ctx, settle, charges, at)
	return err
}

// run runs a script with the charges. The last argument of each is what last says.
func (s *Store) run(ctx context.Context, script *redis.Script, charges []ratelimit.Charge, last func(*ratelimit.Charge) any) (any, error) {
	if len(charges) == 0 {
		return nil, nil
	}
	if err := observesDeadline(s.Client); err != nil {
		return nil, err
	}
	keys, args, err := arguments(s.Prefix, charges, last)
	if err != nil {
		return nil, err
	}
	deadline := s.Deadline
	if deadline <= 0 {
		deadline = 100 * time.Millisecond
	}
	bounded, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	reply, err := script.Run(bounded, s.Client, keys, args...).Result()
	switch {
	case err == nil:
		return reply, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("redisstore: the call ended before Redis answered: %w (%w)", ctx.Err(), err)
	case bounded.Err() != nil || timedOut(err):
		return nil, fmt.Errorf("redisstore: no answer in %v: %w (%w)", deadline, context.DeadlineExceeded, err)
	}
	return nil, fmt.Errorf("redisstore: the script failed: %w", err)
}

// timedOut reports whether a connection's deadline has passed, which may be noticed before
// the context's.
func timedOut(err error) bool {
	var failure net.Error
	return errors.As(err, &failure) && failure.Timeout()
}

var (
	errNoClient = errors.New("redisstore: the Store has no Client")
	errDeadline = errors.New("redisstore: the Client ignores deadlines; make it with ContextTimeoutEnabled: true")
)

// observesDeadline says what is wrong with a client. Of one of another type it can't tell.
func observesDeadline(client redis.Scripter) error {
	enabled := true
	switch c := client.(type) {
	case nil:
		return errNoClient
	case *redis.Client:
		enabled = c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		enabled = c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		enabled = c.Options().ContextTimeoutEnabled
	}
	if !enabled {
		return errDeadline
	}
	return nil
}
