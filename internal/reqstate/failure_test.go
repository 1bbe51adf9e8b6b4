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
			inner.Failed(410, reqstate.Failure{Code: "code", Err: failure})
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
	outer.Failed(503, reqstate.Failure{Code: "first"})
	w.WriteHeader(503)
	inner, iw, _ := reqstate.Ensure(httptest.NewRecorder(), get().WithContext(outer))
	iw.WriteHeader(503)
	var late sync.WaitGroup
	late.Go(func() { inner.Failed(503, reqstate.Failure{Code: "late"}) })
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
	w.WriteHeader(200)
	if st.Failed(410, reqstate.Failure{Code: "gone"}); st.Failure().Code != "" {
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
		st.Failed(status, failure)
	}
	w.WriteHeader(503)
	if st.Failed(503, failure); !errors.As(st.Failure().Err, new(uncomparable)) {
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
			st.Failed(test.dropped, reqstate.Failure{Code: "code", Err: lost, Problem: test.problem})
			if test.sent != nil {
				w.WriteHeader(test.sent.Status)
			}
			switch {
			case test.sent == nil || test.sent.Code == "":
			case told:
				st.Adopted(test.sent)
			default:
				if !st.Failed(test.sent.Status, test.sent.Failure) || st.Failed(test.sent.Status, reqstate.Failure{Code: "second"}) {
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
	st.Response().WriteHeader(410)
	st.Failed(410, fail("passed by"))
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
	late := reqstate.Failure{Code: "late", Err: errors.New("late"), Problem: errors.New("problem")}
	fork.Failed(503, late)
	st.Overtake(fork)
	st.Join(fork, true) // which has nothing any more
	next := reqstate.Failure{Code: "next", Err: errors.New("next")}
	if !st.Failed(504, next) || fork.Failed(504, next) {
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
	st.Response().WriteHeader(410)
	st.Failed(410, reqstate.Failure{Code: "first", Err: uncomparable{}})
	st.Adopted(&reqstate.Copy{Status: 410, Failure: reqstate.Failure{Code: "adopted", Err: uncomparable{}}})
	if got := st.Failure().Code; got != "adopted" {
		t.Errorf("it has %q, want the one that was adopted", got)
	}
}
