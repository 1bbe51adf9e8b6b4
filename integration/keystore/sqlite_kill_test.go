package keystore

import (
	"encoding/json"
	"testing"
	"time"
)

func TestAProcessThatIsKilledLeavesSQLiteWhole(t *testing.T) {
	t.Parallel()
	d := sqlite(t)
	var deeds []deed
	for round := range 12 {
		deeds = append(deeds, killed(t, d, time.Duration(round)*300*time.Microsecond)...)
	}
	settle(t, d.open(t), t.Name(), deeds)
	t.Logf("%d writes were reported, and are there", len(deeds))
}

// killed has a process write, kills it the given time after one of its writes, so that
// each round meets another moment, and returns what it reported.
func killed(t *testing.T, d database, after time.Duration) []deed {
	t.Helper()
	p := start(t, order{Role: "writer", Database: d, Owner: t.Name()})
	var deeds []deed
	for line := p.line(t); line != ""; line = p.line(t) {
		var done deed
		if err := json.Unmarshal([]byte(line), &done); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if done.Err != "" {
			t.Errorf("a write that nothing disturbed failed: %s", done.Err)
		}
		if deeds = append(deeds, done); len(deeds) == enough {
			time.AfterFunc(after, func() { _ = p.Process.Kill() })
		}
	}
	if len(deeds) < enough {
		t.Fatalf("the writer ended after %d writes", len(deeds))
	}
	return deeds
}
