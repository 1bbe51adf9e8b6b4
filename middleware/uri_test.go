package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

func TestMaxURIRefusesLongerTargets(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		s := testutil.Serve(t, middleware.MaxURI(errs.WriteError, 100)(ok), h2)
		for _, test := range []struct {
			name, target string
			status       int
		}{
			{"as long as it may be", "/" + strings.Repeat("a", 99), 204},
			{"a path one longer", "/" + strings.Repeat("a", 100), 414},
			{"a query one longer", "/?" + strings.Repeat("a", 99), 414},
			{"an escaped path one longer", "/" + strings.Repeat("%61", 33) + "aa", 414},
		} {
			if resp, _ := testutil.Get(t, s, test.target); resp.StatusCode != test.status {
				t.Errorf("%s: got %d, want %d", test.name, resp.StatusCode, test.status)
			}
		}
	})
}

func TestMaxURIMeasuresARequestThatNoServerRead(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest(http.MethodGet, "http://api.test/"+strings.Repeat("a", 100), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	middleware.MaxURI(errs.WriteError, 100)(ok).ServeHTTP(w, r)
	if w.Code != 414 {
		t.Errorf("got %d, want 414", w.Code)
	}
}

func ExampleMaxURI() {
	h := middleware.MaxURI(errs.WriteError, 8000)(http.NotFoundHandler())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?q="+strings.Repeat("x", 8000), nil))
	fmt.Println(w.Code, w.Body)
	// Output: 414 {"error":{"code":"uri_too_long","message":"The request target is too long."}}
}
