package ratelimit

import (
	"math"
	"slices"
)

const (
	// exactEntries is how many times a log keeps apart, whatever the limit.
	exactEntries = 32
	// parts is into how many the limit, and the window, are divided beyond those: so
	// much is held back at most, and for so long.
	parts = 100
	// maxEntries is how many a log has at most, though more was forced into it.
	maxEntries = 256
)

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
	i := len(h.buf)
	for i > h.head && h.buf[i-1].at >= at {
		i--
	}
	switch {
	case i == len(h.buf):
		h.buf = append(h.buf, entry{at, n})
	case h.buf[i].at == at:
		h.buf[i].n = sum(h.buf[i].n, n)
		return
	default:
		h.buf = slices.Insert(h.buf, i, entry{at, n})
	}
	if len(h.buf) == cap(h.buf) {
		h.makeRoom()
	}
}

// joins reports whether an entry and what comes next can be one: if that is a small
// part of the limit, and of the window.
func (e entry) joins(c *Charge, at, n int64) bool {
	if sum(e.n, n) > c.Limit/parts {
		return false
	}
	part := max(uint64(c.Window)/parts, 1)
	return uint64(at)/part == uint64(e.at)/part
}

// makeRoom drops the expired entries if they are many, and lets the log grow if not.
// At its full size it joins each second entry to the next.
func (h *history) makeRoom() {
	switch live := h.live(); {
	case h.head > cap(h.buf)/8:
		h.buf = append(h.buf[:0], live...)
	case cap(h.buf) < maxEntries:
		h.buf = append(make([]entry, 0, min(2*cap(h.buf), maxEntries)), live...)
	default:
		h.buf = pairs(h.buf[:0], live)
	}
	h.head = 0
}

// pairs appends the sum of each two entries, at the time of the later.
func pairs(to, entries []entry) []entry {
	for i := 0; i < len(entries); i += 2 {
		e := entries[i]
		if i+1 < len(entries) {
			e = entry{entries[i+1].at, sum(e.n, entries[i+1].n)}
		}
		to = append(to, e)
	}
	return to
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
