package storetest

import (
	"sync"
	"sync/atomic"

	"github.com/contrite-go/contrite/ratelimit"
)

func apart(s *subject) {
	keys := []string{"", "a", "ab", "a\x00", "\x00a", "A", "a ", "{a}", "a:b", "a\xff\xfe", "é", string(make([]byte, 2000))}
	for i, key := range keys {
		if d := s.one(key, 20, int64(i)+1); !d.Allowed || d.Remaining != 19-int64(i) {
			s.Errorf("%q is allowed: %v, %d remain", key, d.Allowed, d.Remaining)
		}
	}
	for i, key := range keys {
		s.left(key, 20, 19-int64(i))
	}
}

func kept(s *subject) {
	charges := []ratelimit.Charge{s.charge("key", 5, 1)}
	decisions := make([]ratelimit.Decision, 1)
	if err := s.store.Take(s.Context(), charges, decisions); err != nil {
		s.Fatal(err)
	}
	clear(charges[0].Key)
	charges[0] = s.charge("other", 5, 1)
	decisions[0].Remaining = 99
	s.left("key", 5, 4)
	s.left("other", 5, 5)
}

func concurrent(s *subject) {
	const limit, workers, each = 100, 16, 20
	var admitted atomic.Int64
	s.parallel(workers, func(int) {
		for range each {
			decisions := make([]ratelimit.Decision, 2)
			charges := []ratelimit.Charge{s.charge("key", limit, 1), s.charge("wide", 10*limit, 1)}
			if err := s.store.Take(s.Context(), charges, decisions); err != nil {
				s.Error(err)
			} else if decisions[0].Allowed && decisions[1].Allowed {
				admitted.Add(1)
			}
		}
	})
	if n := admitted.Load(); n != limit {
		s.Errorf("%d are admitted, want %d", n, limit)
	}
	s.left("wide", 10*limit, 9*limit)
}

func crossing(s *subject) {
	s.parallel(8, func(worker int) {
		charges := make([]ratelimit.Charge, 6)
		for i := range charges {
			charges[i] = s.charge(string(rune('a'+(i*(1+worker%2*4)+worker)%6)), 1000, 1)
		}
		decisions := make([]ratelimit.Decision, len(charges))
		for range 25 {
			if err := s.store.Take(s.Context(), charges, decisions); err != nil {
				s.Error(err)
			}
			if err := s.store.Settle(s.Context(), charges); err != nil {
				s.Error(err)
			}
		}
	})
	for _, key := range "abcdef" {
		s.left(string(key), 1000, 1000-8*25*2)
	}
}

// parallel runs f by so many workers at once.
func (s *subject) parallel(workers int, f func(worker int)) {
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() { f(worker) })
	}
	wg.Wait()
}
