package upgrade_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

func TestARepliesLimit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		limit  int
		writes []int
		held   int
		passes bool
	}{
		{"64 KiB are held by default", 0, []int{64 << 10}, 0, false},
		{"and one byte more is not", 0, []int{64 << 10, 1}, 64 << 10, true},
		{"nor all at once", 0, []int{64<<10 + 1}, 64 << 10, true},
		{"a limit of one's own", 10, []int{4, 6}, 0, false},
		{"and more", 10, []int{4, 6, 1, 5000, 1}, 10, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for name, write := range map[string]func(http.ResponseWriter, string) (int, error){
				"Write":       func(w http.ResponseWriter, s string) (int, error) { return w.Write([]byte(s)) },
				"WriteString": func(w http.ResponseWriter, s string) (int, error) { return io.WriteString(w, s) },
				"Copy": func(w http.ResponseWriter, s string) (int, error) {
					n, err := io.Copy(w, struct{ io.Reader }{strings.NewReader(s)})
					return int(n), err
				},
			} {
				got := new(reports)
				u := upgrade.Replies{OnError: (&errcatalog.Writer{Report: got.add}).WriteError, Report: got.pass, Limit: test.limit}
				total := 0
				s := testutil.Serve(t, u.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusTeapot)
					for _, n := range test.writes {
						total += n
						if wrote, err := write(w, strings.Repeat("x", n)); wrote != n || err != nil {
							t.Errorf("%s returns %d, %v", name, wrote, err)
						}
					}
				})), false)
				resp, body := testutil.Get(t, s, "/")
				if !test.passes {
					isContract(t, resp, body, 418)
					continue
				}
				if resp.StatusCode != 418 || body != strings.Repeat("x", total) {
					t.Errorf("%s: got %d with %d bytes, want all %d", name, resp.StatusCode, len(body), total)
				}
				if e := got.onlyPassed(t); e.Passed != upgrade.ErrTooLong || name != "Copy" && len(e.Body) != test.held {
					t.Errorf("%s: reported %d bytes, %v", name, len(e.Body), e.Passed)
				}
			}
		})
	}
}

func TestAFlushEndsAnErrorReply(t *testing.T) {
	t.Parallel()
	sent := make(chan bool)
	for _, test := range []struct{ name, contentType, before, body string }{
		{"a text", "text/plain", "text", ""},
		{"a bare status", "", "", ""},
		{"one of net/http's pages over a type", "application/json", "404 page not found\n", ""},
		{"a stream", "text/event-stream", "data: 1\n\n", "data: 1\n\ndata: 2\n\n"},
		{"a stream without a beginning", "text/event-stream", "", "data: 2\n\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func() (http.Handler, *reports) {
				return upgraded(func(w http.ResponseWriter, r *http.Request) {
					if test.contentType != "" {
						w.Header().Set("Content-Type", test.contentType)
					}
					w.WriteHeader(http.StatusConflict)
					_, _ = io.WriteString(w, test.before)
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Error(err)
					}
					<-sent // once the client has the header
					w.Header().Set("X-Late", "late")
					if n, err := io.WriteString(w, "data: 2\n\n"); n != 9 || err != nil {
						t.Errorf("a write after the flush returns %d, %v", n, err)
					}
					w.(http.Flusher).Flush()
				})
			}, func(t *testing.T, s *httptest.Server, got *reports) {
				resp, err := s.Client().Get(s.URL)
				if err != nil {
					t.Fatal(err)
				}
				sent <- true
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				if test.body == "" {
					isContract(t, resp, string(body), 409)
					if e, _ := got.only(t); string(causeOf(t, e).Body) != test.before {
						t.Errorf("reported %v", causeOf(t, e))
					}
					return
				}
				if resp.StatusCode != 409 || string(body) != test.body || resp.Header.Get("Content-Type") != test.contentType {
					t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
				}
				s.Close() // so that the handler has ended
				if e := got.onlyPassed(t); e.Passed != upgrade.ErrStreamed || string(e.Body) != test.before {
					t.Errorf("reported %v, %v", e, e.Passed)
				}
			})
		})
	}
}

