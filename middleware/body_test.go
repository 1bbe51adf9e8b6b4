package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// unwrapping is a wrapper of another's, with Unwrap.
type unwrapping struct{ http.ResponseWriter }

func (w unwrapping) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestMaxBodyRefusesLargerBodies(t *testing.T) {
	t.Parallel()
	reads := errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.ReadAll(r.Body); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
	ignores := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
	})
	body := func(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }
	chunked := func(n int) io.Reader { return struct{ io.Reader }{body(n)} }
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		for _, test := range []struct {
			name   string
			h      http.Handler
			body   io.Reader
			status int
			closed bool
		}{
			{"no body", reads, nil, 204, false},
			{"as large as it may be", reads, body(100), 204, false},
			{"as large as it may be, in chunks", reads, chunked(100), 204, false},
			{"one byte more", reads, body(101), 413, true},
			{"one byte more, unread", ok, body(101), 413, true},
			{"one byte more, in chunks", reads, chunked(101), 413, true},
			{"one byte more, in chunks, to a handler that ignores the error", ignores, chunked(101), 204, true},
		} {
			limited := middleware.MaxBody(errs.WriteError, 100)(test.h)
			s := testutil.Serve(t, middleware.Stack{Errors: errs}.Handler(http.HandlerFunc(
				func(w http.ResponseWriter, r *http.Request) { limited.ServeHTTP(unwrapping{w}, r) })), h2)
			r, err := http.NewRequest(http.MethodPost, s.URL, test.body)
			if err != nil {
				t.Fatal(err)
			}
			resp, text := testutil.Do(t, s.Client(), r)
			if resp.StatusCode != test.status || resp.Close != (test.closed && !h2) {
				t.Errorf("%s: got %d, closing %v", test.name, resp.StatusCode, resp.Close)
			}
			if test.status == 413 && !strings.Contains(text, `"max_bytes":100`) {
				t.Errorf("%s: got %s", test.name, text)
			}
		}
	})
}

func ExampleMaxBody() {
	h := middleware.MaxBody(errs.WriteError, 1<<20)(errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		_, err := io.ReadAll(r.Body)
		return err
	}))
	w := httptest.NewRecorder()
	large := struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 2<<20))} // of a length that nobody told
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", large))
	fmt.Println(w.Code, w.Header().Get("X-Error-Code"))
	fmt.Println(errcatalog.Standard.Resolve(&http.MaxBytesError{Limit: 1 << 20}).Message())
	// Output:
	// 413 payload_too_large
	// The request body is larger than 1048576 bytes.
}
