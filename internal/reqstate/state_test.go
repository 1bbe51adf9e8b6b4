package reqstate_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

func get() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }

// A blindWriter passes everything on and has no Unwrap.
type blindWriter struct{ http.ResponseWriter }

// An openWriter has one.
type openWriter struct{ http.ResponseWriter }

func (w openWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// A hollowWriter has one that leads nowhere.
type hollowWriter struct{ http.ResponseWriter }

func (hollowWriter) Unwrap() http.ResponseWriter { return nil }

func TestEnsureMakesAStateForARequestWithoutOne(t *testing.T) {
	t.Parallel()
	rec, r := httptest.NewRecorder(), get()
	st, w, got := reqstate.Ensure(rec, r)
	if st == nil || reqstate.From(got.Context()) != st {
		t.Error("the request does not carry the state")
	}
	if w != http.ResponseWriter(st.Response()) || !st.Observes(w) || st.Observes(rec) {
		t.Error("the writer is not the one that the state observes")
	}
	if reqstate.From(r.Context()) != nil {
		t.Error("the request that came in was changed")
	}
	if st.Response().Unwrap() != http.ResponseWriter(rec) {
		t.Error("the writer underneath is another")
	}
	if st.RequestID != "" || st.InCharge() != nil || st.Failure() != (reqstate.Failure{}) {
		t.Error("the state knows something")
	}
}

func TestEnsureKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"the same writer":          func(w http.ResponseWriter) http.ResponseWriter { return w },
		"a writer around it":       func(w http.ResponseWriter) http.ResponseWriter { return openWriter{w} },
		"two writers around it":    func(w http.ResponseWriter) http.ResponseWriter { return openWriter{openWriter{w}} },
		"a pointer to such writer": func(w http.ResponseWriter) http.ResponseWriter { return &openWriter{w} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, w, r := reqstate.Ensure(httptest.NewRecorder(), get())
			w = wrap(w)
			again, same, sameRequest := reqstate.Ensure(w, r)
			if again != st || same != w || sameRequest != r {
				t.Error("Ensure made something new")
			}
		})
	}
}

func TestEnsureSeesThatAContextWasReplacedInPlace(t *testing.T) {
	t.Parallel()
	st, w, r := reqstate.Ensure(httptest.NewRecorder(), get())
	*r = *r.WithContext(context.Background())
	again, _, r := reqstate.Ensure(w, r)
	if again == st || reqstate.From(r.Context()) != again {
		t.Error("the request does not carry the state that is told of it")
	}
}

// Parts of a batch may be served at once and share their response.
func TestEnsureChangesNothingThatIsThere(t *testing.T) {
	t.Parallel()
	st, w, r := reqstate.Ensure(httptest.NewRecorder(), get())
	var parts sync.WaitGroup
	for range 4 {
		part := r.WithContext(r.Context())
		parts.Go(func() {
			if got, _, _ := reqstate.Ensure(openWriter{w}, part); got != st {
				t.Error("a part has another state")
			}
		})
	}
	parts.Wait()
}

func TestEnsureMakesAnInnerStateForAnotherResponse(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"another response":             func(http.ResponseWriter) http.ResponseWriter { return httptest.NewRecorder() },
		"a writer without Unwrap":      func(w http.ResponseWriter) http.ResponseWriter { return blindWriter{w} },
		"one around such a writer":     func(w http.ResponseWriter) http.ResponseWriter { return openWriter{blindWriter{w}} },
		"a writer that unwraps to nil": func(w http.ResponseWriter) http.ResponseWriter { return hollowWriter{w} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outer, w, r := reqstate.Ensure(httptest.NewRecorder(), get())
			answered := false
			answer := reqstate.OnError(func(http.ResponseWriter, *http.Request, error) { answered = true })
			outer.RequestID = "r1"
			outer.Enter(&answer)
			outer.Failed(0, reqstate.Failure{Code: "other"})
			other := wrap(w)
			inner, iw, ir := reqstate.Ensure(other, r)
			if inner == outer || reqstate.From(ir.Context()) != inner || reqstate.From(r.Context()) != outer {
				t.Fatal("there is no state of its own")
			}
			if iw != http.ResponseWriter(inner.Response()) || inner.Response().Unwrap() != other {
				t.Error("the inner writer is not around the given one")
			}
			(*inner.InCharge())(iw, ir, errors.New("x"))
			if code := inner.Failure().Code; inner.RequestID != "r1" || !answered || code != "" {
				t.Errorf("the inner state has %q and %q", inner.RequestID, code)
			}
			inner.RequestID = "r2"
			inner.Enter(nil)
			if outer.RequestID != "r1" || outer.InCharge() != &answer {
				t.Error("the inner state changed the outer one")
			}
			last := reqstate.OnError(func(http.ResponseWriter, *http.Request, error) {})
			if inner.Abandon(&last); outer.InCharge() != &last {
				t.Error("the outer state does not learn who was in charge at a panic")
			}
		})
	}
}

func TestTheStateIsTheRequestsContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	cause := errors.New("stop")
	ctx, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "value"))
	ctx, stop := context.WithDeadline(ctx, time.Now().Add(time.Hour))
	defer stop()
	_, _, r := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(ctx))
	got := r.Context()
	if got.Value(key{}) != "value" || got.Value("nothing") != nil {
		t.Errorf("its values are %v, %v", got.Value(key{}), got.Value("nothing"))
	}
	if _, ok := got.Deadline(); !ok || got.Err() != nil {
		t.Error("the deadline is lost")
	}
	child, stopChild := context.WithCancel(got)
	defer stopChild()
	cancel(cause)
	<-child.Done()
	if context.Cause(got) != cause || context.Cause(child) != cause {
		t.Errorf("the cause is %v, and the child's %v", context.Cause(got), context.Cause(child))
	}
}

func TestFromFindsTheStateInADerivedContext(t *testing.T) {
	t.Parallel()
	st, _, r := reqstate.Ensure(httptest.NewRecorder(), get())
	type key struct{}
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), key{}, "value"), time.Hour)
	defer cancel()
	if reqstate.From(ctx) != st {
		t.Error("it is not found")
	}
	if reqstate.From(context.Background()) != nil || reqstate.From(t.Context()) != nil {
		t.Error("one is found where there is none")
	}
}

func TestEnsureAllocatesLittle(t *testing.T) {
	rec, r := httptest.NewRecorder(), get()
	if n := testing.AllocsPerRun(100, func() { reqstate.Ensure(rec, r) }); n > 2 {
		t.Errorf("it makes %v allocations: a state and a request are enough", n)
	}
	_, w, r := reqstate.Ensure(rec, r)
	if n := testing.AllocsPerRun(100, func() { reqstate.Ensure(w, r) }); n > 0 {
		t.Errorf("it makes %v allocations where all is there", n)
	}
}

func TestInnermost(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	_, w, _ := reqstate.Ensure(openWriter{rec}, get())
	hollow := hollowWriter{rec}
	for name, test := range map[string]struct{ w, want http.ResponseWriter }{
		"the writer itself":       {rec, rec},
		"below a response":        {openWriter{w}, rec},
		"below what hides it":     {openWriter{blindWriter{w}}, blindWriter{w}},
		"where nothing is below":  {openWriter{hollow}, hollow},
		"of a writer around nils": {openWriter{}, openWriter{}},
	} {
		if got := reqstate.Innermost(test.w); got != test.want {
			t.Errorf("%s: got %T", name, got)
		}
	}
}

// A frontWriter has a front.
type frontWriter struct {
	http.ResponseWriter
	front *reqstate.Front
}

func (w frontWriter) Front() *reqstate.Front { return w.front }