func TestAHijackTakesTheConnection(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"at once": 0, "after an error status": 404} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
				if status != 0 {
					w.Header().Set("Content-Length", "4")
					w.WriteHeader(status)
				}
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				if status == 0 {
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
				}
				_, _ = io.WriteString(conn, "mine")
			})
			for _, h := range []http.Handler{h, middleware.Timeout(nil, time.Minute)(h)} {
				s := testutil.Serve(t, h, false)
				if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != max(status, 200) || body != "mine" {
					t.Errorf("got %d %q", resp.StatusCode, body)
				}
			}
		})
	}
}

// An asking writer has a Hijack in any case.
type asking struct{ http.ResponseWriter }

func (w asking) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w asking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

func hijacking(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(asking{w}, r) })
}

func TestAHijackThatFailsLeavesTheReplyToBeUpgraded(t *testing.T) {
	t.Parallel()
	fails := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(426)
		if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("the connection is taken: %v", err)
		}
		_, _ = io.WriteString(w, "secret")
	})
	up := upgrade.Replies{OnError: new(errcatalog.Writer).WriteError}.Handler
	without := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
		})
	}
	for name, test := range map[string]struct {
		h     http.Handler
		http2 bool
	}{
		"HTTP/2":                           {up(fails), true},
		"a writer without Hijack":          {without(up(fails)), false},
		"one around a Timeout":             {without(middleware.Timeout(nil, time.Minute)(up(fails))), false},
		"HTTP/2 and an upgrade around one": {up(up(fails)), true},
		"HTTP/2 and a wrapper that asks":   {hijacking(up(fails)), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, body := testutil.Get(t, testutil.Serve(t, test.h, test.http2), "/")
			isContract(t, resp, body, 426)
		})
	}
}

// A readerFrom remembers what it reads from.
type readerFrom struct {
	*httptest.ResponseRecorder
	sources []io.Reader
}

func (w *readerFrom) ReadFrom(src io.Reader) (int64, error) {
	w.sources = append(w.sources, src)
	return io.Copy(w.Body, src)
}

func TestAFileIsHandedOn(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, bytes.Repeat([]byte("x"), 4000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{0, 200, 206} {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		under := &readerFrom{ResponseRecorder: httptest.NewRecorder()}
		h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
			if status != 0 {
				w.WriteHeader(status)
			}
			if n, err := io.Copy(w, struct{ io.Reader }{file}); n != 4000 || err != nil {
				t.Errorf("%d: it copies %d, %v", status, n, err)
			}
		})
		h.ServeHTTP(under, httptest.NewRequest(http.MethodGet, "/", nil))
		if len(under.sources) != 1 || under.Body.Len() != 4000 {
			t.Errorf("%d: %d bytes arrived, read from %T", status, under.Body.Len(), under.sources)
		}
	}
}

func TestAnErrorAfterAnEmptySourceIsUpgraded(t *testing.T) {
	t.Parallel()
	h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.Copy(w, struct{ io.Reader }{strings.NewReader("")})
		http.Error(w, "text", http.StatusConflict)
	})
	resp, body := testutil.Get(t, testutil.Serve(t, h, false), "/")
	isContract(t, resp, body, 409)
}

func TestDeadlinesReachTheConnection(t *testing.T) {
	t.Parallel()
	h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{}), c.EnableFullDuplex()); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, "ok")
	})
	if _, body := testutil.Get(t, testutil.Serve(t, h, false), "/"); body != "ok" {
		t.Errorf("got %q", body)
	}
}

func TestAFlushWhereNoneCanStartsNothing(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("it returns %v", err)
		}
		http.Error(w, "text", http.StatusConflict)
	})
	h.ServeHTTP(blind{rec}, httptest.NewRequest(http.MethodGet, "/", nil))
	if rec.Code != 409 || codeOf(rec.Body.String()) != "conflict" {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
}
