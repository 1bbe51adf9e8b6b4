package reqstate_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/internal/reqstate"
)

func TestFailed(t *testing.T) {
	t.Parallel()
	failure := errors.New("failure")
	for _, test := range []struct {
		name   string
		wrap   func(http.ResponseWriter) http.ResponseWriter
		before func(outer *reqstate.State)
		outer  string
	}{
		{"through a writer without Unwrap the outer state learns it", func(w http.ResponseWriter) http.ResponseWriter { return blindWriter{w} }, nil, "code"},
		{"into another response it does not", func(http.ResponseWriter) http.ResponseWriter { return httptest.NewRecorder() }, nil, ""},
		{
			"nor where the outer response started otherwise", func(http.ResponseWriter) http.ResponseWriter { return httptest.NewRecorder() },
			func(outer *reqstate.State) { outer.Response().WriteHeader(207) }, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			outer, w, r := reqstate.Ensure(httptest.NewRecorder(), get())
			if test.before != nil {
				test.before(outer)
			}
			inner, w, _ := reqstate.Ensure(test.wrap(w), r)
			w.WriteHeader(410)
			inner.Answer(w, 410, 2)
			inner.Failed(reqstate.Failure{Code: "code", Err: failure})
			if f := inner.Failure(); f.Code != "code" || f.Err != failure {
				t.Errorf("the inner state has %v", f)
			}
			if f := outer.Failure(); f.Code != test.outer || (f.Err == failure) != (test.outer != "") {
				t.Errorf("the outer state has %v", f)
			}
		})
	}
}

// An inner state may fail on a goroutine of its own while the outer one is asked.
func TestALateFailureDoesNotReplaceThatOfTheOuterState(t *testing.T) {
	t.Parallel()
	outer, w, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	outer.Answer(w, 503, 2)
	outer.Failed(reqstate.Failure{Code: "first"})
	w.WriteHeader(503)
	inner, iw, _ := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(outer))
	inner.Answer(iw, 503, 2)
	iw.WriteHeader(503)
	var late sync.WaitGroup
	late.Go(func() { inner.Failed(reqstate.Failure{Code: "late"}) })
	for range 100 {
		if f := outer.Failure(); f.Code != "first" {
			t.Errorf("it is %v", f)
		}
	}
	late.Wait()
	if f := outer.Failure(); f.Code != "first" {
		t.Errorf("then it is %v", f)
	}
}

func TestAReplyOfAnotherStatusIsNotTheFailures(t *testing.T) {
	t.Parallel()
	st, w, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	st.Answer(w, 410, 2)
	w.WriteHeader(200)
	if st.Failed(reqstate.Failure{Code: "gone"}); st.Failure().Code != "" {
		t.Errorf("it is %v", st.Failure())
	}
}

// Handlers may have errors of types that can't be compared.
type uncomparable []string

func (uncomparable) Error() string { return "uncomparable" }

func TestErrorsOfAnyTypeFollowOneAnother(t *testing.T) {
	t.Parallel()
	st, w, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	failure := reqstate.Failure{Err: uncomparable{"a"}, Problem: errors.New("odd")}
	for _, status := range []int{400, 500, 503} {
		st.Answer(w, status, 2)
		st.Failed(failure)
	}
	w.WriteHeader(503)
	if st.Failed(failure); !errors.As(st.Failure().Err, new(uncomparable)) {
		t.Errorf("it is %v", st.Failure())
	}
}

