package ratelimit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/ratelimit"
)

// get sends a request and prints what comes back.
func get(h http.Handler, header ...string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request("192.0.2.1:1234", header...))
	fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Header().Get("RateLimit"), " ", w.Header().Get("Retry-After"))))
}

func Example() {
	limiter := &ratelimit.Limiter{
		OnError: quiet.WriteError,
		Policies: []ratelimit.Policy{
			{Name: "default", Limit: 2, Window: time.Minute, Key: ratelimit.ByIP()},
		},
	}
	h := middleware.ClientIPFromRemoteAddr(limiter.Handler(bare))
	get(h)
	get(h)
	get(h)
	// Output:
	// 200 "default";r=1;t=60
	// 200 "default";r=0;t=60
	// 429 "default";r=0;t=60 60
}

func ExampleLimiter_Check() {
	limiter := &ratelimit.Limiter{Policies: []ratelimit.Policy{{Name: "messages", Limit: 1, Window: time.Hour}}}
	r := httptest.NewRequest(http.MethodGet, "/socket", nil)
	for range 2 { // for each message
		fmt.Println(limiter.Check(nil, r))
	}
	// Output:
	// <nil>
	// rate_limited
}

func ExampleLimiter_Replace() {
	limiter := new(ratelimit.Limiter)
	err := limiter.Replace(ratelimit.Policy{Name: "default", Limit: 100})
	fmt.Println(err)
	// Output: ratelimit: policy "default": the window is 0s; it must be more than zero, and at most 10 years
}

func ExamplePolicy() {
	tiers := map[string]int64{"gold": 1000, "": 10}
	limiter := &ratelimit.Limiter{Policies: []ratelimit.Policy{{
		Name:   "default",
		Window: time.Minute,
		Key:    ratelimit.Join(ratelimit.ByHeader("X-Tenant"), ratelimit.ByRoute()),
		Limits: func(r *http.Request) int64 { return tiers[r.Header.Get("X-Tier")] },
		Exempt: func(r *http.Request) bool { return r.Method == http.MethodOptions },
		Settle: ratelimit.RefundServerErrors,
	}}}
	mux := http.NewServeMux()
	mux.Handle("GET /agents", limiter.Handler(bare))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/agents", nil)
	r.Header.Set("X-Tier", "gold")
	mux.ServeHTTP(w, r)
	fmt.Println(w.Header().Get("RateLimit-Policy"))
	// Output: "default";q=1000;w=60
}

func ExampleBy() {
	key := ratelimit.Join(ratelimit.By("path", httprate.KeyByEndpoint), ratelimit.ByPrincipal())
	fmt.Println(key.Class())
	// Output: path+principal
}

func ExampleMemory() {
	store := new(ratelimit.Memory)
	charges := []ratelimit.Charge{{Key: []byte("ada"), Limit: 5, Window: time.Minute, Cost: 3}}
	decisions := make([]ratelimit.Decision, 1)
	for range 2 {
		if err := store.Take(context.Background(), charges, decisions); err != nil {
			panic(err)
		}
		fmt.Println(decisions[0].Allowed, decisions[0].Remaining)
	}
	// Output:
	// true 2
	// false 2
}

func ExampleFallback() {
	var redis ratelimit.Store = brokenStore{errDown}
	limiter := &ratelimit.Limiter{
		Store:   &ratelimit.Fallback{Remote: redis, Timeout: 50 * time.Millisecond, Replicas: 4},
		OnError: quiet.WriteError,
		Policies: []ratelimit.Policy{
			{Name: "default", Limit: 100, Window: time.Minute, OnFailure: ratelimit.Local},
		},
	}
	get(limiter.Handler(bare)) // with a quarter of the limit
	// Output: 200 "default";r=24;t=60
}

func ExampleCounter() {
	store := &ratelimit.Counter{Counts: httprate.NewLocalLimitCounter(time.Minute), Window: time.Minute}
	limiter := &ratelimit.Limiter{Store: store, Policies: []ratelimit.Policy{{Name: "default", Limit: 10, Window: time.Minute}}}
	w := httptest.NewRecorder()
	limiter.Handler(bare).ServeHTTP(w, request(""))
	fmt.Println(w.Header().Get("X-RateLimit-Remaining"))
	// Output: 9
}

func ExampleConcurrency() {
	exports := &ratelimit.Concurrency{Limit: 1, Kind: errcatalog.Overloaded, OnError: quiet.WriteError}
	h := exports.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done, err := exports.Start(r) // a second one at once
		fmt.Println(done == nil, err)
	}))
	get(h)
	// Output:
	// true overloaded
	// 200
}

func ExampleShed() {
	shed := &ratelimit.Shed{Limit: 200, Priority: func(r *http.Request) ratelimit.Priority {
		if r.URL.Path == "/healthz" {
			return ratelimit.Critical
		}
		return ratelimit.Normal
	}}
	get(shed.Handler(bare))
	// Output: 200
}
