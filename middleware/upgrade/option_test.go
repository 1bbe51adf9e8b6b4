package upgrade_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

func TestOffAndPass(t *testing.T) {
	t.Parallel()
	text := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "draining", http.StatusServiceUnavailable) })
	for name, h := range map[string]http.Handler{
		"off":                     upgrade.Off(text),
		"off within two upgrades": upgrade.Replies{}.Handler(upgrade.Off(text)),
		"off within a wrapper":    http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { upgrade.Off(text).ServeHTTP(open{w}, r) }),
		"passed before the reply": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { upgrade.Pass(w); text(w, r) }),
		"passed after the reply":  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { text(w, r); upgrade.Pass(w) }),
		"passed and flushed":      http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { text(w, r); upgrade.Pass(w); w.(http.Flusher).Flush() }),
		"passed, and then too long": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(503)
			upgrade.Pass(w)
			_, _ = w.Write([]byte("draining\n"))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := new(reports)
			u := upgrade.Replies{OnError: (&errcatalog.Writer{Report: got.add}).WriteError, Report: got.pass}
			if strings.HasSuffix(name, "too long") {
				u.Limit = 1
			}
			s := testutil.Serve(t, u.Handler(h), false)
			if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != 503 || body != "draining\n" {
				t.Errorf("got %d %q", resp.StatusCode, body)
			}
			got.none(t)
		})
	}
	t.Run("without an upgrade", func(t *testing.T) {
		t.Parallel()
		w := httptest.NewRecorder()
		if upgrade.Off(text).ServeHTTP(w, nil); w.Code != 503 || w.Body.String() != "draining\n" {
			t.Errorf("got %d %q", w.Code, w.Body)
		}
	})
}

// open is a wrapper with Unwrap.
type open struct{ http.ResponseWriter }

func (w open) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestMapNamesErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, contentType, body string
		mapped                  error
		status                  int // 0: sent as it is
	}{
		{"a kind for JSON", "application/json", "{}", errcatalog.Gone, 410},
		{"a kind for a text", "text/plain", "x", errcatalog.Gone, 410},
		{"a kind for nothing", "", "", errcatalog.Gone, 410},
		{"an error with a cause", "text/html", "x", errcatalog.Gone.Because(io.EOF), 410},
		{"an unknown error", "text/html", "x", io.EOF, 500},
		{"nil for JSON", "application/json", "{}", nil, 0},
		{"nil for a text", "", "x", nil, 409},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := new(reports)
			u := upgrade.Replies{
				OnError: (&errcatalog.Writer{Report: got.add}).WriteError,
				Report:  got.pass,
				Map: func(r *http.Request, e *upgrade.ReplyError) error {
					if e.Status != 409 || e.Header.Get("Content-Type") != test.contentType || string(e.Body) != test.body || r.URL.Path != "/x" {
						t.Errorf("asked about %v", e)
					}
					return test.mapped
				},
			}
			s := testutil.Serve(t, u.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				w.WriteHeader(http.StatusConflict)
				_, _ = io.WriteString(w, test.body)
			})), false)
			resp, body := testutil.Get(t, s, "/x")
			if test.status == 0 {
				if resp.StatusCode != 409 || body != test.body {
					t.Errorf("got %d %s", resp.StatusCode, body)
				}
				return
			}
			isContract(t, resp, body, test.status)
			e, _ := got.only(t)
			if string(causeOf(t, e).Body) != test.body || test.mapped != nil && !errors.Is(e, test.mapped) && test.mapped != errcatalog.Gone {
				t.Errorf("reported %v with %v", e, errors.Unwrap(e))
			}
		})
	}
}

func TestAnOnErrorThatWritesNothingLeavesTheReply(t *testing.T) {
	t.Parallel()
	got := new(reports)
	for name, report := range map[string]func(*http.Request, *upgrade.ReplyError){"reported": got.pass, "not reported": nil} {
		asked := 0
		w := httptest.NewRecorder()
		upgrade.Replies{OnError: func(http.ResponseWriter, *http.Request, error) { asked++ }, Report: report}.Handler(
			http.HandlerFunc(http.NotFound)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if w.Code != 404 || w.Body.String() != "404 page not found\n" || asked != 1 {
			t.Errorf("%s: got %d %s, asked %d times", name, w.Code, w.Body, asked)
		}
	}
	if e := got.onlyPassed(t); e.Passed != upgrade.ErrUnanswered {
		t.Errorf("reported %v", e.Passed)
	}
}

func TestAnOnErrorWithoutAStatusKeepsIt(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	upgrade.Replies{OnError: func(w http.ResponseWriter, _ *http.Request, _ error) {
		_, _ = io.WriteString(w, "mine")
	}}.Handler(http.HandlerFunc(http.NotFound)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 404 || w.Body.String() != "mine" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestAReplyThatIsOffIsNotHeldBack(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
		upgrade.Pass(w)
		http.Error(w, "text", http.StatusConflict)
		if rec.Code != 409 || rec.Body.String() != "text\n" {
			t.Errorf("%d %q arrived", rec.Code, rec.Body)
		}
	})
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
}
