package ratelimit_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

// A model is a log of each key that keeps everything.
type model map[uint64][]modelEntry

type modelEntry struct {
	at time.Time
	n  int64
}

// expect returns what a charge must be answered, and counts it if it fits.
func (m model) expect(key uint64, c ratelimit.Charge, now time.Time) (d ratelimit.Decision) {
	var live []modelEntry
	total := int64(0)
	for _, e := range m[key] {
		if now.Sub(e.at) < c.Window && e.n > 0 {
			live = append(live, e)
			total += e.n
		}
	}
	cost := max(c.Cost, 1)
	switch {
	case cost > c.Limit:
		d.Wait = -1
	case total+cost <= c.Limit:
		d.Allowed = true
		if c.Cost > 0 {
			live, total = append(live, modelEntry{now, c.Cost}), total+c.Cost
		}
	default:
		left := total
		for _, e := range live {
			if left -= e.n; left+cost <= c.Limit {
				d.Wait = e.at.Add(c.Window).Sub(now)
				break
			}
		}
	}
	if d.Remaining, d.At = c.Limit-total, now; len(live) > 0 {
		d.Reset = live[len(live)-1].at.Add(c.Window).Sub(now)
	}
	m[key] = live
	return d
}

// giveBack takes n back from what was counted at a time.
func (m model) giveBack(key uint64, at time.Time, n int64) {
	for i, e := range m[key] {
		if e.at.Equal(at) {
			m[key][i].n -= min(n, e.n)
			return
		}
	}
}

func TestMemoryAnswersAsAModelDoes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	clock := ratelimittest.NewClock()
	m, want := &ratelimit.Memory{Now: clock.Now}, model{}
	decisions := make([]ratelimit.Decision, 1)
	for step := range 200_000 {
		key := random.Uint64N(1 + random.Uint64N(3000))
		c := ratelimit.Charge{
			Key: binary.BigEndian.AppendUint64(nil, key), Limit: 5 + int64(key%50), Window: 10 * time.Second, Cost: random.Int64N(5),
		}
		if err := m.Take(t.Context(), []ratelimit.Charge{c}, decisions); err != nil {
			t.Fatal(err)
		}
		got, expected := decisions[0], want.expect(key, c, clock.Now())
		if got != expected {
			t.Fatalf("step %d, key %d: it answers\n%+v, want\n%+v", step, key, got, expected)
		}
		if c.Cost > 0 && got.Allowed && random.IntN(4) == 0 {
			c.Cost, c.At = -c.Cost, got.At
			if err := m.Settle(t.Context(), []ratelimit.Charge{c}); err != nil {
				t.Fatal(err)
			}
			want.giveBack(key, got.At, -c.Cost)
		}
		switch random.IntN(500) {
		case 0:
			clock.Advance(time.Duration(random.Int64N(int64(12 * time.Second))))
		default:
			clock.Advance(time.Duration(random.Int64N(int64(5 * time.Millisecond))))
		}
	}
}
