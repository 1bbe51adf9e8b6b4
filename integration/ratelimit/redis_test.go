package ratelimit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
	"github.com/contrite-go/contrite/ratelimit/storetest"
)

// A clockedClient tells the scripts a time of its own.
type clockedClient struct {
	redis.Scripter
	clock *ratelimittest.Clock
}

// Eval implements redis.Scripter.
func (c clockedClient) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	args[0] = c.clock.Now().UnixMicro()
	return c.Scripter.Eval(ctx, script, keys, args...)
}

// EvalSha implements redis.Scripter.
func (c clockedClient) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	args[0] = c.clock.Now().UnixMicro()
	return c.Scripter.EvalSha(ctx, sha, keys, args...)
}

// dial returns a client of the server that make test-integration started.
func dial(tb testing.TB) *redis.Client {
	tb.Helper()
	socket := os.Getenv("CONTRITE_REDIS")
	if socket == "" {
		tb.Skip("CONTRITE_REDIS names no Redis server; run make test-integration, which starts one")
	}
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: socket, ContextTimeoutEnabled: true})
	tb.Cleanup(func() { client.Close() })
	return client
}

// prefix is one that no other test has, and no other run of this one.
func prefix(tb testing.TB) string {
	return fmt.Sprintf("%s-%d", tb.Name(), rand.Int64())
}

// shared returns a store on the server that make test-integration started.
func shared(tb testing.TB) *redisstore.Store {
	tb.Helper()
	return &redisstore.Store{Client: dial(tb), Prefix: prefix(tb), Deadline: 10 * time.Second}
}

// clocked returns such a store, whose time is the clock's.
func clocked(tb testing.TB) (*redisstore.Store, *ratelimittest.Clock) {
	tb.Helper()
	s, clock := shared(tb), ratelimittest.NewClock()
	s.Client = clockedClient{s.Client, clock}
	return s, clock
}

// take charges one key.
func take(tb testing.TB, s ratelimit.Store, c ratelimit.Charge) ratelimit.Decision {
	tb.Helper()
	var d [1]ratelimit.Decision
	if err := s.Take(tb.Context(), []ratelimit.Charge{c}, d[:]); err != nil {
		tb.Fatal(err)
	}
	return d[0]
}

func TestRedisIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (ratelimit.Store, func(time.Duration)) {
		store, clock := clocked(t)
		return store, clock.Advance
	})
}

func TestRedisIsAStoreByItsOwnClock(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (ratelimit.Store, func(time.Duration)) {
		t.Parallel()
		return shared(t), nil
	})
}

func TestRedisIsAsFairAsAnExactLog(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{5, 100, 1000} {
		for _, pattern := range ratelimittest.Patterns() {
			t.Run(fmt.Sprint(pattern.Name, " at ", limit), func(t *testing.T) {
				t.Parallel()
				store, clock := clocked(t)
				windows := int(min(10, 3000/limit))
				a, err := ratelimittest.Measure(t.Context(), store, clock.Advance, pattern, limit, time.Minute, windows)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(a)
				if a.Over() > 0 || a.Share() < 0.98 {
					t.Error("it is never over the limit, and at least at 98 % of the exact log")
				}
			})
		}
	}
}

func TestWhoObeysRedisIsNotHeldBack(t *testing.T) {
	t.Parallel()
	for _, pause := range []time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond, 590 * time.Millisecond} {
		t.Run(fmt.Sprint("every ", pause), func(t *testing.T) {
			t.Parallel()
			store, clock := clocked(t)
			const requests = 500
			o, err := ratelimittest.Obey(t.Context(), store, clock.Advance, 100, time.Minute, pause, requests)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", o)
			if o.Took > o.Ideal*105/100 || o.Again > 0 || o.Refused > requests/10 {
				t.Error("it takes no more than 5 % longer, waits once each time, and is refused at most once in ten")
			}
		})
	}
}
