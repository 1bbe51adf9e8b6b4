package reqstate_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/contrite-go/contrite/internal/reqstate"
)

type contextKey struct{}

// replacing is a middleware that puts something into the request's context.
func replacing(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), contextKey{}, "value"))
}

func TestWhatABegunRequestBecomesCarriesTheState(t *testing.T) {
	t.Parallel()
	same := func(w http.ResponseWriter) http.ResponseWriter { return w }
	for name, test := range map[string]struct {
		change func(*http.Request) *http.Request
		wrap   func(http.ResponseWriter) http.ResponseWriter
		copies bool
	}{
		"a copy, which is used":           {replacing, same, false},
		"a copy with a writer around":     {replacing, func(w http.ResponseWriter) http.ResponseWriter { return openWriter{w} }, false},
		"a copy without anything new":     {func(r *http.Request) *http.Request { return r.WithContext(r.Context()) }, same, false},
		"the request itself, which stays": {func(r *http.Request) *http.Request { return r }, same, true},
		"the request itself, changed in place": {func(r *http.Request) *http.Request {
			*r = *replacing(r)
			return r
		}, same, true},
		"a copy whose writer hides the state": {replacing, func(w http.ResponseWriter) http.ResponseWriter { return blindWriter{w} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, came := httptest.NewRecorder(), get()
			begun := reqstate.Begin(rec, came)
			passed := test.change(came)
			given := test.wrap(begun)
			before := passed.Context()
			w, r := reqstate.Carry(given, passed)
			st := reqstate.From(r.Context())
			if st == nil || !st.Observes(w) {
				t.Fatal("the request does not carry the state of its response")
			}
			if copied := r != passed; copied != test.copies {
				t.Errorf("it was copied: %v", copied)
			}
			if reqstate.From(came.Context()) != nil {
				t.Error("the request that came was changed")
			}
			if r.Context().Value(contextKey{}) != before.Value(contextKey{}) {
				t.Error("what the middleware put into the context is lost")
			}
			if again, sameW, sameR := reqstate.Ensure(w, r); again != st || sameW != w || sameR != r {
				t.Error("Ensure makes another state")
			}
			if w.WriteHeader(http.StatusTeapot); rec.Code != http.StatusTeapot || st.Response().Status() != http.StatusTeapot {
				t.Error("the response is not observed")
			}
		})
	}
}

func TestBeginKeepsAStateThatIsThere(t *testing.T) {
	t.Parallel()
	st, w, r := reqstate.Ensure(httptest.NewRecorder(), get())
	begun := reqstate.Begin(w, r)
	passed := replacing(r)
	carrying, carried := reqstate.Carry(begun, passed)
	if begun != w || carrying != w || carried != passed || reqstate.From(carried.Context()) != st {
		t.Error("something new was made")
	}
}

func TestBeginWithinAnotherResponse(t *testing.T) {
	t.Parallel()
	outer, _, r := reqstate.Ensure(httptest.NewRecorder(), get())
	outer.RequestID = "r1"
	w, part := reqstate.Carry(reqstate.Begin(httptest.NewRecorder(), r), replacing(r))
	inner := reqstate.From(part.Context())
	if inner == outer || !inner.Observes(w) || inner.RequestID != "r1" || reqstate.From(r.Context()) != outer {
		t.Error("the part has no state of its own, or one that knows nothing")
	}
}

// A middleware may try twice.
func TestEachCopyOfABegunRequestCarriesAState(t *testing.T) {
	t.Parallel()
	came := get()
	begun := reqstate.Begin(httptest.NewRecorder(), came)
	for range 3 {
		w, r := reqstate.Carry(begun, replacing(came))
		if st := reqstate.From(r.Context()); st == nil || !st.Observes(w) {
			t.Error("it carries none")
		}
	}
}

func TestABegunRequestCostsAStateAlone(t *testing.T) { // AllocsPerRun allows no t.Parallel.
	rec, came := httptest.NewRecorder(), get()
	passed := make([]*http.Request, 0, 102)
	for range cap(passed) {
		passed = append(passed, replacing(came))
	}
	n := testing.AllocsPerRun(100, func() {
		reqstate.Carry(reqstate.Begin(rec, came), passed[0])
		passed = passed[1:]
	})
	if n > 1 {
		t.Errorf("it makes %v allocations", n)
	}
}
