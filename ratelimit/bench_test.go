package ratelimit_test

import (
	"fmt"
	"net/http"
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

// fiveHeaders sets as many headers as a limiter does, three of them to constants, and
// the others to a slice of a new string.
var fiveHeaders = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	h, constant, value := w.Header(), r.Header["X-Tenant"], make([]string, 2)
	all := r.Header["X-Tenant"][0] + "\"default\";r=1099511627775;t=60"
	value[0], value[1] = all[:8], all[8:]
	h["X-Ratelimit-Limit"], h["X-Ratelimit-Reset"], h["Ratelimit-Policy"] = constant, constant, constant
	h["X-Ratelimit-Remaining"], h["Ratelimit"] = value[:1:1], value[1:]
})

// byTenant is the key that both limiters count by.
func byTenant(r *http.Request) (string, error) { return r.Header["X-Tenant"][0], nil }

// of has a request be a tenant's.
func of(r *http.Request, tenant string) *http.Request {
	r.Header["X-Tenant"] = []string{tenant}
	return r
}

// BenchmarkAllowed is an allowed request with all headers, 10,000 keys in parallel,
// beside httprate's,
// the handler alone, and what headers alone cost.
func BenchmarkAllowed(b *testing.B) {
	const limit = 100_000 // more than a key gets in the time of a benchmark
	limiter := func(limit int64) http.Handler {
		return (&ratelimit.Limiter{Policies: []ratelimit.Policy{
			{Name: "default", Limit: limit, Window: time.Minute, Key: ratelimit.By("tenant", byTenant)},
		}}).Handler(bare)
	}
	tenants := make([]string, 10_000)
	for i := range tenants {
		tenants[i] = fmt.Sprint("tenant-", i)
	}
	for _, c := range []struct {
		name string
		h    http.Handler
	}{
		{"bare", bare},
		{"five headers alone", fiveHeaders},
		{"httprate", httprate.LimitBy(limit, time.Minute, byTenant)(bare)},
		{"contrite", limiter(limit)},
		{"contrite at 100", limiter(100)},
	} {
		b.Run(c.name, func(b *testing.B) {
			var start atomic.Int64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				w, r := &bareWriter{header: http.Header{}}, of(request(""), "")
				for i := int(start.Add(5000)); pb.Next(); i++ {
					clear(w.header)
					r.Header["X-Tenant"][0] = tenants[i%len(tenants)]
					c.h.ServeHTTP(w, r)
				}
			})
		})
	}
}
