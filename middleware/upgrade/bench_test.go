package upgrade_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// A discard is a response writer that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

var body = []byte("{}")

// succeed answers as most requests are answered.
var succeed = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body)
})

var fail = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "no such order", http.StatusNotFound)
})

// inState returns a response and a request with a state, as within the suite.
func inState() (http.ResponseWriter, *http.Request) {
	_, w, r := reqstate.Ensure(&discard{http.Header{}}, httptest.NewRequest(http.MethodGet, "/", nil))
	return w, r
}

func TestASuccessCostsOneAllocation(t *testing.T) { // AllocsPerRun allows no t.Parallel.
	h := upgrade.Replies{}.Handler(succeed)
	w, r := inState()
	if n := testing.AllocsPerRun(1000, func() { h.ServeHTTP(w, r) }); n > 1 {
		t.Errorf("it makes %v allocations, want 1", n)
	}
}

func BenchmarkSuccess(b *testing.B) {
	for name, h := range map[string]http.Handler{
		"bare":     succeed,
		"upgraded": upgrade.Replies{}.Handler(succeed),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w, r := inState()
			for b.Loop() {
				h.ServeHTTP(w, r)
			}
		})
	}
}

func BenchmarkError(b *testing.B) {
	errs := &errcatalog.Writer{Report: quiet}
	for name, h := range map[string]http.Handler{
		"bare":     fail,
		"upgraded": upgrade.Replies{OnError: errs.WriteError}.Handler(fail),
		"contract": errs.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.NotFound }),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w, r := inState()
				h.ServeHTTP(w, r)
			}
		})
	}
}
