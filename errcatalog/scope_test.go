package errcatalog_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// named returns a writer whose envelope says its name.
func named(t testing.TB, name string) *Writer {
	t.Helper()
	spec := extend()
	spec.Envelope = errcatalog.Envelope(fmt.Sprintf(`{"from": %q, "code": $code}`, name))
	w := &Writer{Catalog: build(t, spec)}
	return w
}

// fails answers in the name of the scope that a request is in, as the suite's
// middlewares do.
func fails(rw http.ResponseWriter, r *http.Request) {
	st := reqstate.From(r.Context())
	if st == nil || st.InCharge() == nil {
		_, _ = fmt.Fprint(rw, "nobody")
		return
	}
	(*st.InCharge())(rw, r, errcatalog.Gone)
}

func TestTheInnermostScopeAnswers(t *testing.T) {
	t.Parallel()
	outer, inner := named(t, "outer"), named(t, "inner")
	fail := http.HandlerFunc(fails)
	around := func(w *Writer, before bool, next http.Handler) http.Handler {
		return w.Scope(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if before {
				fails(rw, r)
			}
			next.ServeHTTP(rw, r)
			if !before {
				fails(rw, r)
			}
		}))
	}
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, test := range []struct {
		name string
		h    http.Handler
		want string
	}{
		{"outside of any", fail, `nobody`},
		{"in one", outer.Scope(fail), `{"from":"outer","code":"gone"}`},
		{"in two", outer.Scope(inner.Scope(fail)), `{"from":"inner","code":"gone"}`},
		{"in two of one writer", outer.Scope(outer.Scope(fail)), `{"from":"outer","code":"gone"}`},
		{"between two, on the way in", around(outer, true, inner.Scope(nothing)), `{"from":"outer","code":"gone"}`},
		{"between two, on the way out", around(outer, false, inner.Scope(nothing)), `{"from":"outer","code":"gone"}`},
		{"in Handle", outer.Scope(inner.Handle(func(rw http.ResponseWriter, r *http.Request) error { fails(rw, r); return nil })), `{"from":"inner","code":"gone"}`},
		{"by Handle's own error", outer.Scope(inner.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone })), `{"from":"inner","code":"gone"}`},
		{"by an error of the outer Handle behind the inner scope", outer.Handle(func(rw http.ResponseWriter, r *http.Request) error {
			inner.Scope(nothing).ServeHTTP(rw, r)
			return errcatalog.Gone
		}), `{"from":"outer","code":"gone"}`},
		{"after an inner scope that answered", outer.Handle(func(rw http.ResponseWriter, r *http.Request) error {
			inner.Scope(fail).ServeHTTP(rw, r)
			return errcatalog.Conflict
		}), `{"from":"inner","code":"gone"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := serve(test.h, get()).Body.String(); got != test.want {
				t.Errorf("the body is %s, want %s", got, test.want)
			}
		})
	}
}

func TestAScopeStaysInChargeAfterAPanic(t *testing.T) {
	t.Parallel()
	outer, inner := named(t, "outer"), named(t, "inner")
	silence(inner)
	panics := inner.Scope(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("here") }))
	recovers := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				fails(rw, r)
			}
		}()
		panics.ServeHTTP(rw, r)
	})
	if got, want := serve(outer.Scope(recovers), get()).Body.String(), `{"from":"inner","code":"gone"}`; got != want {
		t.Errorf("the body is %s", got)
	}
}

func TestTheStateKnowsTheErrorThatWasAnswered(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	for _, test := range []struct {
		name string
		h    func(rw http.ResponseWriter, r *http.Request) error
		code string
	}{
		{"none", func(http.ResponseWriter, *http.Request) error { return nil }, ""},
		{"one", func(http.ResponseWriter, *http.Request) error { return errcatalog.KeyExpired }, "expired_credentials"},
		{"the first of two", func(rw http.ResponseWriter, r *http.Request) error {
			w.WriteError(rw, r, errcatalog.KeyExpired)
			return errcatalog.Gone
		}, "expired_credentials"},
		{"none that came too late", func(rw http.ResponseWriter, _ *http.Request) error {
			rw.WriteHeader(200)
			return errcatalog.KeyExpired
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			quiet := Writer{}
			silence(&quiet)
			outer := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				st, rw, r := reqstate.Ensure(rw, r)
				quiet.Handle(test.h).ServeHTTP(rw, r)
				if f := st.Failure(); f.Code != test.code || (f.Err == nil) != (test.code == "") {
					t.Errorf("it knows %v", f)
				}
			})
			serve(outer, get())
		})
	}
}

func TestWritersDoNotKnowOfEachOther(t *testing.T) {
	t.Parallel()
	const writers, rounds = 100, 50
	handlers := make([]http.Handler, writers)
	for i := range handlers {
		handlers[i] = withID(fmt.Sprint("id", i), named(t, fmt.Sprint("w", i)).Always(errcatalog.Gone))
	}
	shared := named(t, "shared")
	var wg sync.WaitGroup
	for i, h := range handlers {
		wg.Go(func() {
			for range rounds {
				got := serve(h, get()).Body.String()
				if want := fmt.Sprintf(`{"from":"w%d","code":"gone"}`, i); got != want {
					t.Errorf("writer %d says %s", i, got)
				}
				r := get()
				if i%2 == 0 {
					r.Header.Set("Accept", problemJSON)
				}
				if got := serve(shared.Always(errcatalog.Conflict), r).Body.String(); strings.Contains(got, `"title"`) != (i%2 == 0) {
					t.Errorf("the shared writer says %s", got)
				}
			}
		})
	}
	wg.Wait()
}

// A blindWriter passes everything on and has no Unwrap.
type blindWriter struct{ http.ResponseWriter }

// blind wraps the writer, as a middleware without Unwrap does.
func blind(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { next.ServeHTTP(blindWriter{rw}, r) })
}

// An openWriter has an Unwrap.
type openWriter struct{ http.ResponseWriter }

func (w openWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { next.ServeHTTP(openWriter{rw}, r) })
}

func TestWrappersBetweenTheWriters(t *testing.T) {
	t.Parallel()
	gone := func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone }
	twice := func(w *Writer) func(http.ResponseWriter, *http.Request) error {
		return func(rw http.ResponseWriter, r *http.Request) error {
			w.WriteError(rw, r, errcatalog.Gone)
			return errcatalog.Conflict
		}
	}
	both := func(outer *Writer, wrap func(http.Handler) http.Handler, inner http.Handler) http.Handler {
		return outer.Handle(func(rw http.ResponseWriter, r *http.Request) error {
			wrap(inner).ServeHTTP(rw, r)
			return errcatalog.Conflict
		})
	}
	for _, test := range []struct {
		name string
		make func(w *Writer) http.Handler
		want string
	}{
		{"an error through a blind wrapper", func(w *Writer) http.Handler { return w.Scope(blind(w.Handle(gone))) }, "gone: <nil>"},
		{"an error through an open wrapper", func(w *Writer) http.Handler { return w.Scope(open(w.Handle(gone))) }, "gone: <nil>"},
		{
			"two errors within a blind wrapper", func(w *Writer) http.Handler { return w.Scope(blind(w.Handle(twice(w)))) },
			"gone: <nil>|conflict: " + errcatalog.ErrSecond.Error(),
		},
		{
			"one error within a blind wrapper, one outside", func(w *Writer) http.Handler { return both(w, blind, w.Handle(gone)) },
			"gone: <nil>|conflict: " + errcatalog.ErrSecond.Error(),
		},
		{
			"one error within an open wrapper, one outside", func(w *Writer) http.Handler { return both(w, open, w.Handle(gone)) },
			"gone: <nil>|conflict: " + errcatalog.ErrSecond.Error(),
		},
		{"an answer within a blind wrapper, an error outside", func(w *Writer) http.Handler {
			return both(w, blind, w.Handle(func(rw http.ResponseWriter, _ *http.Request) error {
				rw.WriteHeader(204)
				return nil
			}))
		}, "conflict: " + errcatalog.ErrStarted.Error()},
		{
			"an error of a plain handler through an open wrapper", func(w *Writer) http.Handler { return both(w, open, w.Always(errcatalog.Gone)) },
			"gone: <nil>|conflict: " + errcatalog.ErrSecond.Error(),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := Writer{}
			reports := observe(&w)
			rec := serve(test.make(&w), get())
			var got []string
			for _, r := range *reports {
				got = append(got, fmt.Sprintf("%s: %v", r.err.Code(), r.problem))
			}
			if got := strings.Join(got, "|"); got != test.want {
				t.Errorf("it was told %s, want %s", got, test.want)
			}
			if strings.Count(rec.Body.String(), `"code"`) > 1 {
				t.Errorf("two errors were written: %s", rec.Body)
			}
		})
	}
}

func TestABlindWrapperKeepsTheRequestsID(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	rec := serve(withID("r1", w.Scope(blind(w.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone })))), get())
	wantHas(t, rec.Body.String(), `"request_id":"r1"`)
}

func TestWriteErrorInAPlainHandler(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	rec := serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.WriteError(rw, r, errcatalog.Gone)
	}), get())
	if rec.Code != 410 || !strings.Contains(rec.Body.String(), `"gone"`) {
		t.Errorf("it answers %d %s", rec.Code, rec.Body)
	}
}

// batch serves each of its sub-requests by h, under its own request's context, and
// answers with what came out.
func batch(h http.Handler, n int) func(http.ResponseWriter, *http.Request) error {
	return func(rw http.ResponseWriter, r *http.Request) error {
		var answers []string
		for i := range n {
			sub := httptest.NewRequestWithContext(r.Context(), http.MethodGet, fmt.Sprint("/", i), nil)
			rec := serve(h, sub)
			answers = append(answers, fmt.Sprint(rec.Code, " ", rec.Header().Get("X-Error-Code"), " ", rec.Body))
		}
		return errcatalog.WriteJSON(rw, 207, answers)
	}
}

func TestEverySubRequestOfABatchGetsItsOwnError(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	silence(w)
	kinds := []Kind{errcatalog.Gone, errcatalog.Gone, errcatalog.Conflict}
	pick := func(r *http.Request) Kind { return kinds[r.URL.Path[1]-'0'] }
	handled := w.Handle(func(_ http.ResponseWriter, r *http.Request) error { return pick(r) })
	for name, h := range map[string]http.Handler{
		"by Handle":       handled,
		"by a Scope":      w.Scope(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.WriteError(rw, r, pick(r)) })),
		"by plain calls":  http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.WriteError(rw, r, pick(r)) }),
		"by blind Handle": blind(handled),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := serve(withID("r1", w.Handle(batch(h, len(kinds)))), get())
			if rec.Code != 207 {
				t.Fatalf("the batch answers %d %s", rec.Code, rec.Body)
			}
			for _, k := range kinds {
				e := errcatalog.Standard.Resolve(k)
				wantHas(t, rec.Body.String(), fmt.Sprintf(`"%d %s {`, e.Status(), e.Code()), `\"request_id\":\"r1\"`)
			}
			if n := strings.Count(rec.Body.String(), "410 gone"); n != 2 {
				t.Errorf("%d of the two equal errors were written: %s", n, rec.Body)
			}
		})
	}
}

