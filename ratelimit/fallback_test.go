package ratelimit_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
	"github.com/contrite-go/contrite/ratelimit/storetest"
)

// A remote is a Memory that can be made to fail or hang.
type remote struct {
	ratelimit.Memory

	fails, hangs atomic.Bool
	calls        atomic.Int64
	waiting      atomic.Int64
	most         atomic.Int64 // who waited at once
}

var errDown = errors.New("down")

func (s *remote) reach(ctx context.Context) error {
	s.calls.Add(1)
	if n := s.waiting.Add(1); n > s.most.Load() {
		s.most.Store(n)
	}
	defer s.waiting.Add(-1)
	if s.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	if s.fails.Load() {
		return errDown
	}
	return nil
}

func (s *remote) Take(ctx context.Context, c []ratelimit.Charge, d []ratelimit.Decision) error {
	if err := s.reach(ctx); err != nil {
		return err
	}
	return s.Memory.Take(ctx, c, d)
}

func (s *remote) Settle(ctx context.Context, c []ratelimit.Charge) error {
	if err := s.reach(ctx); err != nil {
		return err
	}
	return s.Memory.Settle(ctx, c)
}

func TestAFallbackIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) (ratelimit.Store, func(time.Duration)) {
		s, clock := new(remote), ratelimittest.NewClock()
		s.Now = clock.Now
		return &ratelimit.Fallback{Remote: s, Now: clock.Now, Timeout: time.Minute}, clock.Advance
	})
}

// take charges one key by a choice, and fails with the error.
func take(t *testing.T, s ratelimit.Store, choice ratelimit.OnFailure, limit, cost int64) (ratelimit.Decision, error) {
	t.Helper()
	d := make([]ratelimit.Decision, 1)
	err := s.Take(t.Context(), []ratelimit.Charge{{
		Key: []byte("key"), Limit: limit, Window: time.Minute, Cost: cost, OnFailure: choice,
	}}, d)
	return d[0], err
}

// took charges one key Locally n times, and returns how many were admitted.
func took(t *testing.T, s ratelimit.Store, limit int64, n int) (admitted int) {
	t.Helper()
	for range n {
		d, err := take(t, s, ratelimit.Local, limit, 1)
		if err != nil {
			t.Fatal(err)
		}
		if d.Allowed {
			admitted++
		}
	}
	return admitted
}

func TestEachChoiceDoesWhatItSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		f := &ratelimit.Fallback{Remote: s}
		s.fails.Store(true)
		for range 10 {
			if _, err := take(t, f, ratelimit.Closed, 1, 1); !errors.Is(err, errDown) && !errors.Is(err, ratelimit.ErrAway) {
				t.Errorf("closed returns %v", err)
			}
			if d, err := take(t, f, ratelimit.Open, 1, 1); err != nil || !d.Allowed || !d.At.IsZero() {
				t.Errorf("open returns %+v, %v", d, err)
			}
		}
		if n := took(t, f, 3, 10); n != 3 {
			t.Errorf("local admits %d", n)
		}
	})
}

func TestLocalRemembersWhatAllReplicasTook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		var replicas [4]*ratelimit.Fallback
		for i := range replicas {
			replicas[i] = &ratelimit.Fallback{Remote: s, Replicas: len(replicas)}
		}
		const limit = 100
		for range 15 {
			for _, f := range replicas {
				took(t, f, limit, 1)
			}
		}
		s.fails.Store(true)
		all := 0
		for i, f := range replicas {
			n := took(t, f, limit, 50)
			if all += n; n == 0 {
				t.Errorf("replica %d admits none", i)
			}
		}
		if 60+all > limit || all < 36 {
			t.Errorf("of the 40 that were left %d are admitted", all)
		}
	})
}

func TestAReplicaAdmitsAtLeastOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		s.fails.Store(true)
		f := &ratelimit.Fallback{Remote: s, Replicas: 10}
		if n := took(t, f, 3, 5); n != 1 {
			t.Errorf("it admits %d", n)
		}
		d, _ := take(t, f, ratelimit.Local, 3, 1)
		time.Sleep(d.Wait)
		if n := took(t, f, 3, 5); n != 1 {
			t.Errorf("after the wait it admits %d", n)
		}
	})
}

func TestWhatWasTakenMeanwhileIsMergedBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		f := &ratelimit.Fallback{Remote: s, Replicas: 2}
		took(t, f, 100, 10)
		s.fails.Store(true)
		n := took(t, f, 100, 20)
		if n != 20 {
			t.Errorf("it admits %d", n)
		}
		s.fails.Store(false)
		time.Sleep(2 * time.Second)
		took(t, f, 100, 1) // has the store looked at
		synctest.Wait()
		d, err := take(t, &s.Memory, ratelimit.Local, 100, 0)
		if err != nil || d.Remaining != 100-10-20-1 {
			t.Errorf("then the store has %d left, %v", d.Remaining, err)
		}
		if d, _ := take(t, f, ratelimit.Local, 100, 1); d.Remaining != 100-10-20-2 {
			t.Errorf("then it decides by the store again: %+v", d)
		}
	})
}

