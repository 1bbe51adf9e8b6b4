package middleware_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/contrite-go/contrite/middleware"
)

// FuzzAHandlerInTime has a handler do what the bytes say: with a Timeout that it does
// not reach, the response must be the same as without.
func FuzzAHandlerInTime(f *testing.F) {
	for _, ops := range []string{"", "s", "w", "sw", "hwh", "fw", "wfw", "L", "wLw", "LhL", "c", "C", "wC", "ssww", "ish", "hfhw", "tLt"} {
		f.Add([]byte(ops))
	}
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 20 {
			return
		}
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { act(w, ops) })
		want := outcome(ask(h, http.MethodGet, "/"))
		got := outcome(ask(middleware.Timeout(errs.WriteError, time.Hour)(h), http.MethodGet, "/"))
		if got != want {
			t.Errorf("%q: got  %s\nwant %s", ops, got, want)
		}
	})
}

// act writes to w as the bytes say.
func act(w http.ResponseWriter, ops []byte) {
	for i, op := range ops {
		switch op {
		case 's':
			w.WriteHeader(http.StatusAccepted + i)
		case 'i':
			w.WriteHeader(http.StatusEarlyHints)
		case 'h':
			w.Header().Add("X-Test", fmt.Sprint(i))
		case 't':
			w.Header().Set(http.TrailerPrefix+"T", fmt.Sprint(i))
		case 'd':
			w.Header().Del("X-Test")
		case 'w':
			_, _ = fmt.Fprint(w, i)
		case 'L':
			_, _ = w.Write(bytes.Repeat([]byte{'l'}, 3000))
		case 'c', 'C':
			_, _ = io.Copy(w, bytes.NewReader(bytes.Repeat([]byte{op}, 4096+int(op-'C'))))
		case 'f':
			_ = http.NewResponseController(w).Flush()
		}
	}
}

// outcome is a response as text.
func outcome(w *httptest.ResponseRecorder) string {
	res := w.Result()
	return fmt.Sprint(w.Code, res.Header, res.Trailer, w.Flushed, w.Body.Len(), w.Body)
}
