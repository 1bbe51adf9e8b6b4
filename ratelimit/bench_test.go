package ratelimit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/ratelimit"
)

// A bareWriter costs nothing of its own.
type bareWriter struct{ header http.Header }

func (w *bareWriter) Header() http.Header         { return w.header }
func (w *bareWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *bareWriter) WriteHeader(int)             {}

var bare = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// byTenant is the key that both limiters count by.
func byTenant(r *http.Request) (string, error) { return r.Header["X-Tenant"][0], nil }

func tenants(n int) []*http.Request {
	requests := make([]*http.Request, n)
	for i := range requests {
		requests[i] = httptest.NewRequest(http.MethodGet, "/", nil)
		requests[i].Header["X-Tenant"] = []string{fmt.Sprint("tenant-", i)}
	}
	return requests
}

// BenchmarkAllowed is an allowed request with all headers, 10,000 keys in parallel,
// beside httprate's and the handler alone.
func BenchmarkAllowed(b *testing.B) {
	const limit = 1 << 40
	limiter := func(limit int64) http.Handler {
		return (&ratelimit.Limiter{Policies: []ratelimit.Policy{
			{Name: "default", Limit: limit, Window: time.Minute, Key: ratelimit.By("tenant", byTenant)},
		}}).Handler(bare)
	}
	requests := tenants(10_000)
	for _, c := range []struct {
		name string
		h    http.Handler
	}{
		{"bare", bare},
		{"httprate", httprate.LimitBy(limit, time.Minute, byTenant)(bare)},
		{"contrite", limiter(limit)},
		{"contrite at 100", limiter(100)},
	} {
		b.Run(c.name, func(b *testing.B) {
			var start atomic.Int64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				w := &bareWriter{header: http.Header{}}
				for i := int(start.Add(5000)); pb.Next(); i++ {
					clear(w.header)
					c.h.ServeHTTP(w, requests[i%len(requests)])
				}
			})
		})
	}
}
