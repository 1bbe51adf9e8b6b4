package storetest

import (
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

func exactly(s *subject) {
	for i := range int64(7) {
		d := s.one("key", 5, 1)
		if d.Allowed != (i < 5) || d.Remaining != max(4-i, 0) {
			s.Errorf("charge %d is allowed: %v, %d remain", i+1, d.Allowed, d.Remaining)
		}
		if d.Allowed && d.Wait != 0 || !d.Allowed && d.Wait <= 0 {
			s.Errorf("charge %d is allowed: %v, and waits %v", i+1, d.Allowed, d.Wait)
		}
	}
}

func refusal(s *subject) {
	s.one("key", 5, 3)
	for range 10 {
		if d := s.one("key", 5, 3); d.Allowed || d.Remaining != 2 {
			s.Fatalf("it is allowed: %v, %d remain", d.Allowed, d.Remaining)
		}
	}
	if d := s.one("key", 5, 2); !d.Allowed || d.Remaining != 0 {
		s.Errorf("what is left is allowed: %v, %d remain", d.Allowed, d.Remaining)
	}
}

func wait(s *subject) {
	s.one("key", 5, 2)
	s.advance(s.window / 4)
	s.one("key", 5, 3)
	s.near("wait of 1", s.one("key", 5, 1).Wait, s.window*3/4)
	s.near("wait of 2", s.one("key", 5, 2).Wait, s.window*3/4)
	s.near("wait of 3", s.one("key", 5, 3).Wait, s.window)
	s.near("wait of 5", s.one("key", 5, 5).Wait, s.window)
	s.advance(s.window / 4)
	s.near("later wait of 2", s.one("key", 5, 2).Wait, s.window/2)
	s.near("later wait of 3", s.one("key", 5, 3).Wait, s.window*3/4)
}

func sliding(s *subject) {
	for range 3 {
		s.one("key", 3, 1)
		s.advance(s.window / 3)
	}
	s.advance(s.slack)
	for i := range 4 {
		if d := s.one("key", 3, 1); !d.Allowed {
			s.Errorf("step %d: it is refused", i)
		}
		if d := s.one("key", 3, 1); d.Allowed {
			s.Errorf("step %d: more is allowed", i)
		}
		s.advance(s.window / 3)
	}
}

func reset(s *subject) {
	if d := s.one("key", 5, 0); d.Reset != 0 || d.Remaining != 5 {
		s.Errorf("a new key has %d of 5, and its reset is in %v", d.Remaining, d.Reset)
	}
	s.near("first reset", s.one("key", 5, 1).Reset, s.window)
	s.advance(s.window / 2)
	s.near("reset without a charge", s.one("key", 5, 0).Reset, s.window/2)
	d := s.one("key", 5, 4)
	s.near("reset", d.Reset, s.window)
	s.near("reset of a refusal", s.one("key", 5, 3).Reset, s.window)
	s.advance(d.Reset)
	s.left("key", 5, 5)
}

func never(s *subject) {
	if d := s.one("key", 5, 6); d.Allowed || d.Wait >= 0 || d.Remaining != 5 {
		s.Errorf("it is allowed: %v, waits %v, %d remain", d.Allowed, d.Wait, d.Remaining)
	}
	if d := s.one("key", 0, 1); d.Allowed || d.Wait >= 0 {
		s.Errorf("of a limit of zero it is allowed: %v, waits %v", d.Allowed, d.Wait)
	}
	s.left("key", 5, 5)
}

func zero(s *subject) {
	for range 3 {
		s.left("key", 1, 1)
	}
	s.one("key", 1, 1)
	for range 3 {
		s.left("key", 1, 0)
	}
	s.near("wait", s.one("key", 1, 0).Wait, s.window)
}

func allOrNone(s *subject) {
	s.one("full", 2, 2)
	d := s.take(s.charge("a", 5, 1), s.charge("full", 2, 1), s.charge("b", 5, 2))
	if !d[0].Allowed || d[1].Allowed || !d[2].Allowed {
		s.Errorf("they are allowed: %v, %v, %v", d[0].Allowed, d[1].Allowed, d[2].Allowed)
	}
	if d[0].Remaining != 5 || d[1].Remaining != 0 || d[2].Remaining != 5 {
		s.Errorf("%d, %d and %d remain", d[0].Remaining, d[1].Remaining, d[2].Remaining)
	}
	if d[0].Wait != 0 || d[1].Wait <= 0 {
		s.Errorf("the waits are %v and %v", d[0].Wait, d[1].Wait)
	}
	s.left("a", 5, 5)
	s.left("b", 5, 5)
	if d := s.take(s.charge("a", 5, 1), s.charge("b", 5, 2)); d[0].Remaining != 4 || d[1].Remaining != 3 {
		s.Errorf("%d and %d remain", d[0].Remaining, d[1].Remaining)
	}
}

func equal(s *subject) {
	d := s.take(s.charge("key", 5, 1), s.charge("key", 5, 3), s.charge("other", 5, 1))
	if d[0].Remaining != 4 || d[1].Remaining != 1 || d[2].Remaining != 4 {
		s.Errorf("%d, %d and %d remain", d[0].Remaining, d[1].Remaining, d[2].Remaining)
	}
	d = s.take(s.charge("key", 5, 1), s.charge("key", 5, 1))
	if !d[0].Allowed || d[1].Allowed {
		s.Errorf("they are allowed: %v, %v", d[0].Allowed, d[1].Allowed)
	}
	s.near("wait of the second", d[1].Wait, s.window)
	s.left("key", 5, 1)
}

func shadow(s *subject) {
	c := s.charge("shadow", 1, 1)
	c.Shadow = true
	for i := range int64(3) {
		d := s.take(c, s.charge("real", 5, 1))
		if d[0].Allowed != (i == 0) || d[0].Remaining != 0 || !d[1].Allowed || d[1].Remaining != 4-i {
			s.Errorf("call %d: the shadow has %+v, the other %+v", i+1, d[0], d[1])
		}
	}
	s.left("shadow", 5, 2)
}

func shadowRefused(s *subject) {
	c := s.charge("shadow", 5, 1)
	c.Shadow = true
	s.one("full", 1, 1)
	if d := s.take(c, s.charge("full", 1, 1)); !d[0].Allowed || d[1].Allowed {
		s.Errorf("they are allowed: %v, %v", d[0].Allowed, d[1].Allowed)
	}
	s.left("shadow", 5, 5)
}

func limits(s *subject) {
	s.one("key", 5, 4)
	s.left("key", 10, 6)
	s.left("key", 3, 0)
	if d := s.one("key", 3, 1); d.Allowed || d.Remaining != 0 {
		s.Errorf("under the lower limit it is allowed: %v, %d remain", d.Allowed, d.Remaining)
	}
	if d := s.one("key", 10, 6); !d.Allowed || d.Remaining != 0 {
		s.Errorf("under the higher limit it is allowed: %v, %d remain", d.Allowed, d.Remaining)
	}
}

func windows(s *subject) {
	s.one("key", 5, 5)
	s.advance(s.window * 3 / 5)
	c := s.charge("key", 5, 1)
	c.Window = s.window / 2
	if d := s.take(c)[0]; !d.Allowed {
		s.Error("it is refused in half the window")
	}
	c.Window = 2 * s.window
	if d := s.take(c)[0]; !d.Allowed {
		s.Error("it is refused in a longer window")
	}
}

// changedWindow has what was taken count by the window of who looks.
func changedWindow(s *subject) {
	s.one("key", 5, 3)
	s.advance(s.window / 4)
	c := s.charge("key", 5, 0)
	for _, window := range []time.Duration{2 * s.window, s.window, s.window / 2} {
		c.Window = window
		d := s.take(c)[0]
		if d.Remaining != 2 {
			s.Errorf("by a window of %v there are %d left, want 2", window, d.Remaining)
		}
		s.near("reset by a changed window", d.Reset, window-s.window/4)
	}
	c.Window, c.Cost = 2*s.window, 2
	s.take(c)
	s.left("key", 5, 0)
	s.advance(s.window)
	c.Cost = 0
	if d := s.take(c)[0]; d.Remaining > 3 {
		s.Errorf("what was taken by a longer window is free too early: there are %d left", d.Remaining)
	}
}

func obeyed(s *subject) {
	const limit = 1000
	step := s.window / (2 * limit)
	for i := range limit {
		if d := s.one("key", limit, 1); !d.Allowed {
			s.Fatalf("charge %d is refused", i+1)
		}
		if !s.real {
			s.advance(step)
		}
	}
	for _, cost := range []int64{1, 7, 100, 400} {
		d := s.one("key", limit, cost)
		if d.Allowed && !s.real || !d.Allowed && d.Wait <= 0 {
			s.Errorf("a cost of %d is allowed: %v, waits %v", cost, d.Allowed, d.Wait)
		}
		// By a clock of its own the store may have freed enough meanwhile.
		if !d.Allowed {
			s.advance(d.Wait)
			if d = s.one("key", limit, cost); !d.Allowed {
				s.Errorf("after the wait a cost of %d is refused, and waits %v", cost, d.Wait)
			}
		}
		s.fill("key", limit)
	}
}

// fill takes what is left.
func (s *subject) fill(key string, limit int64) {
	s.Helper()
	if left := s.one(key, limit, 0).Remaining; left > 0 {
		s.one(key, limit, left)
	}
}

func times(s *subject) {
	var last time.Time
	for range 5 {
		at := s.one("key", 100, 1).At
		if at.IsZero() || at.Before(last) {
			s.Errorf("a charge is counted at %v, after one at %v", at, last)
		}
		last = at
		s.advance(s.window / 100)
	}
}

func many(s *subject) {
	charges := make([]ratelimit.Charge, 20)
	for i := range charges {
		charges[i] = s.charge(string(rune('a'+i)), int64(i+1), 1)
	}
	for i, d := range s.take(charges...) {
		if !d.Allowed || d.Remaining != int64(i) {
			s.Errorf("charge %d is allowed: %v, %d remain", i, d.Allowed, d.Remaining)
		}
	}
	for i, d := range s.take(charges...) {
		if d.Allowed != (i > 0) || d.Remaining != int64(i) {
			s.Errorf("again, charge %d is allowed: %v, %d remain", i, d.Allowed, d.Remaining)
		}
	}
	if err := s.store.Take(s.Context(), nil, nil); err != nil {
		s.Errorf("no charges: %v", err)
	}
	if err := s.store.Settle(s.Context(), nil); err != nil {
		s.Errorf("nothing to settle: %v", err)
	}
}
