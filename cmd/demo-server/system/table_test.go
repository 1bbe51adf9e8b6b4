package system_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
)

func itself(id string) (string, error) { return id, nil }

var errNo = errors.New("no")

func missing(id string) *errcatalog.Error { return errcatalog.Code("no_" + id).With() }

func TestATableHasItsRecordsInTheirOrder(t *testing.T) {
	t.Parallel()
	table := system.Table[string]{Prefix: "x_"}
	if all := table.All(); all == nil || len(all) > 0 {
		t.Errorf("an empty table has %#v", all)
	}
	table.Put("first", "first")
	for range 2 {
		if _, err := table.Add(itself); err != nil {
			t.Error(err)
		}
	}
	if _, err := table.Add(func(string) (string, error) { return "", errNo }); !errors.Is(err, errNo) {
		t.Errorf("got %v", err)
	}
	if err := table.Remove("x_1", nil); err != nil {
		t.Error(err)
	}
	if id, err := table.Add(itself); id != "x_3" || err != nil {
		t.Errorf("got %q, %v", id, err)
	}
	if !table.Insert("own", "own") || table.Insert("own", "other") || table.Insert("first", "other") {
		t.Error("an ID is free once")
	}
	if all, want := table.All(), []string{"first", "x_2", "x_3", "own"}; !slices.Equal(all, want) {
		t.Errorf("got %q, want %q", all, want)
	}
}

func TestARecordIsChangedAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	table := system.Table[string]{Missing: missing}
	table.Put("a", "a")
	set := func(to string, err error) func(*string) error {
		return func(s *string) error {
			*s = to
			return err
		}
	}
	if got, err := table.Change("a", set("b", nil)); got != "b" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := table.Change("a", set("c", errNo)); got != "" || !errors.Is(err, errNo) {
		t.Errorf("got %q, %v", got, err)
	}
	if err := table.Remove("a", func(s string) error { return fmt.Errorf("%w: %s", errNo, s) }); !errors.Is(err, errNo) {
		t.Errorf("got %v", err)
	}
	if got, err := table.Find("a"); got != "b" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if err := table.Remove("a", func(string) error { return nil }); err != nil {
		t.Error(err)
	}
	_, found := table.Find("a")
	_, changed := table.Change("a", set("d", nil))
	for _, err := range []error{found, changed, table.Remove("a", nil)} {
		if !errors.Is(err, errcatalog.Code("no_a")) {
			t.Errorf("what is not there is %v", err)
		}
	}
}

func TestTablesOfOneLockChangeTogether(t *testing.T) {
	t.Parallel()
	var lock sync.Mutex
	numbers, sums := system.Table[int]{Lock: &lock}, system.Table[int]{Lock: &lock}
	sums.Put("sum", 0)
	numbers.Put("n", 0)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			_, _ = numbers.Change("n", func(n *int) error {
				*n++
				for sum := range sums.Rows() {
					*sum += *n
				}
				return nil
			})
		})
	}
	group.Wait()
	if all := sums.All(); !slices.Equal(all, []int{1 + 2 + 3 + 4 + 5 + 6 + 7 + 8}) {
		t.Errorf("got %d", all)
	}
}

func TestATableForgetsTheOldestThatItNeedNotKeep(t *testing.T) {
	t.Parallel()
	table := system.Table[string]{Prefix: "x_", Keep: func(s string) bool { return s == "x_1" }}
	table.Put("first", "first")
	for range 1000 {
		_, _ = table.Add(itself)
	}
	table.Insert("own", "own")
	all := table.All()
	if len(all) != 1000 || !slices.Equal(all[:2], []string{"first", "x_1"}) || all[2] != "x_4" || all[999] != "own" {
		t.Error(fmt.Sprint("got ", len(all), " records, the first ", all[:3], ", the last ", all[len(all)-1]))
	}
}