func (w frontWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestAFrontHasACopyOfWhatIsComingThroughWrappers(t *testing.T) {
	t.Parallel()
	st, w, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	var outer, inner reqstate.Front
	st.Push(&outer)
	if st.Answer(frontWriter{w, &outer}, 404, 2) || outer.Status != 404 || outer.Length != 2 {
		t.Errorf("straight to the only one, it has %v", outer)
	}
	if st.Answered(); outer.Status != 0 {
		t.Errorf("after the reply, it has %v", outer)
	}
	reply := &reqstate.Copy{Status: 404}
	st.Push(&inner)
	if !st.Answer(frontWriter{w, &inner}, 404, 2) {
		t.Error("the outer one wants no copy")
	}
	if st.Through(reply); inner.Copy != nil || outer.Copy != reply {
		t.Errorf("straight to the inner one, they have %v and %v", inner, outer)
	}
	st.Answered()
	st.Answer(openWriter{frontWriter{w, &inner}}, 404, 2)
	if st.Through(reply); inner.Copy != reply || outer.Copy != reply {
		t.Errorf("through a wrapper, they have %v and %v", inner, outer)
	}
	if st.Answered(); inner.Copy != nil || outer.Copy != nil {
		t.Errorf("after the reply, they have %v and %v", inner, outer)
	}
	st.Pop(&inner)
	if st.Answer(w, 404, 3); inner.Status != 0 || outer.Length != 3 {
		t.Errorf("after the inner one, they have %v and %v", inner, outer)
	}
}

func TestLateFindsTheFrontThatTakesNoReply(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	for name, test := range map[string]struct {
		outer, inner reqstate.Front
		want         int
	}{
		"none":          {reqstate.Front{}, reqstate.Front{}, 0},
		"the outer one": {reqstate.Front{Kept: new(reqstate.Copy)}, reqstate.Front{}, 1},
		"the inner one": {reqstate.Front{}, reqstate.Front{Over: true}, 2},
		"both":          {reqstate.Front{Over: true}, reqstate.Front{Kept: new(reqstate.Copy)}, 2},
	} {
		found := reqstate.Late(openWriter{frontWriter{frontWriter{w, &test.outer}, &test.inner}})
		if want := []*reqstate.Front{nil, &test.outer, &test.inner}[test.want]; found != want {
			t.Errorf("%s: found %v", name, found)
		}
	}
}

func TestAForkStartsWithAllThatIsKnown(t *testing.T) {
	t.Parallel()
	st, _, r := reqstate.Ensure(httptest.NewRecorder(), get())
	st.RequestID, st.Principal, st.Observed = "r1", "p1", true
	rec := httptest.NewRecorder()
	fork := st.Fork(r.Context(), rec)
	if fork == st || reqstate.From(fork) != fork || fork.Response().Unwrap() != http.ResponseWriter(rec) {
		t.Error("the fork is no state of its own")
	}
	if fork.RequestID != "r1" || fork.Principal != "p1" || !fork.Observed {
		t.Errorf("it starts with %q, %v, %v", fork.RequestID, fork.Principal, fork.Observed)
	}
}

func TestJoinTakesOverWhatAForkLearned(t *testing.T) {
	t.Parallel()
	failed := reqstate.Failure{Code: "code", Err: errors.New("failure"), Problem: errors.New("problem")}
	for _, want := range []reqstate.Failure{failed, {}} {
		st, _, r := reqstate.Ensure(httptest.NewRecorder(), get())
		fork := st.Fork(r.Context(), httptest.NewRecorder())
		fork.Principal = "p1"
		fork.Routed("/inner")
		fork.Routed("/outer")
		fork.Response().WriteHeader(410)
		if !fork.Failed(410, failed) || fork.Failed(410, reqstate.Failure{Code: "second"}) {
			t.Error("the first failure counts, and only that")
		}
		st.Join(fork, want == failed)
		if dropped, ok := st.Failure().Problem.(*reqstate.Dropped); want != failed && (!ok || dropped.Err != failed.Err) {
			t.Errorf("of what was not sent it has %v", st.Failure())
		}
		if st.Principal != "p1" || st.Route != "/inner" {
			t.Errorf("it knows %v, %q", st.Principal, st.Route)
		}
		if got := st.Failure(); got.Code != want.Code || got.Err != want.Err {
			t.Errorf("it has %v, want %v", got, want)
		}
	}
}