func TestAPartOfABatchThatStreamsGetsItsError(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	reports := observe(w)
	var part *httptest.ResponseRecorder
	serve(w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		rw.WriteHeader(207)
		part = serve(w.Always(errcatalog.Gone), httptest.NewRequestWithContext(r.Context(), http.MethodGet, "/", nil))
		return errcatalog.Conflict
	}), get())
	if part.Code != 410 || !strings.Contains(part.Body.String(), `"gone"`) {
		t.Errorf("the part got %d %s", part.Code, part.Body)
	}
	if got := *reports; got[0].problem != nil || got[1].problem != errcatalog.ErrStarted {
		t.Errorf("it was told %v", got)
	}
}

func TestAnErrorAfterABatchStartedIsNoSecondError(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	reports := observe(w)
	h := w.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone })
	serve(w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		_ = batch(h, 1)(rw, r)
		return errcatalog.Conflict
	}), get())
	if last := (*reports)[1]; last.problem != errcatalog.ErrStarted {
		t.Errorf("it was told %v", last.problem)
	}
}

func TestABatchThatSucceedsHasNoErrorCode(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	silence(w)
	h := w.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone })
	serve(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		st, rw, r := reqstate.Ensure(rw, r)
		w.Handle(batch(h, 2)).ServeHTTP(rw, r)
		if st.Failure() != (reqstate.Failure{}) {
			t.Errorf("the batch's state has %v", st.Failure())
		}
	}), get())
}

func TestSubRequestsOfABatchMayRunAtOnce(t *testing.T) {
	t.Parallel()
	w := &Writer{}
	h := w.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone })
	serve(w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if rec := serve(h, httptest.NewRequestWithContext(r.Context(), http.MethodGet, "/", nil)); rec.Code != 410 {
					t.Errorf("a sub-request got %d", rec.Code)
				}
			})
		}
		wg.Wait()
		return errcatalog.WriteJSON(rw, 207, "done")
	}), get())
}
