package upgrade_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/internal/testutil"
	suite "github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

func TestTheContractsOwnRepliesPass(t *testing.T) {
	t.Parallel()
	inner := &errcatalog.Writer{Catalog: onecli.Catalog, Report: new(reports).add}
	conflict := inner.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Conflict })
	for name, h := range map[string]http.Handler{
		"by Handle":                conflict,
		"by WriteError":            inner.Always(errcatalog.Conflict),
		"within a Scope":           inner.Scope(inner.Always(errcatalog.Conflict)),
		"within another upgrade":   upgrade.Replies{}.Handler(conflict),
		"through a compressor":     middleware.Compress(5)(conflict),
		"through a blind wrapper":  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { conflict.ServeHTTP(blind{w}, r) }),
		"copied by TimeoutHandler": http.TimeoutHandler(conflict, time.Hour, ""),
		"instead of a text": inner.Handle(func(w http.ResponseWriter, _ *http.Request) error {
			http.Error(w, "text", 500)
			return errcatalog.Conflict
		}),
		"and no second reply follows": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { conflict.ServeHTTP(w, r); http.Error(w, "text", 500) }),
		"and nothing follows": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conflict.ServeHTTP(w, r)
			_, _ = io.WriteString(w, `{"id": "ord_1"}`)
			_, _ = io.Copy(w, strings.NewReader("more"))
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func() (http.Handler, *reports) {
				got := new(reports)
				u := upgrade.Replies{
					OnError: (&errcatalog.Writer{Report: got.add}).WriteError,
					Report:  got.pass,
					Map:     func(_ *http.Request, e *upgrade.ReplyError) error { return fmt.Errorf("asked about %w", e) },
				}
				return u.Handler(h), got
			}, func(t *testing.T, s *httptest.Server, got *reports) {
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					want := inner.Reply(errcatalog.Conflict, errcatalog.Meta{})
					resp, body := testutil.Do(t, s.Client(), request(t, s, method, "/"))
					if method == http.MethodHead {
						want.Body = nil
					}
					if resp.StatusCode != 409 || body != string(want.Body) {
						t.Errorf("%s: got %d %s, want %s", method, resp.StatusCode, body, want.Body)
					}
				}
				got.none(t)
			})
		})
	}
}

// blind is a wrapper without Unwrap.
type blind struct{ http.ResponseWriter }

func TestAReplyCopiedByTimeoutHandlerIsTheRequestsFailure(t *testing.T) {
	t.Parallel()
	inner := &errcatalog.Writer{Report: new(reports).add}
	h, _ := upgraded(http.TimeoutHandler(inner.Always(errcatalog.Gone), time.Hour, "").ServeHTTP)
	st, w, r := reqstate.Ensure(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	h.ServeHTTP(w, r)
	if code, err := st.Failure(); code != "gone" || !errors.Is(err, errcatalog.Gone) {
		t.Errorf("the failure is %q, %v", code, err)
	}
}

func TestTheInnermostScopeAnswers(t *testing.T) {
	t.Parallel()
	text := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "text", 500) })
	quiet := new(reports)
	inner := &errcatalog.Writer{Catalog: onecli.Catalog, Report: quiet.add}
	outer := &errcatalog.Writer{Catalog: faos.Catalog, Report: quiet.add}
	m := http.NewServeMux()
	m.Handle("/inner", inner.Scope(text))
	m.Handle("/left", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.Scope(bareNothing).ServeHTTP(w, r)
		text(w, r)
	}))
	m.Handle("/timeout", inner.Scope(http.TimeoutHandler(text, time.Hour, "")))
	s := testutil.Serve(t, suite.Stack{Errors: outer}.Handler(upgrade.Replies{}.Handler(m)), false)
	for path, want := range map[string]string{
		"/inner":   `{"error":"Internal server error"}`,
		"/timeout": `{"error":"Internal server error"}`,
		"/left":    `"type":"server_error"`,
	} {
		if resp, body := testutil.Get(t, s, path); resp.StatusCode != 500 || !strings.Contains(body, want) {
			t.Errorf("%s: got %d %s, want %s in it", path, resp.StatusCode, body, want)
		}
	}
}

var bareNothing = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

func TestAPanicCountsMoreThanAHeldReply(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		got := new(reports)
		errs := &errcatalog.Writer{Report: got.add}
		s := testutil.Serve(t, suite.Stack{Errors: errs}.Handler(upgrade.Replies{}.Handler(http.HandlerFunc(
			func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "text", http.StatusConflict)
				panic("no such luck")
			}))), h2)
		resp, body := testutil.Get(t, s, "/")
		isContract(t, resp, body, 500)
		if e, problem := got.only(t); !errors.Is(e, errcatalog.Internal) || problem != nil {
			t.Errorf("reported %v, %v", e, problem)
		}
	})
}

func TestAnAbortIsOne(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		h, got := upgraded(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "text", http.StatusConflict)
			panic(http.ErrAbortHandler)
		})
		s := testutil.Serve(t, h, h2)
		if resp, err := s.Client().Get(s.URL); err == nil {
			resp.Body.Close()
			t.Errorf("got %s, want no response", resp.Status)
		}
		got.none(t)
	})
}

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
		{"nor all at once", 0, []int{64<<10 + 1}, 0, true},
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
			s := testutil.Serve(t, h, false)
			if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != max(status, 200) || body != "mine" {
				t.Errorf("got %d %q", resp.StatusCode, body)
			}
		})
	}
}

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

func TestHeadersAreThoseOfTheStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		body    string // of a typed reply, "" for one that is upgraded
		want    map[string]string
		trailer string
	}{
		{"upgraded", "", map[string]string{"X-Before": "1", "X-After": "", "Etag": "", "Last-Modified": "", "Content-Encoding": "", "Content-Disposition": "", "Accept-Ranges": "", "Content-Range": "", "Cache-Control": "no-store", "Set-Cookie": "a=b", "Retry-After": ""}, ""},
		{"as it is", "{}", map[string]string{"X-Before": "1", "X-After": "", "Etag": `"x"`, "Cache-Control": "max-age=60", "Retry-After": "soon"}, "end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
				maps.Copy(w.Header(), http.Header{
					"X-Before": {"1"}, "Etag": {`"x"`}, "Last-Modified": {"Sun, 22 Nov 2026 02:29:04 GMT"}, "Content-Encoding": {"identity"},
					"Content-Disposition": {"attachment"}, "Accept-Ranges": {"bytes"}, "Content-Range": {"bytes 0-1/2"},
					"Cache-Control": {"max-age=60"}, "Set-Cookie": {"a=b"}, "Trailer": {"X-Trailer"}, "Retry-After": {"soon"},
					http.TrailerPrefix + "X-Prefixed": {"end"},
				})
				if test.body != "" {
					w.Header().Set("Content-Type", "application/json")
				}
				w.WriteHeader(http.StatusConflict)
				w.WriteHeader(http.StatusOK) // too late
				w.WriteHeader(http.StatusEarlyHints)
				w.Header().Set("X-After", "1")
				w.Header().Set("Content-Type", "text/html")
				w.Header().Del("X-Before")
				_, _ = io.WriteString(w, test.body)
				w.Header().Set("X-Trailer", "end")
			})
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				resp, body := testutil.Get(t, testutil.Serve(t, h, h2), "/")
				if test.body == "" {
					isContract(t, resp, body, 409)
				} else if body != test.body || resp.Header.Get("Content-Type") != "application/json" {
					t.Errorf("got %v %s", resp.Header, body)
				}
				for name, value := range test.want {
					if got := resp.Header.Get(name); got != value {
						t.Errorf("got %s: %q, want %q", name, got, value)
					}
				}
				for _, name := range []string{"X-Trailer", "X-Prefixed"} {
					if got := resp.Trailer.Get(name); got != test.trailer {
						t.Errorf("got the trailer %s: %q, want %q", name, got, test.trailer)
					}
				}
			})
		})
	}
}

func TestInformationalStatusesGoOut(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</style.css>")
			w.WriteHeader(http.StatusEarlyHints)
			http.Error(w, "text", http.StatusConflict)
			w.WriteHeader(http.StatusEarlyHints)
		})
		s := testutil.Serve(t, h, h2)
		hints := 0
		r := request(t, s, http.MethodGet, "/")
		resp, body := testutil.Do(t, s.Client(), r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil },
		})))
		isContract(t, resp, body, 409)
		if hints != 1 {
			t.Errorf("got %d early hints, want 1", hints)
		}
	})
}

func TestAnInvalidStatusPanicsAsWithout(t *testing.T) {
	t.Parallel()
	for _, status := range []int{-1, 0, 99, 1000} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d does not panic", status)
				}
			}()
			h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		}()
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

func TestATooLargeBodyClosesTheConnection(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"answered with a text": func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 4)
			readAll(w, r)
		},
		"answered with JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, "{}")
		},
		"answered with a text, off": func(w http.ResponseWriter, _ *http.Request) {
			upgrade.Pass(w)
			http.Error(w, "text", http.StatusRequestEntityTooLarge)
		},
		"with a bare status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) },
		"by MaxBytesError": (&errcatalog.Writer{Report: new(reports).add}).Handle(func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4))
			return err
		}).ServeHTTP,
		"ignored": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(http.MaxBytesReader(reqstate.Innermost(w), r.Body, 4))
			_, _ = io.WriteString(w, "fine")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				handler, _ := upgraded(func(w http.ResponseWriter, r *http.Request) { h(open{w}, r) })
				s := testutil.Serve(t, handler, h2)
				r := request(t, s, http.MethodPost, "/")
				r.Body = io.NopCloser(strings.NewReader("too long"))
				resp, _ := testutil.Do(t, s.Client(), r)
				if resp.Close == h2 || name != "ignored" && resp.StatusCode != 413 {
					t.Errorf("got %d, closing: %v", resp.StatusCode, resp.Close)
				}
			})
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

func TestNothingReachesAnAnsweredReply(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "text", http.StatusConflict)
		w.(http.Flusher).Flush()
		w.Header().Set("X-Late", "1")
		w.Header().Set("X-Later", w.Header().Get("X-Late"))
		http.Error(w, "again", http.StatusGone)
		w.WriteHeader(http.StatusEarlyHints)
		w.(http.Flusher).Flush()
	})
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 409 || codeOf(w.Body.String()) != "conflict" || w.Header().Get("X-Late")+w.Header().Get("X-Later") != "" {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
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
