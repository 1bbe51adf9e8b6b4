package ratelimit

import (
	"encoding/binary"
	"testing"
	"time"
)

// TestNoCallFreesMoreThanAFewKeys counts the slots that each call frees while all keys
// of a full Memory have expired, and bounds what a call does at worst: growing or
// trimming one shard.
func TestNoCallFreesMoreThanAFewKeys(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	const keys = 200_000
	m := &Memory{Now: func() time.Time { return now }, MaxKeys: 2 * keys}
	charges, decisions := []Charge{{Limit: 100, Window: time.Minute, Cost: 1}}, make([]Decision, 1)
	take := func(key int) {
		charges[0].Key = binary.BigEndian.AppendUint64(charges[0].Key[:0], uint64(key))
		if err := m.Take(t.Context(), charges, decisions); err != nil {
			t.Fatal(err)
		}
	}
	used := func() (n int) {
		for i := range m.shards {
			n += m.shards[i].used
		}
		return n
	}
	for key := range keys {
		take(key)
	}
	full := used()
	now = now.Add(2 * time.Minute)
	for range 1000 {
		before := used()
		take(keys)
		if freed := before - used(); freed > sweepLen {
			t.Fatalf("a call frees %d keys", freed)
		}
	}
	for key := range 3 * keys {
		take(keys + key%1000)
	}
	if left := used(); left > full/4 {
		t.Errorf("of %d keys %d are left", full, left)
	}
}

func TestAShardStaysSmallHoweverManyKeysThereAre(t *testing.T) {
	t.Parallel()
	for _, most := range []int{0, 1, 100, 1 << 20, 1 << 21, 10_000_000, 100_000_000} {
		m := &Memory{MaxKeys: most}
		m.prepare()
		if n := m.shards[0].max; n > mostInShard {
			t.Errorf("of %d keys a shard has %d", most, n)
		}
		if n := len(m.shards); n&(n-1) != 0 {
			t.Errorf("of %d keys there are %d shards", most, n)
		}
	}
}