func TestWhatWasTakenMeanwhileExpiresWhenItShould(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		start := time.Now()
		s.Now = func() time.Time { return time.Unix(1_000_000, 0).Add(time.Since(start)) } // another clock
		f := &ratelimit.Fallback{Remote: s}
		took(t, f, 100, 1)
		s.fails.Store(true)
		took(t, f, 100, 30)
		time.Sleep(30 * time.Second)
		s.fails.Store(false)
		took(t, f, 100, 1)
		synctest.Wait()
		_, _ = take(t, f, ratelimit.Local, 100, 0) // has the store told what was owed too late for the first attempt
		synctest.Wait()
		if d, _ := take(t, &s.Memory, ratelimit.Local, 100, 0); d.Remaining != 68 {
			t.Errorf("it has %d left", d.Remaining)
		}
		time.Sleep(31 * time.Second)
		if d, _ := take(t, &s.Memory, ratelimit.Local, 100, 0); d.Remaining != 99 {
			t.Errorf("later it has %d left", d.Remaining)
		}
	})
}

func TestNobodyWaitsInLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		f := &ratelimit.Fallback{Remote: s, Timeout: 50 * time.Millisecond}
		took(t, f, 1_000_000, 1)
		s.hangs.Store(true)
		var slow, all atomic.Int64
		round := func() {
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					start := time.Now()
					took(t, f, 1_000_000, 1)
					if d := time.Since(start); d > 50*time.Millisecond {
						t.Errorf("a call takes %v", d)
					} else if d > 0 {
						slow.Add(1)
					}
					all.Add(1)
				})
			}
			wg.Wait()
		}
		round()
		slow.Store(0)
		s.most.Store(0)
		for range 100 {
			round()
			time.Sleep(100 * time.Millisecond)
		}
		if slow.Load() != 0 || s.most.Load() != 1 {
			t.Errorf("%d of %d calls wait, up to %d at once reach the store", slow.Load(), all.Load(), s.most.Load())
		}
		time.Sleep(time.Second) // until the last attempt has ended
	})
}

func TestARefundIsNotLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		f := &ratelimit.Fallback{Remote: s, Replicas: 3}
		before, _ := take(t, f, ratelimit.Local, 100, 5)
		s.fails.Store(true)
		time.Sleep(time.Second)
		during, _ := take(t, f, ratelimit.Local, 100, 7)
		refund := func(d ratelimit.Decision, cost int64) {
			c := ratelimit.Charge{Key: []byte("key"), Limit: 100, Window: time.Minute, Cost: -cost, At: d.At, OnFailure: ratelimit.Local}
			if err := f.Settle(t.Context(), []ratelimit.Charge{c}); err != nil {
				t.Error(err)
			}
		}
		refund(before, 5)
		refund(during, 7)
		if n := took(t, f, 100, 50); n != 33 {
			t.Errorf("of a third of the limit %d are admitted", n)
		}
		s.fails.Store(false)
		time.Sleep(2 * time.Second)
		took(t, f, 100, 1)
		synctest.Wait()
		if d, _ := take(t, &s.Memory, ratelimit.Local, 100, 0); d.Remaining != 100-33 {
			t.Errorf("the store has %d left", d.Remaining)
		}
	})
}

func TestAStoreThatStaysAwayForgetsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		f := &ratelimit.Fallback{Remote: s}
		s.fails.Store(true)
		total := 0
		for i := range 20 {
			total += took(t, f, 10_000, 25)
			time.Sleep(1100 * time.Millisecond)
			s.fails.Store(i%3 != 2) // now and then it is there
			took(t, f, 10_000, 1)
			total++
			synctest.Wait()
		}
		s.fails.Store(false)
		time.Sleep(2 * time.Second)
		took(t, f, 10_000, 1)
		synctest.Wait()
		took(t, f, 10_000, 1)
		synctest.Wait()
		if d, _ := take(t, &s.Memory, ratelimit.Local, 10_000, 0); d.Remaining > 10_000-int64(total) {
			t.Errorf("%d were admitted, and the store has %d left", total, d.Remaining)
		}
	})
}

func TestAClientThatLeavesIsNoFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		s.hangs.Store(true)
		f := &ratelimit.Fallback{Remote: s}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 10 {
			c := []ratelimit.Charge{{Key: []byte("key"), Limit: 1, Window: time.Minute, Cost: 1}}
			if err := f.Take(ctx, c, make([]ratelimit.Decision, 1)); !errors.Is(err, context.Canceled) {
				t.Errorf("it returns %v", err)
			}
		}
		s.hangs.Store(false)
		if _, err := take(t, f, ratelimit.Closed, 1, 1); err != nil {
			t.Errorf("the next one gets %v", err)
		}
	})
}

func TestMoreKeysThanItRemembersAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(remote)
		s.fails.Store(true)
		f := &ratelimit.Fallback{Remote: s, MaxKeys: 10}
		admitted := 0
		for i := range 30 {
			c := []ratelimit.Charge{{Key: []byte{byte(i)}, Limit: 100, Window: time.Minute, Cost: 1, OnFailure: ratelimit.Local}}
			if err := f.Take(t.Context(), c, make([]ratelimit.Decision, 1)); err == nil {
				admitted++
			}
		}
		if admitted != 10 {
			t.Errorf("%d are admitted", admitted)
		}
	})
}
