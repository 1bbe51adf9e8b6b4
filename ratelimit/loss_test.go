package ratelimit_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

// A mortal is a store that can be killed, and comes back as it was some time before.
type mortal struct {
	atomic.Pointer[ratelimit.Memory]
}

func (s *mortal) Take(ctx context.Context, c []ratelimit.Charge, d []ratelimit.Decision) error {
	return s.Load().Take(ctx, c, d)
}

func (s *mortal) Settle(ctx context.Context, c []ratelimit.Charge) error {
	return s.Load().Settle(ctx, c)
}

// left is what a key has left, as the store knows.
func (s *mortal) left(t *testing.T, limit int64) int64 {
	t.Helper()
	d, err := take(t, s, ratelimit.Local, limit, 0)
	if err != nil {
		t.Fatal(err)
	}
	return d.Remaining
}

// beat has a Fallback look after its store.
func beat(t *testing.T, fs ...*ratelimit.Fallback) {
	t.Helper()
	time.Sleep(1100 * time.Millisecond)
	for range 2 { // one notices, one restores
		for _, f := range fs {
			if _, err := take(t, f, ratelimit.Local, 100, 0); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
	}
}

func TestWhatAStoreForgetsTheReplicasKnowTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(mortal)
		s.Store(new(ratelimit.Memory))
		var replicas [3]*ratelimit.Fallback
		for i := range replicas {
			replicas[i] = &ratelimit.Fallback{Remote: s, Replicas: len(replicas)}
			took(t, replicas[i], 100, 10*(i+1))
		}
		for round := range 3 {
			s.Store(new(ratelimit.Memory))
			beat(t, replicas[:]...)
			if left := s.left(t, 100); left != 40 {
				t.Errorf("after loss %d there are %d left, want 40", round+1, left)
			}
		}
		time.Sleep(time.Minute)
		if left := s.left(t, 100); left != 100 {
			t.Errorf("a window after it was taken there are %d left", left)
		}
	})
}

func TestAStoreThatForgetsNothingIsToldNothingTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		f := &ratelimit.Fallback{Remote: s, Retry: time.Second}
		took(t, f, 100, 10)
		for range 5 {
			s.fails.Store(true)
			took(t, f, 100, 4)
			s.fails.Store(false)
			time.Sleep(2 * time.Second)
			took(t, f, 100, 1)
			synctest.Wait()
		}
		time.Sleep(3 * time.Minute) // all marks have expired
		took(t, f, 100, 7)
		time.Sleep(2 * time.Second)
		took(t, f, 100, 1)
		synctest.Wait()
		if d, _ := take(t, &s.Memory, ratelimit.Local, 100, 0); d.Remaining != 92 {
			t.Errorf("there are %d left, want 92", d.Remaining)
		}
	})
}

func TestAStoreOfWhichThereIsASnapshotIsToldTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		both, s := &twin{snapshot: new(ratelimit.Memory)}, new(mortal)
		s.Store(new(ratelimit.Memory))
		both.mortal = s
		f := &ratelimit.Fallback{Remote: both}
		took(t, f, 100, 10)
		beat(t, f)
		both.stopped.Store(true) // the snapshot is of now
		time.Sleep(2 * time.Second)
		took(t, f, 100, 20)
		synctest.Wait()
		s.Store(both.snapshot)
		beat(t, f)
		if left := s.left(t, 100); left != 70 {
			t.Errorf("there are %d left, want 70", left)
		}
	})
}

// A twin is a store of which a snapshot is kept up to date until it is stopped.
type twin struct {
	*mortal
	snapshot *ratelimit.Memory
	stopped  atomic.Bool
}

func (s *twin) Take(ctx context.Context, c []ratelimit.Charge, d []ratelimit.Decision) error {
	if !s.stopped.Load() {
		_ = s.snapshot.Take(ctx, c, make([]ratelimit.Decision, len(c)))
	}
	return s.mortal.Take(ctx, c, d)
}

func TestARefundedChargeIsNotRestored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(mortal)
		s.Store(new(ratelimit.Memory))
		f := &ratelimit.Fallback{Remote: s}
		took(t, f, 100, 3)
		time.Sleep(time.Second)
		d, _ := take(t, f, ratelimit.Local, 100, 5)
		c := ratelimit.Charge{Key: []byte("key"), Limit: 100, Window: time.Minute, Cost: -4, At: d.At, OnFailure: ratelimit.Local}
		if err := f.Settle(t.Context(), []ratelimit.Charge{c}); err != nil {
			t.Fatal(err)
		}
		s.Store(new(ratelimit.Memory))
		beat(t, f)
		if left := s.left(t, 100); left != 96 {
			t.Errorf("there are %d left, want 96", left)
		}
	})
}

// A witness is a mortal that remembers when what it is told was counted.
type witness struct {
	mortal
	told []time.Time
}

func (s *witness) Settle(ctx context.Context, c []ratelimit.Charge) error {
	for i := range c {
		s.told = append(s.told, c[i].At)
	}
	return s.mortal.Settle(ctx, c)
}

func TestWhatIsToldAgainIsAsOldAsItWas(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(witness)
		s.Store(new(ratelimit.Memory))
		f := &ratelimit.Fallback{Remote: s}
		first, _ := take(t, f, ratelimit.Local, 100, 10)
		for round := range 3 {
			time.Sleep(10 * time.Second)
			s.Store(new(ratelimit.Memory))
			beat(t, f)
			if len(s.told) != round+1 || !s.told[round].Equal(first.At) {
				t.Errorf("after loss %d it is told of %v, want %v", round+1, s.told, first.At)
			}
		}
		time.Sleep(time.Minute)
		s.Store(new(ratelimit.Memory))
		beat(t, f)
		if len(s.told) != 3 {
			t.Errorf("it is told of what has expired: %v", s.told)
		}
	})
}
