package ratelimit

import (
	"math"
	"sync"
	"time"
)

const (
	chunkLen = 64 // slots are allocated so many at a time, and never move
	sweepLen = 16 // slots that are looked at in a row, for idle keys
	sweepOps = 32 // operations between two such looks
	newKey   = 8  // operations that a new key is worth
	shortLog = 8  // entries that a log starts with room for
	coarse   = 16 // shared slots of one window, in a full shard
)

// A shard holds the keys of some hashes: an open table of slot numbers, and the slots.
// Neither has a pointer for the garbage collector to follow. What each call writes is in
// one cache line, apart from what most calls only read.
type shard struct {
	mu     sync.Mutex
	now    int64 // the latest time that was read
	work   int   // done since the last sweep
	max    int   // how many keys may have a slot of their own
	used   int   // slots in use
	shared int   // those among them that several keys share
	_      [16]byte

	index    []uint32
	chunks   []*[chunkLen]slot
	logs     []history
	top      int // slots that were ever handed out
	cursor   int
	free     []uint32
	freeLogs []uint32
	_        [56]byte // no two locks in one cache line
}

// A slot is a key's. One or two entries are in the slot, more are in a log: then few[0]
// has the time of the first of them and the sum of all, and few[1] is the last, so that
// most calls need not go to the log. What it has of those two may be out of date.
type slot struct {
	hash  uint64
	few   [2]entry // oldest first; n is zero where there is none
	life  uint32   // how long the last entry lives at least, in units; zero in a free slot
	where uint32   // 1 + the number of the log, and bits
}

const (
	sharedBit = 1 << 31 // several keys share the slot
	longBit   = 1 << 30 // the log has so many entries that more may join the last
	logNumber = longBit - 1
)

func (s *shard) slot(i int) *slot { return &s.chunks[i/chunkLen][i%chunkLen] }

// log returns the log of a busy key, brought up to date, and nil for a quiet one.
func (s *shard) log(sl *slot) *history {
	i := sl.where & logNumber
	if i == 0 {
		return nil
	}
	h := &s.logs[i-1]
	h.total, h.buf[len(h.buf)-1] = sl.few[0].n, sl.few[1]
	return h
}

// entries returns what a slot holds.
func (s *shard) entries(sl *slot) []entry {
	if h := s.log(sl); h != nil {
		return h.live()
	}
	n := 0
	for n < len(sl.few) && sl.few[n].n != 0 {
		n++
	}
	return sl.few[:n]
}

// total returns the sum of a slot's entries.
func (sl *slot) total() int64 {
	switch {
	case sl == nil:
		return 0
	case sl.where&logNumber != 0:
		return sl.few[0].n
	}
	return sum(sl.few[0].n, sl.few[1].n)
}

// last returns the time of the last entry of a slot that has one.
func (sl *slot) last() int64 { return max(sl.few[0].at, sl.few[1].at) }

// expire drops a slot's entries up to the time.
func (s *shard) expire(sl *slot, until int64) {
	if sl.where&logNumber != 0 {
		if sl.few[0].at <= until {
			s.expireLog(sl, until)
		}
		return
	}
	for sl.few[0].n != 0 && sl.few[0].at <= until {
		sl.few = [2]entry{sl.few[1]}
	}
}

// expireLog drops a log's entries up to the time.
func (s *shard) expireLog(sl *slot, until int64) {
	h := s.log(sl)
	h.expire(until)
	s.ended(sl, h)
}

// ended has a slot know what its log begins and ends with, or takes in what is left.
func (s *shard) ended(sl *slot, h *history) {
	live := h.live()
	if len(live) <= len(sl.few) {
		s.quiet(sl, h)
		return
	}
	sl.few = [2]entry{{live[0].at, h.total}, live[len(live)-1]}
	if sl.where &^= longBit; len(live) >= exactEntries {
		sl.where |= longBit
	}
}

