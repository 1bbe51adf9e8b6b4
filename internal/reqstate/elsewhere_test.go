package reqstate_test

import (
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/contrite-go/contrite/internal/reqstate"
)

func TestTell(t *testing.T) {
	t.Parallel()
	gone := &reqstate.Copy{Status: 410}
	missing := &reqstate.Copy{Status: 404}
	for name, test := range map[string]struct {
		before func(*reqstate.State)
		want   []*reqstate.Copy
	}{
		"nothing was told": {func(*reqstate.State) {}, nil},
		"a reply":          {func(s *reqstate.State) { s.Tell(gone) }, []*reqstate.Copy{gone}},
		"two":              {func(s *reqstate.State) { s.Tell(gone); s.Tell(missing) }, []*reqstate.Copy{gone, missing}},
		"one after the response started": {func(s *reqstate.State) {
			s.Response().WriteHeader(200)
			s.Tell(gone)
		}, nil},
		"that of an inner state": {func(s *reqstate.State) {
			inner, _, _ := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(s))
			inner.Tell(gone)
		}, []*reqstate.Copy{gone}},
		"that of an inner state whose response has started": {func(s *reqstate.State) {
			inner, w, _ := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(s))
			w.WriteHeader(410)
			inner.Tell(gone)
		}, []*reqstate.Copy{gone}},
		"that which came through a wrapper": {func(s *reqstate.State) { s.Through(gone) }, []*reqstate.Copy{gone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
			st.Push(new(reqstate.Front))
			if test.before(st); !slices.Equal(st.Told(), test.want) {
				t.Errorf("it was told of %v", st.Told())
			}
		})
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

func TestTheLastOfWhatWasToldIsKept(t *testing.T) {
	t.Parallel()
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	st.Push(new(reqstate.Front))
	for i := range 1000 {
		st.Tell(&reqstate.Copy{Status: i})
		kept := st.Told()
		if first, last := kept[0].Status, kept[len(kept)-1].Status; len(kept) != min(i+1, 100) || last != i || first != i+1-len(kept) {
			t.Fatalf("after %d, %d are kept, from %d to %d", i, len(kept), first, last)
		}
	}
}
