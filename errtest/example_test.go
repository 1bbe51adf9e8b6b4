package errtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware"
)

// A printer stands for the *testing.T that a test has.
type printer struct{}

func (printer) Helper()                           {}
func (printer) Logf(string, ...any)               {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

var (
	t    printer
	errs = &errcatalog.Writer{Report: quiet}
)

// newServer returns the server under test, which has one order.
func newServer() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{id}", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if r.PathValue("id") != "ord_1" {
			return errcatalog.NotFound
		}
		return errcatalog.WriteJSON(w, http.StatusOK, "a pound of tea")
	}))
	mux.Handle("/", errs.Always(errcatalog.RouteNotFound))
	return middleware.Stack{Errors: errs}.Handler(mux)
}

func ExampleRun() {
	errtest.Run(t, newServer(), errcatalog.Standard,
		errtest.Probe{Name: "an order that is not there", Target: "/orders/ord_7", Want: errcatalog.NotFound},
		errtest.Probe{Name: "an order that was sold", Target: "/orders/ord_0", Want: errcatalog.Gone, Header: http.Header{"X-Request-Id": {"req_42"}}},
	)
	// Output:
	// errtest: an order that was sold, HTTP/1.1: sent GET /orders/ord_0, got 404 {"error":{"code":"not_found","message":"The resource does not exist.","request_id":"req_42"}}: want: the code is to be "gone", not "not_found"
}

func ExampleSuite() {
	errtest.Suite{
		Catalog: errcatalog.Standard,
		Routes:  []string{"GET /orders/ord_1"},
		Header:  http.Header{"Authorization": {"Bearer the-tests-key"}},
		// What the failing parts of the server say of themselves.
		Canaries: []string{"pq: password authentication failed"},
		Skip:     map[string]string{"unknown route by TRACE": "the proxy before the server refuses it"},
	}.Run(t, newServer())
	// Output:
}

func ExampleCoverage() {
	coverage := errtest.NewCoverage(errcatalog.Standard)
	h := coverage.Handler(newServer())

	// The tests, which know nothing of it:
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/orders/ord_7", nil))

	except := map[errcatalog.Code]string{}
	for _, code := range coverage.Summary().Unseen {
		except[code] = "the example has only one test"
	}
	delete(except, "route_not_found")
	coverage.Check(t, except)
	// Output:
	// errtest: no test saw the code "route_not_found"; test it, take it out of the catalogue unless it is inherited, or except it with the reason
}

func ExampleCoverage_Report() {
	coverage := errtest.NewCoverage(errcatalog.Standard)
	errs := &errcatalog.Writer{Report: coverage.Report}
	h := errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return fmt.Errorf("read the order: %w", http.ErrBodyReadAfterClose)
	})
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	for problem, n := range coverage.Summary().Problems {
		fmt.Println(n, problem)
	}
	// Output: 1 (no route): internal_error: errcatalog: no rule recognizes this error
}
