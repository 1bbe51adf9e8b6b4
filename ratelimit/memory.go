package ratelimit

import (
	"context"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"time"
)

// A Memory is a [Store] in this process. The zero Memory is empty and ready to use.
//
// It keeps a log of each key: what was taken, and when. The log is exact for a limit up
// to 100, and for whoever comes up to 32 times in a window. Beyond that, times next to
// each other count as the later one, within a hundredth of the limit and of the window:
// nothing is ever free too early, and little a little too late.
//
// A key costs about 60 bytes while it was taken from once or twice in its window, and
// at most 4 KB more when it is busy. It is forgotten when all that was taken is free
// again: each call looks at a few keys, so there is no pause, and nothing to stop.
// Keys are told apart by a hash of 64 bits with a secret seed.
//
// Set its fields before its first use. A Memory is safe for concurrent use.
type Memory struct {
	// Now is the clock. Nil is time.Now. Time that goes back stands still.
	Now func() time.Time
	// MaxKeys is about how many keys have a count of their own. Zero is 1,048,576.
	// When there are more, new keys share counts, those of one window with each other,
	// until others expire: nobody's count is forgotten.
	MaxKeys int

	once   sync.Once
	seed   maphash.Seed
	start  time.Time
	shards []shard
}

const (
	defaultMaxKeys = 1 << 20
	maxShards      = 256
	keysInShard    = 64 // there are fewer shards than maxShards where they would have fewer keys
)

func (m *Memory) prepare() {
	if m.Now == nil {
		m.Now = time.Now
	}
	most := m.MaxKeys
	if most <= 0 {
		most = defaultMaxKeys
	}
	n := 1
	for n < maxShards && n*keysInShard < most {
		n *= 2
	}
	m.seed, m.start, m.shards = maphash.MakeSeed(), m.Now(), make([]shard, n)
	for i := range m.shards {
		m.shards[i].max = (most + n - 1) / n
	}
}

// A place is where a charge is counted.
type place struct {
	shard int
	hash  uint64
}

// maxPlaces is how many charges in one call cost no allocation.
const maxPlaces = 8

// Take implements [Store]. It never fails.
func (m *Memory) Take(_ context.Context, charges []Charge, decisions []Decision) error {
	var few [maxPlaces]place
	places := m.places(few[:0], charges)
	m.lock(places)
	defer m.unlock(places)
	now := m.read(places)

	fits := true
	for i := range charges {
		c, p := &charges[i], places[i]
		before := pending(charges[:i], places[:i], p)
		decisions[i] = m.shards[p.shard].weigh(c, p.hash, before)
		fits = fits && (decisions[i].Allowed || c.Shadow)
	}
	at := m.start.Add(time.Duration(now))
	for i := range charges {
		if decisions[i].At = at; fits {
			m.shards[places[i].shard].count(&charges[i], places[i].hash, &decisions[i])
		}
	}
	return nil
}

// Settle implements [Store]. It never fails.
func (m *Memory) Settle(_ context.Context, charges []Charge) error {
	var few [maxPlaces]place
	places := m.places(few[:0], charges)
	m.lock(places)
	defer m.unlock(places)
	now := m.read(places)
	for i := range charges {
		at := now
		if !charges[i].At.IsZero() {
			at = min(max(int64(charges[i].At.Sub(m.start)), 0), now)
		}
		m.shards[places[i].shard].settle(&charges[i], places[i].hash, at)
	}
	return nil
}

// raise has the count of each key be at least as much as used says.
func (m *Memory) raise(charges []Charge, used []int64) {
	var few [maxPlaces]place
	places := m.places(few[:0], charges)
	m.lock(places)
	defer m.unlock(places)
	m.read(places)
	for i := range charges {
		s, c := &m.shards[places[i].shard], &charges[i]
		if _, total := s.look(places[i].hash, int64(c.Window)); total < used[i] {
			s.put(c, places[i].hash, s.now, used[i]-total)
		}
	}
}

