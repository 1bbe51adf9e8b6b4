package ratelimittest_test

import (
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

func TestALogIsExact(t *testing.T) {
	t.Parallel()
	var log ratelimittest.Log
	for _, test := range []struct {
		at   time.Duration
		want bool
	}{
		{0, true},
		{30 * time.Second, true},
		{59 * time.Second, false},
		{time.Minute, true},
		{time.Minute, false},
		{90*time.Second - 1, false},
		{90 * time.Second, true},
	} {
		if got := log.Take(test.at, 2, time.Minute); got != test.want {
			t.Errorf("at %v it takes one: %v", test.at, got)
		}
	}
}

func TestPatternsSendWhatTheySay(t *testing.T) {
	t.Parallel()
	want := map[string]int{"steady": 150, "edges": 200, "flood": 1000, "punctual": 100}
	for _, p := range ratelimittest.Patterns() {
		n, last := 0, time.Duration(0)
		for at := range p.Times(100, time.Minute, 3) {
			if at < last {
				t.Errorf("%s goes back from %v to %v", p.Name, last, at)
			}
			n, last = n+1, at
		}
		if n != 3*want[p.Name] || last > 3*time.Minute+2*time.Second {
			t.Errorf("%s sends %d, the last at %v", p.Name, n, last)
		}
		for range p.Times(100, time.Minute, 3) {
			break
		}
	}
}
