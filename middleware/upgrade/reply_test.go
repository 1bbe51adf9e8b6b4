package upgrade_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/middleware/upgrade"
)

func TestHeadersBecomeParams(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		want   string // the params
	}{
		{"none", 409, nil, "[]"},
		{"the methods", 405, http.Header{"Allow": {"PUT, GET,,", " GET"}}, "[allow=[GET HEAD PUT]]"},
		{"the methods with HEAD", 405, http.Header{"Allow": {"HEAD", "GET"}}, "[allow=[GET HEAD]]"},
		{"no methods", 405, http.Header{"Allow": {""}}, "[allow=[]]"},
		{"methods of another status", 404, http.Header{"Allow": {"GET"}}, "[]"},
		{"the wait", 503, http.Header{"Retry-After": {"90"}}, "[retry_after=1m30s]"},
		{"no wait", 503, http.Header{"Retry-After": {"0"}}, "[retry_after=0s]"},
		{"a wait for ever", 503, http.Header{"Retry-After": {"18446744073709551615"}}, "[retry_after=596523h14m7s]"},
		{"a negative wait", 503, http.Header{"Retry-After": {"-1"}}, "[]"},
		{"a wait in words", 503, http.Header{"Retry-After": {"soon"}}, "[]"},
		{"a date gone by", 503, http.Header{"Retry-After": {in(-time.Hour)}}, "[retry_after=0s]"},
		{"the challenges", 401, http.Header{"Www-Authenticate": {"Bearer", `Basic realm="a, b"`}}, `[challenge=[Bearer Basic realm="a, b"]]`},
		{"the types", 415, http.Header{"Accept": {"text/csv, text/plain;q=0.5"}}, "[accept=[text/csv text/plain;q=0.5]]"},
		{"the length", 416, http.Header{"Content-Range": {"bytes */47"}}, "[complete_length=47]"},
		{"the protocols", 426, http.Header{"Upgrade": {"websocket, h2c"}}, "[upgrade=[websocket h2c]]"},
		{"the length, by a name in lower case", 416, http.Header{"content-range": {"bytes */47"}}, "[complete_length=47]"},
		{"the types, by a name in lower case", 415, http.Header{"accept": {"text/csv"}}, "[accept=[text/csv]]"},
		{"no length", 416, http.Header{"Content-Range": {"bytes 0-1/2"}}, "[]"},
		{"a negative length", 416, http.Header{"Content-Range": {"bytes */-1"}}, "[]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, got := upgraded(func(w http.ResponseWriter, _ *http.Request) {
				maps.Copy(w.Header(), test.header)
				w.WriteHeader(test.status)
			})
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
			if e, _ := got.only(t); fmt.Sprint(e.Params()) != test.want {
				t.Errorf("got %v, want %s", e.Params(), test.want)
			}
		})
	}
	t.Run("a date to come", func(t *testing.T) {
		t.Parallel()
		w := httptest.NewRecorder()
		h, got := upgraded(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", in(time.Hour))
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		e, _ := got.only(t)
		if wait := e.Params()[0].Value.Duration(); wait > time.Hour || wait < 30*time.Minute {
			t.Errorf("got a wait of %v, and Retry-After: %s", wait, w.Header().Get("Retry-After"))
		}
	})
}

func TestAReplysText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		e    upgrade.ReplyError
		want string
		log  string
	}{
		{
			"a text",
			upgrade.ReplyError{Status: 404, Body: []byte("no\n\x1b[31m")},
			`upgrade: a handler answered 404 with "no\n\x1b[31m"`,
			`[status=404 text=upgrade: a handler answered 404 with "no\n\x1b[31m"]`,
		},
		{
			"a text that begins as zlib does",
			upgrade.ReplyError{Status: 400, Body: []byte("x^2 is no number")},
			`upgrade: a handler answered 400 with "x^2 is no number"`,
			`[status=400 text=upgrade: a handler answered 400 with "x^2 is no number"]`,
		},
		{
			"a typed one that passed",
			upgrade.ReplyError{Status: 500, Header: http.Header{"Content-Type": {"text/html"}}, Passed: upgrade.ErrTyped},
			`upgrade: a handler answered 500 with ""`,
			`[status=500 type=text/html text=upgrade: a handler answered 500 with "" passed=` + upgrade.ErrTyped.Error() + `]`,
		},
		{
			"a compressed one",
			upgrade.ReplyError{Status: 500, Header: http.Header{"Content-Encoding": {"gzip"}}, Body: []byte("\x1f\x8b")},
			`upgrade: a handler answered 500 with 2 bytes of "gzip"`,
			`[status=500 text=upgrade: a handler answered 500 with 2 bytes of "gzip"]`,
		},
		{
			"a long one",
			upgrade.ReplyError{Status: 500, Body: []byte(strings.Repeat("x", 2000))},
			`upgrade: a handler answered 500 with "` + strings.Repeat("x", 1024) + `" and 976 bytes more`, "",
		},
	} {
		if got := test.e.Error(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if got := test.e.LogValue().String(); test.log != "" && got != test.log {
			t.Errorf("%s: got %s, want %s", test.name, got, test.log)
		}
	}
}
