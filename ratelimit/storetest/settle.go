package storetest

import "time"

func settleAdds(s *subject) {
	c := s.charge("key", 5, 2)
	d := s.take(c)[0]
	s.settle(c, 8, d.At)
	s.left("key", 20, 10)
	if d := s.one("key", 5, 1); d.Allowed || d.Remaining != 0 {
		s.Errorf("it is allowed: %v, %d remain", d.Allowed, d.Remaining)
	}
	s.settle(c, 1, time.Time{})
	s.left("key", 20, 9)
}

func settleGivesBack(s *subject) {
	c := s.charge("key", 5, 3)
	d := s.take(c)[0]
	s.settle(c, -1, d.At)
	s.left("key", 5, 3)
	s.settle(c, -2, d.At)
	s.left("key", 5, 5)
}

// settleAt gives back the earlier of two charges: what is left expires with the later.
func settleAt(s *subject) {
	c := s.charge("key", 5, 2)
	first := s.take(c)[0]
	s.advance(s.window / 2)
	s.take(c)
	s.settle(c, -2, first.At)
	s.left("key", 5, 3)
	s.near("wait once the first is given back", s.one("key", 5, 4).Wait, s.window)

	s.settle(c, 2, first.At)
	s.left("key", 5, 1)
	s.advance(s.window/2 + s.slack)
	s.left("key", 5, 3)
	s.settle(c, 2, first.At)
	s.left("key", 5, 3)
}

func settleNothing(s *subject) {
	c := s.charge("key", 5, 1)
	s.settle(c, -3, time.Time{})
	s.left("key", 5, 5)
	d := s.take(c)[0]
	s.advance(s.window + s.slack)
	s.settle(c, -1, d.At)
	s.left("key", 5, 5)
}
