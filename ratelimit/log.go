package ratelimit

import (
	"math"
	"slices"
)

// maxEntries is how many entries the log of a key has at most.
const maxEntries = 128

// An entry is what was taken at one time. After a merge it stands for several of
// them, at the time of the last: what was taken is never free too early.
type entry struct {
	at int64 // nanoseconds since the Memory's start
	n  int64 // more than zero
}

// A history is the log of a busy key: the entries from head on, oldest first.
type history struct {
	buf   []entry
	head  int
	total int64
}

func (h *history) live() []entry { return h.buf[h.head:] }

// expire drops the entries up to the time.
func (h *history) expire(until int64) {
	for h.head < len(h.buf) && h.buf[h.head].at <= until {
		h.total -= h.buf[h.head].n
		h.head++
	}
}

// add counts n at a time. Most times it is the latest one.
func (h *history) add(at, n int64) {
	h.total = sum(h.total, n)
	if len(h.buf) == maxEntries {
		h.shrink()
	}
	i := len(h.buf)
	for i > h.head && h.buf[i-1].at >= at {
		i--
	}
	if i < len(h.buf) && h.buf[i].at == at {
		h.buf[i].n = sum(h.buf[i].n, n)
		return
	}
	h.buf = slices.Insert(h.buf, i, entry{at, n})
}

// give takes n away from the entry that holds what was taken at a time: the first
// one that is not earlier.
func (h *history) give(at, n int64) {
	for i := h.head; i < len(h.buf); i++ {
		if e := &h.buf[i]; e.at >= at {
			n = min(n, e.n)
			e.n -= n
			h.total -= n
			if e.n == 0 {
				h.buf = slices.Delete(h.buf, i, i+1)
			}
			return
		}
	}
}

// shrink makes room for more entries: that of the expired ones, or else by merging.
func (h *history) shrink() {
	if h.head > maxEntries/4 {
		h.buf = append(h.buf[:0], h.live()...)
	} else {
		h.buf = append(h.buf[:0], merge(h.live())...)
	}
	h.head = 0
}

// merge joins entries to the next later ones, at least a quarter of them, where that
// holds back the least for the least time.
func merge(entries []entry) []entry {
	var costs, sorted [maxEntries]float64
	n := len(entries) - 1
	for i := range n {
		costs[i] = float64(entries[i].n) * float64(entries[i+1].at-entries[i].at)
	}
	copy(sorted[:], costs[:n])
	slices.Sort(sorted[:n])
	most := sorted[n/2]
	merged := entries[:0]
	for i := 0; i <= n; i++ {
		e := entries[i]
		if i < n && costs[i] <= most {
			i++
			e = entry{entries[i].at, sum(e.n, entries[i].n)}
		}
		merged = append(merged, e)
	}
	return merged
}

// freeAt returns the time of the entry with which n of the total is free again. It
// is that of the last one if the log does not hold n.
func freeAt(entries []entry, n int64) int64 {
	for _, e := range entries {
		if n -= e.n; n <= 0 {
			return e.at
		}
	}
	return entries[len(entries)-1].at
}

// sum adds without overflow. Neither is negative.
func sum(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