func TestAFailureThatAWrapperDropsIsToldIfSomebodyHasToSeeIt(t *testing.T) {
	t.Parallel()
	lost, found, odd := errors.New("lost"), errors.New("found"), errors.New("odd")
	other := &reqstate.Copy{Status: 409, Failure: reqstate.Failure{Code: "other", Err: found}}
	again := &reqstate.Copy{Status: 503, Failure: reqstate.Failure{Code: "code", Err: found}}
	for name, test := range map[string]struct {
		dropped int
		problem error
		sent    *reqstate.Copy
		code    string
		err     error
		told    error // that was dropped
	}{
		"a 4xx for a success":               {410, nil, &reqstate.Copy{Status: 200}, "", nil, nil},
		"a 4xx with a problem for one":      {410, odd, &reqstate.Copy{Status: 200}, "", nil, lost},
		"a 5xx for one":                     {503, nil, &reqstate.Copy{Status: 200}, "", nil, lost},
		"a 4xx for another failure":         {410, nil, other, "other", found, nil},
		"a 5xx for one of another code":     {503, nil, other, "other", found, lost},
		"a 5xx for another of its code":     {503, nil, again, "code", found, lost},
		"nothing: the reply comes late":     {503, nil, &reqstate.Copy{Status: 503}, "code", lost, nil},
		"nothing, and there was a problem":  {410, odd, &reqstate.Copy{Status: 410}, "code", lost, nil},
		"nothing: no reply has come so far": {410, nil, nil, "code", lost, nil},
	} {
		for _, told := range []bool{false, true} {
			st, w, _ := reqstate.Ensure(httptest.NewRecorder(), get())
			st.Answer(w, test.dropped, 2)
			st.Failed(reqstate.Failure{Code: "code", Err: lost, Problem: test.problem})
			if test.sent != nil {
				w.WriteHeader(test.sent.Status)
			}
			switch {
			case test.sent == nil || test.sent.Code == "":
			case told:
				st.Adopted(test.sent)
			default:
				st.Answer(w, test.sent.Status, 2)
				if !st.Failed(test.sent.Failure) || st.Failed(reqstate.Failure{Code: "second"}) {
					t.Errorf("%s: it is not the one that counts", name)
				}
			}
			f := st.Failure()
			if f.Code != test.code || f.Err != test.err {
				t.Errorf("%s: it is %v", name, f)
			}
			if d, ok := f.Problem.(*reqstate.Dropped); ok != (test.told != nil) || ok && d.Err != test.told {
				t.Errorf("%s: its problem is %v", name, f.Problem)
			}
		}
	}
}

func TestTheReplyThatIsAdoptedIsTheFailure(t *testing.T) {
	t.Parallel()
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	fail := func(text string) reqstate.Failure { return reqstate.Failure{Code: text, Err: errors.New(text)} }
	st.Answer(st.Response(), 410, 2)
	st.Response().WriteHeader(410)
	st.Failed(fail("passed by"))
	adopted := fail("adopted")
	st.Adopted(&reqstate.Copy{Status: 410, Failure: adopted})
	if got := st.Failure(); got.Err != adopted.Err {
		t.Errorf("it has %v, want the one that was adopted", got)
	}
}

func TestTheReplyOfAForkThatIsOvertakenGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	st, _, r := reqstate.Ensure(httptest.NewRecorder(), get())
	fork := st.Fork(r.Context(), httptest.NewRecorder())
	fork.Answer(fork.Response(), 503, 2)
	late := reqstate.Failure{Code: "late", Err: errors.New("late"), Problem: errors.New("problem")}
	fork.Failed(late)
	st.Overtake(fork)
	st.Join(fork, true) // which has nothing any more
	st.Answer(st.Response(), 504, 2)
	next := reqstate.Failure{Code: "next", Err: errors.New("next")}
	if !st.Failed(next) || fork.Failed(next) {
		t.Error("the next failure does not count, or one of the fork does")
	}
	got := st.Failure()
	if dropped, ok := got.Problem.(*reqstate.Dropped); got.Err != next.Err || !ok || dropped.Err != late.Err {
		t.Errorf("it has %v, want %v and what it dropped", got, next)
	}
}

func TestAnAdoptedReplyMayHaveAnErrorOfAnyType(t *testing.T) {
	t.Parallel()
	st, _, _ := reqstate.Ensure(httptest.NewRecorder(), get())
	st.Answer(st.Response(), 410, 2)
	st.Response().WriteHeader(410)
	st.Failed(reqstate.Failure{Code: "first", Err: uncomparable{}})
	st.Adopted(&reqstate.Copy{Status: 410, Failure: reqstate.Failure{Code: "adopted", Err: uncomparable{}}})
	if got := st.Failure().Code; got != "adopted" {
		t.Errorf("it has %q, want the one that was adopted", got)
	}
}
