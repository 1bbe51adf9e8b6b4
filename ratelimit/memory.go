package ratelimit

import (
	"context"
	"hash/maphash"
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
	// until others expire: nobody's count is forgotten. Who shares one starts anew if its
	// window is changed.
	MaxKeys int

	past   time.Duration // how long before its first use Settle may count
	once   sync.Once
	seed   maphash.Seed
	start  time.Time
	wall   time.Time // the start without its monotonic part
	shards []shard
}

const (
	defaultMaxKeys = 1 << 20
	maxShards      = 256
	keysInShard    = 64   // there are fewer shards than maxShards where they would have fewer keys
	mostInShard    = 8192 // there are more where they would have more: growing takes a time
)

func (m *Memory) prepare() {
	most := m.MaxKeys
	if most <= 0 {
		most = defaultMaxKeys
	}
	n := 1
	for n < maxShards && n*keysInShard < most || n*mostInShard < most {
		n *= 2
	}
	m.seed, m.start, m.shards = maphash.MakeSeed(), time.Now(), make([]shard, n)
	if m.Now != nil {
		m.start = m.Now()
	}
	m.start = m.start.Add(-m.past)
	m.wall = m.start.Round(0)
	for i := range m.shards {
		m.shards[i].max = (most + n - 1) / n
	}
}

// A place is where a charge is counted. Its slot is nil while there is none.
type place struct {
	*shard
	number int // the shard's
	hash   uint64
	sl     *slot
}

// maxPlaces is how many charges in one call cost no allocation.
const maxPlaces = 8

// Take implements [Store]. It never fails.
func (m *Memory) Take(_ context.Context, charges []Charge, decisions []Decision) error {
	m.once.Do(m.prepare)
	if len(charges) == 1 {
		m.takeOne(&charges[0], &decisions[0])
		return nil
	}
	var few [maxPlaces]place
	places := m.places(few[:0], charges)
	m.lock(places)
	defer m.unlock(places)
	now := m.read(places)

	fits := true
	for i := range charges {
		c, p := &charges[i], &places[i]
		p.look(c)
		p.weigh(c, &decisions[i], pending(charges[:i], places[:i], p))
		fits = fits && (decisions[i].Allowed || c.Shadow)
	}
	for i := range charges {
		if fits {
			places[i].count(&charges[i])
		}
		places[i].rest(&charges[i], &decisions[i])
		decisions[i].At = m.time(now)
	}
	return nil
}

// takeOne is Take for a charge that comes alone: there is nothing to wait for but its
// own shard.
func (m *Memory) takeOne(c *Charge, d *Decision) {
	p := m.place(c)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := max(m.elapsed(), p.now)
	p.tick(now)
	p.look(c)
	if p.weigh(c, d, 0); d.Allowed || c.Shadow {
		p.count(c)
	}
	p.rest(c, d)
	d.At = m.time(now)
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
			at = min(max(int64(charges[i].At.Sub(m.wall)), 0), now)
		}
		places[i].look(&charges[i])
		places[i].settle(&charges[i], at)
	}
	return nil
}

// places finds where the charges are counted.
func (m *Memory) places(places []place, charges []Charge) []place {
	m.once.Do(m.prepare)
	for i := range charges {
		places = append(places, m.place(&charges[i]))
	}
	return places
}

func (m *Memory) place(c *Charge) place {
	hash := maphash.Bytes(m.seed, c.Key)
	number := int(hash>>32) & (len(m.shards) - 1)
	return place{shard: &m.shards[number], number: number, hash: hash}
}

// lock locks the shards of all places.
func (m *Memory) lock(places []place) { m.each(places, (*sync.Mutex).Lock) }

func (m *Memory) unlock(places []place) { m.each(places, (*sync.Mutex).Unlock) }

// each calls f with each lock once, in the shards' order.
func (m *Memory) each(places []place, f func(*sync.Mutex)) {
	var few [maxPlaces]int
	numbers := few[:0]
	for i := range places {
		numbers = append(numbers, places[i].number)
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		f(&m.shards[n].mu)
	}
}

// elapsed returns the time since the start. time.Since reads one clock, time.Now two.
func (m *Memory) elapsed() int64 {
	if m.Now == nil {
		return int64(time.Since(m.start))
	}
	return int64(m.Now().Sub(m.start))
}

// time returns the time that is so many nanoseconds after the start.
func (m *Memory) time(since int64) time.Time {
	return time.Unix(m.wall.Unix(), int64(m.wall.Nanosecond())+since).UTC()
}

// read reads the clock, of which the shards are locked, and frees idle keys in them.
func (m *Memory) read(places []place) (now int64) {
	now = m.elapsed()
	for i := range places {
		now = max(now, places[i].now)
	}
	for i := range places {
		places[i].tick(now)
	}
	return now
}

// pending returns what earlier charges of the same call take of a place's key.
func pending(charges []Charge, places []place, p *place) (n int64) {
	for i := range charges {
		if places[i].hash == p.hash {
			n = sum(n, max(charges[i].Cost, 0))
		}
	}
	return n
}
