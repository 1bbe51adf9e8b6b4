package reqstate_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// byStatus ranks a reply with that status first.
func byStatus(status int) func(*reqstate.Copy) int {
	return func(c *reqstate.Copy) int {
		if c.Status == status {
			return 0
		}
		return reqstate.Unlike
	}
}

func TestAdopt(t *testing.T) {
	t.Parallel()
	gone := &reqstate.Copy{Status: 410, Code: "gone"}
	again := &reqstate.Copy{Status: 410, Code: "again"}
	missing := &reqstate.Copy{Status: 404, Code: "missing"}
	for name, test := range map[string]struct {
		before func(*reqstate.State)
		want   *reqstate.Copy
	}{
		"nothing was told":   {func(*reqstate.State) {}, nil},
		"the reply":          {func(s *reqstate.State) { s.Tell(gone) }, gone},
		"another one":        {func(s *reqstate.State) { s.Tell(missing) }, nil},
		"one of two":         {func(s *reqstate.State) { s.Tell(gone); s.Tell(missing) }, gone},
		"the last of equals": {func(s *reqstate.State) { s.Tell(gone); s.Tell(again) }, again},
		"one after the response started": {func(s *reqstate.State) {
			s.Response().WriteHeader(200)
			s.Tell(gone)
		}, nil},
		"that of an inner state": {func(s *reqstate.State) {
			inner, _, _ := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(s))
			inner.Tell(gone)
		}, gone},
		"that of an inner state whose response has started": {func(s *reqstate.State) {
			inner, w, _ := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(s))
			w.WriteHeader(410)
			inner.Tell(gone)
		}, gone},
		"that which came through a wrapper": {func(s *reqstate.State) { s.Through(gone) }, gone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
			st.Push(new(reqstate.Front))
			if test.before(st); st.Adopt(byStatus(410)) != test.want {
				t.Errorf("it is %v", st.Adopt(byStatus(410)))
			}
		})
	}
}

func TestAdoptTakesTheLowestRank(t *testing.T) {
	t.Parallel()
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	st.Push(new(reqstate.Front))
	for _, status := range []int{404, 401, 403} {
		st.Tell(&reqstate.Copy{Status: status})
	}
	if c := st.Adopt(func(c *reqstate.Copy) int { return c.Status }); c.Status != 401 {
		t.Errorf("it is %v", c)
	}
}

func TestWhatIsAdoptedIsTheFailure(t *testing.T) {
	t.Parallel()
	failure := errors.New("failure")
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	for _, before := range []func(){func() {}, func() { st.Failed("dropped", nil) }} {
		before()
		st.Adopted(&reqstate.Copy{Status: 410, Code: "gone", Err: failure})
		if code, err := st.Failure(); code != "gone" || err != failure {
			t.Errorf("it is %q, %v", code, err)
		}
	}
}

func TestOnlyWhereSomebodyLooksIsWatched(t *testing.T) {
	t.Parallel()
	outer, w, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	inner := outer.Fork(outer, httptest.NewRecorder())
	if (*reqstate.State)(nil).Watched() || inner.Watched() || inner.Answer(w, 410, 2) {
		t.Error("nobody looks")
	}
	if outer.Push(new(reqstate.Front)); !inner.Watched() || !inner.Answer(w, 410, 2) {
		t.Error("somebody looks")
	}
}

func TestWhatIsToldIsKeptWithinLimits(t *testing.T) {
	t.Parallel()
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	st.Push(new(reqstate.Front))
	for i := range 10_000 {
		st.Tell(&reqstate.Copy{Status: i})
		kept, last := 0, false
		st.Adopt(func(c *reqstate.Copy) int {
			kept++
			last = last || c.Status == i
			return reqstate.Unlike
		})
		if kept > 100 || !last {
			t.Fatalf("after %d, %d are kept, and the last one is: %v", i, kept, last)
		}
	}
}
