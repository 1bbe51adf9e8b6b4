package middleware_test

import (
	"net/http"
	"testing"

	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

func TestAnErrorShowsTheRequestsIDWhateverAHandlerDidToIt(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(http.Header){
		"changed":                      func(h http.Header) { h.Set("X-Request-Id", "other") },
		"added, as a proxy does":       func(h http.Header) { h.Add("X-Request-Id", "upstream") },
		"written over in place":        func(h http.Header) { h["X-Request-Id"][0] = "other" },
		"emptied in place":             func(h http.Header) { h["X-Request-Id"][0] = "" },
		"removed":                      func(h http.Header) { h.Del("X-Request-Id") },
		"removed with all the headers": func(h http.Header) { clear(h) },
		"set by another spelling":      func(h http.Header) { h["X-Request-ID"] = []string{"other"} },
	} {
		for which, h := range map[string]http.Handler{
			"text":    http.NotFoundHandler(),
			"a panic": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }),
		} {
			t.Run(name+" before "+which, func(t *testing.T) {
				t.Parallel()
				stack := middleware.Stack{Errors: errs, Logger: new(journal).logger()}
				s := testutil.Serve(t, stack.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					spoil(w.Header())
					h.ServeHTTP(w, r)
				})), false)
				r, _ := http.NewRequest(http.MethodGet, s.URL, nil)
				r.Header.Set("X-Request-Id", "mine")
				resp, _ := testutil.Do(t, s.Client(), r)
				if ids := resp.Header["X-Request-Id"]; len(ids) != 1 || ids[0] != "mine" {
					t.Errorf("got %d with the request IDs %q, want %q", resp.StatusCode, ids, "mine")
				}
			})
		}
	}
}
