package ratelimit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

// A plainCounter is an httprate.LimitCounter that can fail.
type plainCounter struct {
	counts map[string]map[int64]int
	err    error
}

func (c *plainCounter) Config(int, time.Duration) { c.counts = map[string]map[int64]int{} }

func (c *plainCounter) Increment(key string, w time.Time) error { return c.IncrementBy(key, w, 1) }

func (c *plainCounter) IncrementBy(key string, w time.Time, n int) error {
	if c.counts[key] == nil {
		c.counts[key] = map[int64]int{}
	}
	c.counts[key][w.UnixNano()] += n
	return c.err
}

func (c *plainCounter) Get(key string, current, previous time.Time) (int, int, error) {
	return c.counts[key][current.UnixNano()], c.counts[key][previous.UnixNano()], c.err
}

func TestACounterIsAnApproximateStore(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	k := &ratelimit.Counter{Counts: new(plainCounter), Window: time.Minute, Now: clock.Now}
	if n := took(t, k, 10, 15); n != 10 {
		t.Errorf("it admits %d", n)
	}
	for _, cost := range []int64{1, 5, 10} {
		d, err := take(t, k, ratelimit.Closed, 10, cost)
		if err != nil || d.Allowed || d.Wait <= 0 || d.Reset <= 0 {
			t.Fatalf("a cost of %d gets %+v, %v", cost, d, err)
		}
		clock.Advance(d.Wait)
		if d, _ := take(t, k, ratelimit.Closed, 10, cost); !d.Allowed {
			t.Errorf("after the wait a cost of %d gets %+v", cost, d)
		}
		took(t, k, 10, 10)
	}
	if d, _ := take(t, k, ratelimit.Closed, 10, 11); d.Allowed || d.Wait >= 0 {
		t.Errorf("a cost over the limit gets %+v", d)
	}
	clock.Advance(2 * time.Minute)
	d, _ := take(t, k, ratelimit.Closed, 10, 4)
	if d.Remaining != 6 {
		t.Errorf("%d remain", d.Remaining)
	}
	back := []ratelimit.Charge{{Key: []byte("key"), Limit: 10, Window: time.Minute, Cost: -4, At: d.At}}
	if err := k.Settle(t.Context(), back); err != nil {
		t.Error(err)
	}
	if d, _ := take(t, k, ratelimit.Closed, 10, 0); d.Remaining != 10 {
		t.Errorf("after it was given back %d remain", d.Remaining)
	}
}

func TestACounterChargesAllOrNone(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	k := &ratelimit.Counter{Counts: new(plainCounter), Window: time.Minute, Now: clock.Now}
	charge := func(key string, limit int64) ratelimit.Charge {
		return ratelimit.Charge{Key: []byte(key), Limit: limit, Window: time.Minute, Cost: 1}
	}
	d := make([]ratelimit.Decision, 3)
	for range 3 {
		if err := k.Take(t.Context(), []ratelimit.Charge{charge("a", 5), charge("b", 2), charge("a", 5)}, d); err != nil {
			t.Fatal(err)
		}
	}
	if d[0].Remaining != 1 || d[1].Allowed || d[2].Remaining != 1 {
		t.Errorf("the decisions are %+v", d)
	}
}

func TestACounterFails(t *testing.T) {
	t.Parallel()
	failure := errors.New("failure")
	k := &ratelimit.Counter{Counts: &plainCounter{err: failure}, Window: time.Minute}
	if _, err := take(t, k, ratelimit.Closed, 1, 1); !errors.Is(err, failure) {
		t.Errorf("it returns %v", err)
	}
	hours := &ratelimit.Counter{Counts: new(plainCounter), Window: time.Hour}
	if _, err := take(t, hours, ratelimit.Closed, 1, 1); err == nil {
		t.Error("it takes a charge of another window")
	}
}

func TestHttpratesOwnCounterIsAStore(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	k := &ratelimit.Counter{Counts: httprate.NewLocalLimitCounter(time.Minute), Limit: 5, Window: time.Minute, Now: clock.Now}
	if n := took(t, k, 5, 9); n != 5 {
		t.Errorf("it admits %d", n)
	}
}
