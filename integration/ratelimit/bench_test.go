package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/httprate"
	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

// far returns a client whose bytes take a millisecond to the server, and one back.
func far(b *testing.B) *redis.Client {
	b.Helper()
	dial(b)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", os.Getenv("CONTRITE_REDIS"))
			if err != nil {
				conn.Close()
				return
			}
			go delay(conn, server)
			go delay(server, conn)
		}
	}()
	client := redis.NewClient(&redis.Options{Addr: listener.Addr().String(), ContextTimeoutEnabled: true, PoolSize: 64, MaxRetries: -1})
	b.Cleanup(func() { client.Close() })
	return client
}

// delay copies what it reads a millisecond later.
func delay(to io.WriteCloser, from io.Reader) {
	type parcel struct {
		due  time.Time
		data []byte
	}
	parcels := make(chan parcel, 64)
	go func() {
		defer to.Close()
		for p := range parcels {
			time.Sleep(time.Until(p.due))
			to.Write(p.data)
		}
	}()
	defer close(parcels)
	for buf := make([]byte, 4096); ; {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		parcels <- parcel{time.Now().Add(time.Millisecond), slices.Clone(buf[:n])}
	}
}

// A windowCounter is an httprate.LimitCounter as it is usually made with Redis: a
// number for each key and window, which is incremented and given its expiry in one
// pipeline.
type windowCounter struct {
	client *redis.Client
	prefix string
	window time.Duration
}

// Config implements httprate.LimitCounter.
func (c *windowCounter) Config(_ int, window time.Duration) { c.window = window }

// Increment implements httprate.LimitCounter.
func (c *windowCounter) Increment(key string, current time.Time) error {
	return c.IncrementBy(key, current, 1)
}

// IncrementBy implements httprate.LimitCounter.
func (c *windowCounter) IncrementBy(key string, current time.Time, amount int) error {
	ctx, pipe := context.Background(), c.client.TxPipeline()
	increment := pipe.IncrBy(ctx, c.name(key, current), int64(amount))
	expire := pipe.Expire(ctx, c.name(key, current), 3*c.window)
	_, err := pipe.Exec(ctx)
	return errors.Join(err, increment.Err(), expire.Err())
}

// Get implements httprate.LimitCounter.
func (c *windowCounter) Get(key string, current, previous time.Time) (int, int, error) {
	values, err := c.client.MGet(context.Background(), c.name(key, current), c.name(key, previous)).Result()
	if err != nil {
		return 0, 0, err
	}
	var n [2]int
	for i, v := range values {
		if s, ok := v.(string); ok {
			n[i], _ = strconv.Atoi(s)
		}
	}
	return n[0], n[1], nil
}

func (c *windowCounter) name(key string, window time.Time) string {
	return fmt.Sprintf("%s:%s:%d", c.prefix, key, window.Unix())
}

// BenchmarkOverRedis has 64 clients at once, and Redis a millisecond away.
func BenchmarkOverRedis(b *testing.B) {
	const limit = 1_000_000_000
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, limited := range map[string]func(b *testing.B) http.Handler{
		"contrite": func(b *testing.B) http.Handler {
			limiter := &ratelimit.Limiter{
				Policies: []ratelimit.Policy{{Name: "minute", Limit: limit, Window: time.Minute, Key: ratelimit.ByHeader("X-Client")}},
				Store:    &redisstore.Store{Client: far(b), Prefix: prefix(b), Deadline: 10 * time.Second},
			}
			return limiter.Handler(ok)
		},
		"httprate": func(b *testing.B) http.Handler {
			counter := &windowCounter{client: far(b), prefix: prefix(b)}
			byClient := func(r *http.Request) (string, error) { return r.Header.Get("X-Client"), nil }
			return httprate.LimitBy(limit, time.Minute, byClient, httprate.WithLimitCounter(counter))(ok)
		},
	} {
		b.Run(name, func(b *testing.B) {
			h := limited(b)
			var clients atomic.Int64
			b.SetParallelism((64 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("X-Client", strconv.FormatInt(clients.Add(1), 10))
				for pb.Next() {
					w := httptest.NewRecorder()
					if h.ServeHTTP(w, r); w.Code != http.StatusOK {
						b.Error(w.Code, w.Body)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
