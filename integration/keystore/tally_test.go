package keystore

import (
	"context"
	"maps"
	"sync"
	"testing"
)

// A tally counts events, and wakes who waits for some.
type tally struct {
	mu     sync.Mutex
	more   *sync.Cond
	counts map[string]int
	deeds  []deed
}

func newTally() *tally {
	t := &tally{counts: map[string]int{}}
	t.more = sync.NewCond(&t.mu)
	return t
}

func (t *tally) count(what string) {
	t.mu.Lock()
	t.counts[what]++
	t.mu.Unlock()
	t.more.Broadcast()
}

// await waits until each of the events happened n times more.
func (t *tally) await(ctx context.Context, tb *testing.T, n int, whats ...string) {
	tb.Helper()
	defer context.AfterFunc(ctx, t.more.Broadcast)()
	t.mu.Lock()
	defer t.mu.Unlock()
	before := maps.Clone(t.counts)
	for _, what := range whats {
		for ; t.counts[what] < before[what]+n; t.more.Wait() {
			if ctx.Err() != nil {
				tb.Fatalf("gave up waiting for: %s", what)
			}
		}
	}
}

// record is a writer's tell.
func (t *tally) record(d deed) bool {
	t.mu.Lock()
	t.deeds = append(t.deeds, d)
	t.mu.Unlock()
	if d.Err == "" {
		t.count(string(d.Action))
	} else {
		t.count("failed write")
	}
	return true
}
