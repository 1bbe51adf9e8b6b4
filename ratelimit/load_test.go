package ratelimit_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/ratelimit"
)

// holding is a handler that reports that it was entered, and waits.
func holding() (h http.Handler, entered, leave chan struct{}) {
	entered, leave = make(chan struct{}), make(chan struct{})
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-leave
	}), entered, leave
}

// hold has so many requests be served by h until leave is closed.
func hold(h http.Handler, n int, entered chan struct{}, header ...string) {
	for range n {
		go h.ServeHTTP(httptest.NewRecorder(), request("", header...))
		<-entered
	}
}

func answer(h http.Handler, header ...string) *http.Response {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, request("", header...))
	return rec.Result()
}

func TestAtMostSoManyAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind   errcatalog.Kind
		status int
	}{{"", 429}, {errcatalog.Overloaded, 503}} {
		inner, entered, leave := holding()
		c := &ratelimit.Concurrency{
			Limit: 2, Key: ratelimit.ByHeader("X-Tenant"), Kind: test.kind, RetryAfter: 3 * time.Second, OnError: quiet.WriteError,
		}
		h := c.Handler(inner)
		hold(h, 2, entered, "X-Tenant", "a")
		res := answer(h, "X-Tenant", "a")
		has(t, res, "Retry-After", "3")
		if res.StatusCode != test.status {
			t.Errorf("the third is answered %d", res.StatusCode)
		}
		hold(h, 1, entered, "X-Tenant", "b")
		close(leave)
	}
}

func TestADoneRequestMakesRoom(t *testing.T) {
	t.Parallel()
	c := &ratelimit.Concurrency{Limits: func(*http.Request) int64 { return 1 }}
	for range 3 {
		done, err := c.Start(request(""))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Start(request("")); !errors.Is(err, errcatalog.RateLimited) {
			t.Errorf("the second gets %v", err)
		}
		done()
	}
	keyless := &ratelimit.Concurrency{Limit: 1, Key: ratelimit.ByIP()}
	if _, err := keyless.Start(request("")); !errors.Is(err, ratelimit.ErrNoClientIP) {
		t.Errorf("without a key it returns %v", err)
	}
}

func TestTheLessImportantIsShedFirst(t *testing.T) {
	t.Parallel()
	priorities := map[string]ratelimit.Priority{
		"low": ratelimit.Low, "normal": ratelimit.Normal, "high": ratelimit.High, "critical": ratelimit.Critical,
	}
	inner, entered, leave := holding()
	shed := &ratelimit.Shed{
		Limit:    10,
		Priority: func(r *http.Request) ratelimit.Priority { return priorities[r.Header.Get("X-Priority")] },
		OnError:  quiet.WriteError,
	}
	h := shed.Handler(inner)
	for _, step := range []struct {
		name string
		room int
	}{{"low", 5}, {"normal", 4}, {"high", 1}} {
		hold(h, step.room, entered, "X-Priority", step.name)
		res := answer(h, "X-Priority", step.name)
		has(t, res, "Retry-After", "1")
		if res.StatusCode != 503 {
			t.Errorf("%s is answered %d", step.name, res.StatusCode)
		}
	}
	hold(h, 5, entered, "X-Priority", "critical")
	close(leave)
}

func TestTheZeroShedServesOneAtATimeOfAnyPriority(t *testing.T) {
	t.Parallel()
	for _, priority := range []ratelimit.Priority{ratelimit.Low, ratelimit.Normal, ratelimit.High} {
		shed := &ratelimit.Shed{Priority: func(*http.Request) ratelimit.Priority { return priority }, OnError: quiet.WriteError}
		inner, entered, leave := holding()
		h := shed.Handler(inner)
		hold(h, 1, entered)
		if res := answer(h); res.StatusCode != 503 {
			t.Errorf("a second one of priority %v is answered %d", priority, res.StatusCode)
		}
		close(leave)
	}
}

func TestAPanicTakesUpNoRoom(t *testing.T) {
	t.Parallel()
	boom := func() { panic(http.ErrAbortHandler) }
	inner := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Panic") == "handler" {
			boom()
		}
	})
	shed := &ratelimit.Shed{Limit: 2, Priority: func(r *http.Request) ratelimit.Priority {
		if r.Header.Get("X-Panic") == "function" {
			boom()
		}
		return ratelimit.High
	}}
	concurrency := &ratelimit.Concurrency{Limits: func(r *http.Request) int64 {
		if r.Header.Get("X-Panic") == "function" {
			boom()
		}
		return 1
	}}
	for name, h := range map[string]http.Handler{"shed": shed.Handler(inner), "concurrency": concurrency.Handler(inner)} {
		for range 5 {
			for _, where := range []string{"handler", "function"} {
				func() {
					defer func() { _ = recover() }()
					answer(h, "X-Panic", where)
				}()
			}
		}
		if res := answer(h); res.StatusCode != http.StatusOK {
			t.Errorf("%s: after panics it answers %d", name, res.StatusCode)
		}
	}
}