// places finds where the charges are counted.
func (m *Memory) places(places []place, charges []Charge) []place {
	m.once.Do(m.prepare)
	for i := range charges {
		hash := maphash.Bytes(m.seed, charges[i].Key)
		places = append(places, place{int(hash>>32) & (len(m.shards) - 1), hash})
	}
	return places
}

// lock locks the shards of all places, in their order, each once.
func (m *Memory) lock(places []place) { m.each(places, (*shard).lock) }

func (m *Memory) unlock(places []place) { m.each(places, (*shard).unlock) }

func (s *shard) lock()   { s.mu.Lock() }
func (s *shard) unlock() { s.mu.Unlock() }

// each calls f for each shard once, in their order.
func (m *Memory) each(places []place, f func(*shard)) {
	if len(places) == 1 {
		f(&m.shards[places[0].shard])
		return
	}
	var few [maxPlaces]int
	numbers := few[:0]
	for _, p := range places {
		numbers = append(numbers, p.shard)
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		f(&m.shards[n])
	}
}

// read reads the clock, of which the shards are locked, and frees idle keys in them.
func (m *Memory) read(places []place) (now int64) {
	now = int64(m.Now().Sub(m.start))
	for _, p := range places {
		now = max(now, m.shards[p.shard].now)
	}
	for _, p := range places {
		s := &m.shards[p.shard]
		s.now = now
		s.sweep(sweepLen)
		s.trim()
	}
	return now
}

// pending returns what earlier charges of the same call take of a key.
func pending(charges []Charge, places []place, p place) (n int64) {
	for i := range charges {
		if places[i] == p {
			n = sum(n, max(charges[i].Cost, 0))
		}
	}
	return n
}

// look returns what a key holds at present.
func (s *shard) look(hash uint64, window int64) ([]entry, int64) {
	sl := s.lookup(hash, window)
	if sl != nil {
		s.expire(sl, s.now-window)
	}
	return s.live(sl)
}

// put counts n at a time.
func (s *shard) put(c *Charge, hash uint64, at, n int64) {
	sl := s.lookup(hash, int64(c.Window))
	if sl == nil {
		sl = s.claim(hash, int64(c.Window))
	}
	s.add(sl, c, at, n)
}

// weigh decides on a charge of a key of which as much as before says will be taken
// first. The decision's Remaining and Reset are without both.
func (s *shard) weigh(c *Charge, hash uint64, before int64) Decision {
	entries, total := s.look(hash, int64(c.Window))
	d := s.rest(c, entries, total)
	cost := max(c.Cost, 1)
	excess := sum(total, before) - (c.Limit - cost)
	switch {
	case cost > c.Limit:
		d.Wait = -1
	case excess <= 0:
		d.Allowed = true
	case excess > total:
		d.Wait = c.Window
	default:
		d.Wait = time.Duration(freeAt(entries, excess)-s.now) + c.Window
	}
	return d
}

// rest says how much of a limit is left.
func (s *shard) rest(c *Charge, entries []entry, total int64) (d Decision) {
	d.Remaining = max(c.Limit-total, 0)
	if n := len(entries); n > 0 {
		d.Reset = time.Duration(entries[n-1].at-s.now) + c.Window
	}
	return d
}

// count counts a charge, and has the decision say what is left then.
func (s *shard) count(c *Charge, hash uint64, d *Decision) {
	if c.Cost > 0 {
		s.put(c, hash, s.now, c.Cost)
	}
	entries, total := s.look(hash, int64(c.Window))
	after := s.rest(c, entries, total)
	d.Remaining, d.Reset = after.Remaining, after.Reset
}

// settle adds a charge's cost to what was counted at a time, or gives it back.
func (s *shard) settle(c *Charge, hash uint64, at int64) {
	window := int64(c.Window)
	s.look(hash, window)
	switch {
	case at <= s.now-window:
	case c.Cost > 0:
		s.put(c, hash, at, c.Cost)
	case c.Cost < 0:
		if sl := s.lookup(hash, window); sl != nil {
			s.give(sl, at, -max(c.Cost, -math.MaxInt64))
		}
	}
}
