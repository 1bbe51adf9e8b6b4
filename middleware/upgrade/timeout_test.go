package upgrade_test

import (
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// TestAHandlerThatOutlivesItsDeadlineStaysInTheContract has handlers that answer, by
// themselves or by a Writer, at about the time when http.TimeoutHandler gives them up.
func TestAHandlerThatOutlivesItsDeadlineStaysInTheContract(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: quiet}
	late := func(h http.Handler) http.Handler {
		return http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			h.ServeHTTP(w, r)
		}), time.Millisecond, "")
	}
	mux := http.NewServeMux()
	mux.Handle("/returned", late(errs.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Unavailable })))
	mux.Handle("/written", late(errs.Always(errcatalog.Unavailable)))
	mux.Handle("/text", late(fail))
	mux.Handle("/panic", late(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("late") })))
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		s := testutil.Serve(t, middleware.Stack{Errors: errs}.Handler(upgrade.Replies{}.Handler(mux)), h2)
		var wg sync.WaitGroup
		for _, path := range []string{"/returned", "/written", "/text", "/panic"} {
			for range 5 {
				wg.Go(func() {
					for range 10 {
						resp, err := s.Client().Get(s.URL + path)
						if err != nil {
							t.Error(err)
							return
						}
						body, _ := io.ReadAll(resp.Body)
						resp.Body.Close()
						if code := codeOf(string(body)); code == "" || code != resp.Header.Get("X-Error-Code") {
							t.Errorf("%s: got %d %v %s", path, resp.StatusCode, resp.Header, body)
						}
					}
				})
			}
		}
		wg.Wait()
	})
}
