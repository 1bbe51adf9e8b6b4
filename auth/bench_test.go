package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/requestid"
)

func TestAKnownKeyCostsAtMostTwoAllocations(t *testing.T) {
	w := newWorld(t)
	keys := w.verifier()
	keys.Store = &auth.Cache{Store: &w.store, TTL: time.Hour}
	bare := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	measure := func(h http.Handler) float64 {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+w.keys["good"])
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return testing.AllocsPerRun(200, func() { h.ServeHTTP(rec, r) })
	}
	within := measure(requestid.Handler(auth.Require(keys, quiet.WriteError)(bare))) - measure(requestid.Handler(bare))
	if within > 1 {
		t.Errorf("within the suite the guard makes %v allocations more, want at most 1", within)
	}
	if alone := measure(auth.Require(keys, quiet.WriteError)(bare)) - measure(bare); alone > 2 {
		t.Errorf("alone the guard makes %v allocations more, want at most 2", alone)
	}
}

// BenchmarkKnownKey is the guard with a key in the cache, beside the bare handler.
func BenchmarkKnownKey(b *testing.B) {
	w := newWorld(b)
	keys := w.verifier()
	keys.Store = &auth.Cache{Store: &w.store, TTL: time.Hour}
	bare := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		name string
		h    http.Handler
	}{
		{"bare", requestid.Handler(bare)},
		{"guarded", requestid.Handler(auth.Require(keys, quiet.WriteError)(bare))},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Authorization", "Bearer "+w.keys["good"])
			r.Header.Set("X-Request-Id", "req_1")
			rec := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				c.h.ServeHTTP(rec, r)
			}
		})
	}
}

// BenchmarkJunkKey is the refusal of what can't be a key, before any look-up.
func BenchmarkJunkKey(b *testing.B) {
	w := newWorld(b)
	keys := w.verifier()
	keys.Store = nil // who asks it, panics
	good := w.keys["good"]
	for name, junk := range map[string]string{
		"character": good[:49] + "!",
		"checksum":  w.keys["junk"],
		"length":    good + good,
	} {
		now := time.Now()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := keys.Verify(b.Context(), junk, now); err == nil {
					b.Fatal("junk passes")
				}
			}
		})
	}
}
