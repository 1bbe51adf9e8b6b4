package ratelimit

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

// TestRedisDecidesAsMemoryDoes takes and settles at random in both. They stay below the
// number of entries up to which both are exact.
func TestRedisDecidesAsMemoryDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			store, clock := clocked(t)
			memory := &ratelimit.Memory{Now: clock.Now}
			r := rand.New(rand.NewPCG(seed, 1))
			var taken []ratelimit.Charge
			for step := range 1000 {
				clock.Advance(time.Duration(r.IntN(3)*r.IntN(1000)) * time.Millisecond)
				charges := randomCharges(r)
				got, want := make([]ratelimit.Decision, len(charges)), make([]ratelimit.Decision, len(charges))
				if err := store.Take(t.Context(), charges, got); err != nil {
					t.Fatal(err)
				}
				memory.Take(t.Context(), charges, want)
				if !slices.EqualFunc(got, want, same) {
					t.Fatalf("step %d: of %+v\nRedis says  %+v\nMemory says %+v", step, charges, got, want)
				}
				taken = append(taken[max(0, len(taken)-8):], at(charges, got)...)
				if r.IntN(3) == 0 {
					some := settled(r, taken)
					if err := store.Settle(t.Context(), some); err != nil {
						t.Fatal(err)
					}
					memory.Settle(t.Context(), some)
				}
			}
		})
	}
}

// same compares decisions. A Memory's time is not Redis's in zone and form.
func same(a, b ratelimit.Decision) bool {
	equal := a.At.Equal(b.At)
	a.At = b.At
	return equal && (a == b || a.Wait < 0 && b.Wait < 0 && a.Remaining == b.Remaining && a.Reset == b.Reset)
}

// randomCharges returns up to three, at times of equal keys.
func randomCharges(r *rand.Rand) []ratelimit.Charge {
	charges := make([]ratelimit.Charge, 1+r.IntN(3))
	for i := range charges {
		key := r.IntN(4)
		charges[i] = ratelimit.Charge{
			Key:    []byte{byte(key)},
			Limit:  int64(10 + 10*key - r.IntN(5)),
			Window: time.Duration(1+key) * 10 * time.Second,
			Cost:   int64(r.IntN(5) * r.IntN(5)),
			Shadow: r.IntN(5) == 0,
		}
	}
	return charges
}

// at returns the charges with the time when they were decided.
func at(charges []ratelimit.Charge, decisions []ratelimit.Decision) []ratelimit.Charge {
	for i := range charges {
		charges[i].At = decisions[i].At
	}
	return charges
}

// settled returns corrections of some charges.
func settled(r *rand.Rand, charges []ratelimit.Charge) (some []ratelimit.Charge) {
	for _, c := range charges {
		if r.IntN(2) == 0 {
			c.Cost = int64(r.IntN(9) - 4)
			some = append(some, c)
		}
	}
	return some
}

func TestRedisHasNoKeyOfAClientAndForgetsItsOwn(t *testing.T) {
	t.Parallel()
	client := dial(t)
	store := &redisstore.Store{Client: client, Prefix: prefix(t), Deadline: 10 * time.Second}
	keys := [][]byte{[]byte("203.0.113.7"), {}, {0, 0xff, '\r', '\n'}, bytes.Repeat([]byte("long"), 1<<18)}
	for _, key := range keys {
		c := ratelimit.Charge{Key: key, Limit: 5, Window: time.Minute, Cost: 2}
		for left := range slices.Values([]int64{3, 1}) {
			if d := take(t, store, c); !d.Allowed || d.Remaining != left {
				t.Errorf("%.20q: %+v, want %d left", key, d, left)
			}
		}
	}
	names := client.Keys(t.Context(), "{"+store.Prefix+"}*").Val()
	if len(names) != len(keys) {
		t.Errorf("%d keys have %d names: %q", len(keys), len(names), names)
	}
	for _, name := range names {
		if rest := name[len(store.Prefix):]; len(rest) > 30 {
			t.Errorf("a name is %q", name)
		}
		if ttl := client.PTTL(t.Context(), name).Val(); ttl < 50*time.Second || ttl > time.Minute+time.Second {
			t.Errorf("%q lives for %v", name, ttl)
		}
	}
}

func TestABusyKeysValueIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]ratelimit.Charge{
		"high limit": {Limit: 1_000_000, Window: time.Hour, Cost: 1},
		"shadow":     {Limit: 1, Window: time.Hour, Cost: 1, Shadow: true},
		"uneven":     {Limit: 1 << 62, Window: time.Hour, Cost: 1 << 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, clock := clocked(t)
			client, longest := dial(t), int64(0)
			key := ""
			for i := range 2000 {
				clock.Advance(time.Millisecond)
				c.Cost = max(1, c.Cost*int64(i%3))
				if take(t, store, c); key == "" {
					key = client.Keys(t.Context(), "{"+store.Prefix+"}*").Val()[0]
				}
				longest = max(longest, client.StrLen(t.Context(), key).Val())
			}
			if longest > 40+16*321 {
				t.Errorf("a value has %d bytes", longest)
			}
		})
	}
}

func TestAClockSetBackHoldsNobodyUpForLong(t *testing.T) {
	t.Parallel()
	c := ratelimit.Charge{Key: []byte("key"), Limit: 3, Window: time.Minute, Cost: 1}
	for name, tt := range map[string]struct{ back, wait time.Duration }{
		"a little": {10 * time.Second, 30 * time.Second}, // the time stands still
		"an hour":  {time.Hour, 30 * time.Second},        // it goes on from there
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, clock := clocked(t)
			take(t, store, c)
			clock.Advance(30 * time.Second)
			take(t, store, c)
			last := take(t, store, c).At
			clock.Advance(-tt.back)
			d := take(t, store, c)
			if d.Allowed || d.Wait != tt.wait {
				t.Errorf("it is allowed: %v, and waits %v, want %v", d.Allowed, d.Wait, tt.wait)
			}
			if name == "a little" && d.At.Before(last) {
				t.Errorf("it is %v after %v", d.At, last)
			}
			clock.Advance(tt.back%time.Hour + tt.wait)
			if d := take(t, store, c); !d.Allowed {
				t.Errorf("after the wait it is refused, and waits %v", d.Wait)
			}
		})
	}
}

// BenchmarkRedisTake says what a Take costs.
func BenchmarkRedisTake(b *testing.B) {
	for _, limit := range []int64{1, 100, 10_000} {
		b.Run(fmt.Sprint("limit ", limit), func(b *testing.B) {
			store, clock := clocked(b)
			c := ratelimit.Charge{Limit: limit, Window: time.Minute, Cost: 1}
			for b.Loop() {
				clock.Advance(time.Minute * 2 / 3 / time.Duration(limit))
				take(b, store, c)
			}
		})
	}
}