// add counts n at a time, by the limit and window of a charge.
func (s *shard) add(sl *slot, c *Charge, at, n int64) {
	sl.life = lifeOf(c.Window)
	if sl.where&longBit != 0 && at > sl.few[1].at && sl.few[1].joins(c, at, n) {
		sl.few[0].n, sl.few[1] = sum(sl.few[0].n, n), entry{at, sl.few[1].n + n}
		return
	}
	h := s.log(sl)
	if h == nil {
		if sl.addFew(at, n) {
			return
		}
		h = s.busy(sl)
	}
	h.add(at, n)
	s.ended(sl, h)
}

// addFew counts n at a time if there is room in the slot.
func (sl *slot) addFew(at, n int64) bool {
	for i := range sl.few {
		e := &sl.few[i]
		next := i == len(sl.few)-1 || sl.few[i+1].n == 0
		switch {
		case e.n == 0:
			*e = entry{at, n}
			return true
		case next && e.at == at:
			e.n = sum(e.n, n)
			return true
		case next && e.at > at:
			return false
		}
	}
	return false
}

// give takes n away from what was counted at a time.
func (s *shard) give(sl *slot, at, n int64) {
	h := s.log(sl)
	if h == nil {
		if sl.few[0].n == 0 {
			return
		}
		h = s.busy(sl)
	}
	h.give(at, n)
	s.ended(sl, h)
}

// busy moves a slot's entries to a log.
func (s *shard) busy(sl *slot) *history {
	few, total := s.entries(sl), sl.total()
	var i uint32
	if n := len(s.freeLogs); n > 0 {
		i, s.freeLogs = s.freeLogs[n-1], s.freeLogs[:n-1]
	} else {
		i, s.logs = uint32(len(s.logs)), append(s.logs, history{})
	}
	h := &s.logs[i]
	if h.buf == nil {
		h.buf = make([]entry, 0, shortLog)
	}
	h.buf, h.head, h.total = append(h.buf[:0], few...), 0, total
	sl.where |= i + 1
	return h
}

// quiet takes a short log back to its slot.
func (s *shard) quiet(sl *slot, h *history) {
	sl.few = [2]entry{}
	copy(sl.few[:], h.live())
	s.drop(sl)
}

// drop frees the log of a slot, if it has one. A short one keeps its memory.
func (s *shard) drop(sl *slot) {
	i := sl.where & logNumber
	if i == 0 {
		return
	}
	h := &s.logs[i-1]
	if cap(h.buf) > shortLog {
		h.buf = nil
	}
	h.buf, h.head, h.total = h.buf[:0], 0, 0
	s.freeLogs = append(s.freeLogs, i-1)
	sl.where &= sharedBit
}

// idle reports whether all that a slot holds has expired.
func (s *shard) idle(sl *slot) bool { return sl.last()+int64(sl.life)<<lifeUnit <= s.now }

// lifeUnit is the binary logarithm of a slot's unit of time, in nanoseconds: an eighth of
// a second, so that 18 years fit.
const lifeUnit = 27

// lifeOf returns a window in a slot's units, never shorter.
func lifeOf(window time.Duration) uint32 {
	return uint32(min(window>>lifeUnit+1, math.MaxUint32))
}

// tick sets the time, and frees idle keys. Until the next tick no slot is freed.
func (s *shard) tick(now int64) {
	s.now = now
	if s.work++; s.work >= sweepOps || s.used-s.shared >= s.max {
		s.work = 0
		s.sweep(sweepLen)
		s.trim()
	}
}

// sweep frees idle keys among the next n slots.
func (s *shard) sweep(n int) {
	for range min(n, s.top) {
		if s.cursor++; s.cursor >= s.top {
			s.cursor = 0
		}
		if sl := s.slot(s.cursor); sl.life != 0 && s.idle(sl) {
			s.remove(sl, s.cursor)
		}
	}
}
