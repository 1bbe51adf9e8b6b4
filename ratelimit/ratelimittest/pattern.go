package ratelimittest

import (
	"iter"
	"time"
)

// A Pattern is how a client spreads its requests.
type Pattern struct {
	Name string
	// Times yields when the requests of so many windows are sent, since the start, in
	// order.
	Times func(limit int64, window time.Duration, windows int) iter.Seq[time.Duration]
}

// Patterns returns those that limiters go wrong with:
//
//   - steady: evenly, half as many again as the limit
//   - edges: the whole limit just before each whole window, and again just after it
//   - flood: evenly, ten times the limit
//   - punctual: the limit, in the first twelfth of each window
func Patterns() []Pattern {
	return []Pattern{
		{"steady", evenly(1.5)},
		{"edges", edges},
		{"flood", evenly(10)},
		{"punctual", punctual},
	}
}

// evenly sends factor times the limit, at equal distances.
func evenly(factor float64) func(int64, time.Duration, int) iter.Seq[time.Duration] {
	return func(limit int64, window time.Duration, windows int) iter.Seq[time.Duration] {
		n := int64(factor * float64(limit))
		return func(yield func(time.Duration) bool) {
			for w := range windows {
				if !burst(yield, time.Duration(w)*window, window, n) {
					return
				}
			}
		}
	}
}

func edges(limit int64, window time.Duration, windows int) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for w := range windows {
			if !burst(yield, time.Duration(w+1)*window-window/50, window/25, 2*limit) {
				return
			}
		}
	}
}

func punctual(limit int64, window time.Duration, windows int) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for w := range windows {
			if !burst(yield, time.Duration(w)*window, window/12, limit) {
				return
			}
		}
	}
}

// burst yields n times at equal distances.
func burst(yield func(time.Duration) bool, start, span time.Duration, n int64) bool {
	for i := range n {
		if !yield(start + time.Duration(float64(span)*float64(i)/float64(n))) {
			return false
		}
	}
	return true
}
