package system_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
)

func itself(id string) string { return id }

func TestATableHasItsRecordsInTheirOrder(t *testing.T) {
	t.Parallel()
	table := system.Table[string]{Prefix: "x_"}
	if all := table.All(); all == nil || len(all) > 0 {
		t.Errorf("an empty table has %#v", all)
	}
	table.Put("first", "first")
	table.Add(itself)
	table.Add(itself)
	table.Delete("x_1")
	table.Delete("nobody")
	table.Add(itself)
	*table.Find("x_2") = "changed"
	table.Each(func(s *string) { *s += "!" })
	if all, want := table.All(), []string{"first!", "changed!", "x_3!"}; !slices.Equal(all, want) {
		t.Errorf("got %q, want %q", all, want)
	}
	if table.Find("x_1") != nil || table.Find("") != nil {
		t.Error("what is not there was found")
	}
}

func TestATableForgetsTheOldestThatItNeedNotKeep(t *testing.T) {
	t.Parallel()
	table := system.Table[string]{Prefix: "x_", Keep: func(s string) bool { return s == "x_1" }}
	table.Put("first", "first")
	for range 1001 {
		table.Add(itself)
	}
	all := table.All()
	if len(all) != 1000 || !slices.Equal(all[:2], []string{"first", "x_1"}) || all[2] != "x_4" || all[999] != "x_1001" {
		t.Error(fmt.Sprint("got ", len(all), " records, the first ", all[:3], ", the last ", all[len(all)-1]))
	}
}
