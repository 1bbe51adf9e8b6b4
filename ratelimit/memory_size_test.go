package ratelimit_test

import (
	"encoding/binary"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

// takeKeys takes 1 of each of the numbered keys, and returns how long the slowest took.
func takeKeys(tb testing.TB, m *ratelimit.Memory, from, to int) (slowest time.Duration) {
	tb.Helper()
	charges := []ratelimit.Charge{{Key: make([]byte, 8), Limit: 100, Window: time.Minute, Cost: 1}}
	decisions := make([]ratelimit.Decision, 1)
	for i := from; i < to; i++ {
		binary.BigEndian.PutUint64(charges[0].Key, uint64(i))
		start := time.Now()
		if err := m.Take(tb.Context(), charges, decisions); err != nil {
			tb.Fatal(err)
		}
		slowest = max(slowest, time.Since(start))
	}
	return slowest
}

// heap returns how much memory is in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

func TestAMillionQuietKeysCostAtMost64BytesEach(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has memory of its own")
	}
	const keys = 1_000_000
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now, MaxKeys: 2 * keys}
	before := heap()
	takeKeys(t, m, 0, keys)
	clock.Advance(time.Second)
	takeKeys(t, m, 0, keys)
	if each := float64(heap()-before) / keys; each > 64 {
		t.Errorf("a key costs %.1f bytes", each)
	} else {
		t.Logf("a key costs %.1f bytes", each)
	}

	clock.Advance(2 * time.Minute)
	takeKeys(t, m, keys, keys+keys/2)
	clock.Advance(2 * time.Minute)
	takeKeys(t, m, 0, keys/2)
	if left := heap() - before; left > 64*keys {
		t.Errorf("%d bytes are left of keys that have expired", left)
	}
	runtime.KeepAlive(m)
}

// BenchmarkExpiry is a Take while a million keys expire; it reports the slowest.
func BenchmarkExpiry(b *testing.B) {
	const keys = 1_000_000
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now, MaxKeys: 2 * keys}
	fill := takeKeys(b, m, 0, keys)
	clock.Advance(2 * time.Minute)
	b.ReportMetric(float64(fill.Microseconds()), "µs-max-filling")
	slowest := time.Duration(0)
	for n := 0; b.Loop(); n++ {
		slowest = max(slowest, takeKeys(b, m, n%keys, n%keys+1))
	}
	b.ReportMetric(float64(slowest.Microseconds()), "µs-max")
}

func TestAFullMemoryForgetsNobody(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now, MaxKeys: 100}
	take := func(key uint64) ratelimit.Decision {
		d := make([]ratelimit.Decision, 1)
		c := ratelimit.Charge{Key: binary.BigEndian.AppendUint64(nil, key), Limit: 1000, Window: time.Minute, Cost: 1}
		if err := m.Take(t.Context(), []ratelimit.Charge{c}, d); err != nil {
			t.Fatal(err)
		}
		return d[0]
	}
	for key := range uint64(5000) {
		for i := range int64(3) {
			if d := take(key); d.Remaining > 999-i {
				t.Fatalf("key %d has %d left after %d", key, d.Remaining, i+1)
			}
		}
	}
	known, late := take(7).Remaining, take(4999).Remaining
	if known != 996 {
		t.Errorf("an early key has %d left", known)
	}
	if late > 996 {
		t.Errorf("a late key has %d left", late)
	}
	clock.Advance(time.Minute)
	for key := range uint64(90) {
		if d := take(key + 10_000); d.Remaining < 900 {
			t.Errorf("after all has expired, a new key has %d left", d.Remaining)
		}
	}
}

// A key that shares a count keeps to it while it lives, though there is room again.
func TestWhoSharesACountTakesItAlong(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now, MaxKeys: 64}
	take := func(key uint64) ratelimit.Decision {
		d := make([]ratelimit.Decision, 1)
		c := ratelimit.Charge{Key: binary.BigEndian.AppendUint64(nil, key), Limit: 10_000, Window: time.Minute, Cost: 1}
		if err := m.Take(t.Context(), []ratelimit.Charge{c}, d); err != nil {
			t.Fatal(err)
		}
		return d[0]
	}
	for key := range uint64(1000) {
		take(key)
	}
	clock.Advance(40 * time.Second)
	before := take(999).Remaining
	clock.Advance(30 * time.Second)
	for range 200 {
		take(1) // sweeps
	}
	if after := take(999).Remaining; after >= 9999 {
		t.Errorf("it had %d left, and then %d", before, after)
	}
}

func TestABusyLogStaysShort(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now}
	c := ratelimit.Charge{Key: []byte("key"), Limit: 1, Window: time.Minute, Cost: 1, Shadow: true}
	for range 10_000 {
		if err := m.Take(t.Context(), []ratelimit.Charge{c}, make([]ratelimit.Decision, 1)); err != nil {
			t.Fatal(err)
		}
		clock.Advance(time.Microsecond)
	}
	d := make([]ratelimit.Decision, 1)
	c.Limit, c.Cost = 200_000, 0
	_ = m.Take(t.Context(), []ratelimit.Charge{c}, d)
	if d[0].Remaining != 190_000 {
		t.Errorf("%d remain", d[0].Remaining)
	}
}

func TestTimeThatGoesBackStandsStill(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now}
	take := func() ratelimit.Decision {
		d := make([]ratelimit.Decision, 1)
		_ = m.Take(t.Context(), []ratelimit.Charge{{Key: []byte("key"), Limit: 2, Window: time.Minute, Cost: 1}}, d)
		return d[0]
	}
	first := take()
	clock.Advance(-time.Hour)
	second := take()
	if !second.At.Equal(first.At) || second.Reset != time.Minute {
		t.Errorf("it is counted at %v, after %v, and its reset is in %v", second.At, first.At, second.Reset)
	}
	clock.Advance(time.Hour + time.Minute)
	if d := take(); !d.Allowed {
		t.Error("it is refused after the window")
	}
}

func TestManyKeysComeAndGo(t *testing.T) {
	t.Parallel()
	clock := ratelimittest.NewClock()
	m := &ratelimit.Memory{Now: clock.Now}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for round := range 8 {
				takeKeys(t, m, (worker+round)*1000, (worker+round)*1000+3000)
				clock.Advance(15 * time.Second)
			}
		})
	}
	wg.Wait()
	clock.Advance(time.Minute)
	takeKeys(t, m, 0, 5000)
}
