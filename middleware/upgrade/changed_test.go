package upgrade_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/requestid"
)

// A through is a response writer that writes through another one, and has an Unwrap.
type through struct {
	http.ResponseWriter
	to io.Writer
}

func (w through) Write(p []byte) (int, error) { return w.to.Write(p) }

func (w through) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// pieces writes what it gets in pieces.
type pieces struct{ to io.Writer }

func (w pieces) Write(p []byte) (n int, err error) {
	for piece := range slices.Chunk(p, 50) {
		m, err := w.to.Write(piece)
		if n += m; err != nil {
			return n, err
		}
	}
	return n, nil
}

// A noting writer keeps the body and the first status back.
type noting struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *noting) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}
func (w *noting) Write(p []byte) (int, error) { return w.body.Write(p) }
func (w *noting) Flush()                      {}
func (w *noting) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// A charset writer names one.
type charset struct{ http.ResponseWriter }

func (w charset) WriteHeader(status int) {
	w.Header().Set("Content-Type", w.Header().Get("Content-Type")+"; charset=utf-8")
	w.ResponseWriter.WriteHeader(status)
}
func (w charset) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// changing are wrappers that change what a handler writes.
var changing = map[string]func(http.Handler) http.Handler{
	"gzip by hand": coded("gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }),
	"zlib by hand": coded("deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }),
	"chi's gzip":   chimiddleware.Compress(5),
	"chi's DEFLATE": func(next http.Handler) http.Handler {
		next = chimiddleware.Compress(5)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Accept-Encoding", "deflate")
			next.ServeHTTP(w, r)
		})
	},
	"a buffer": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var body bytes.Buffer
			next.ServeHTTP(through{w, &body}, r)
			_, _ = w.Write(body.Bytes())
		})
	},
	"a buffer that is sent in any case": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n := &noting{ResponseWriter: w}
			defer func() {
				w.WriteHeader(max(n.status, 200))
				_, _ = w.Write(n.body.Bytes())
			}()
			next.ServeHTTP(n, r)
		})
	},
	"a charset": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(charset{w}, r) })
	},
	"gzip by hand around another upgrade, and chi's": func(next http.Handler) http.Handler {
		return coded("gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })(
			upgrade.Replies{}.Handler(chimiddleware.Compress(5)(next)))
	},
	"pieces": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(through{w, pieces{w}}, r) })
	},
	"none": func(next http.Handler) http.Handler { return next },
}

// coded packs what a handler writes, as it is often done by hand.
func coded(coding string, packer func(io.Writer) io.WriteCloser) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			p := packer(w)
			defer p.Close()
			next.ServeHTTP(through{w, p}, r)
		})
	}
}

const secret = "pq: no rows"

// failing are handlers whose first contract error is Gone.
func failing(errs *errcatalog.Writer) map[string]http.HandlerFunc {
	gone := func(w http.ResponseWriter, r *http.Request) { errs.WriteError(w, r, errcatalog.Gone) }
	tell := func(w http.ResponseWriter, n int) { _, _ = io.WriteString(w, strings.Repeat(secret, n)) }
	return map[string]http.HandlerFunc{
		"an error": gone,
		"an error, and a text": func(w http.ResponseWriter, r *http.Request) {
			gone(w, r)
			tell(w, 1)
		},
		"an error, and a long text": func(w http.ResponseWriter, r *http.Request) {
			gone(w, r)
			tell(w, 10_000)
		},
		"an error after a text": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, secret, 500)
			gone(w, r)
		},
		"an error between texts": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, secret, 500)
			gone(w, r)
			tell(w, 1)
		},
		"two errors, and a text": func(w http.ResponseWriter, r *http.Request) {
			gone(w, r)
			errs.WriteError(w, r, errcatalog.Conflict)
			tell(w, 1)
		},
		"an error after JSON of its length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(500)
			rec := httptest.NewRecorder()
			requestid.Handler(errs.Always(errcatalog.Gone)).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
			_, _ = io.WriteString(w, `"`+strings.Repeat("x", rec.Body.Len()-2)+`"`)
			gone(w, r)
		},
		"an error after a line of JSON": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, `{"x":"`+secret+`"}`, http.StatusGone)
			gone(w, r)
		},
		"an error after typed JSON": func(w http.ResponseWriter, r *http.Request) {
			typed(http.StatusGone, `{"x":"`+secret+`"}`+"\n")(w, r)
			gone(w, r)
		},
		"an error, and a line of JSON": func(w http.ResponseWriter, r *http.Request) {
			gone(w, r)
			_, _ = io.WriteString(w, "\n"+`{"x":"`+secret+`"}`+"\n")
		},
		"an error within JSON that has no end": func(w http.ResponseWriter, r *http.Request) {
			typed(http.StatusGone, `{"x":["`+secret+`",`)(w, r)
			gone(w, r)
		},
		"an error that is flushed": func(w http.ResponseWriter, r *http.Request) {
			gone(w, r)
			_ = http.NewResponseController(w).Flush()
			tell(w, 1)
		},
		"an error, and other headers": func(w http.ResponseWriter, r *http.Request) {
			gone(w, r)
			w.Header().Set("ETag", "x")
			w.Header().Del(requestid.Header)
			w.WriteHeader(http.StatusGone)
		},
		"an error after JSON, through a wrapper that sends the first status": func(w http.ResponseWriter, r *http.Request) {
			ww := chimiddleware.NewWrapResponseWriter(w, 1)
			ww.Header().Set("Content-Type", "application/json")
			ww.WriteHeader(500)
			_, _ = io.WriteString(ww, `{"x":"`+secret+`"}`)
			gone(ww, r)
		},
		"an error that went nowhere": func(w http.ResponseWriter, r *http.Request) {
			ww := chimiddleware.NewWrapResponseWriter(w, 1)
			ww.Discard()
			gone(ww, r)
			http.Error(w, secret, http.StatusGone)
		},
	}
}

func TestAContractReplyThatAWrapperChangesGoesOutAsItWasWritten(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: func(_ context.Context, _ *errcatalog.Error, _ error) {}}
	for wrapper, wrap := range changing {
		for name, h := range failing(errs) {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				t.Run(wrapper+", "+name+", "+method, func(t *testing.T) {
					t.Parallel()
					isGone(t, method, upgrade.Replies{OnError: errs.WriteError}.Handler(wrap(h)))
				})
			}
		}
	}
}

// isGone asks h, which is to answer Gone in the contract.
func isGone(t *testing.T, method string, h http.Handler) {
	t.Helper()
	s := testutil.Serve(t, requestid.Handler(h), false)
	r, _ := http.NewRequest(method, s.URL, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusGone {
		t.Errorf("got %d and %v", resp.StatusCode, err)
	}
	if resp.Header.Get("ETag") != "" {
		t.Error("a header of the handler's is shown")
	}
	for _, fault := range errtest.Check(nil, resp, body, secret) {
		t.Errorf("%v in %q", fault, body)
	}
}

// A hidden writer has no Unwrap.
type hidden struct{ http.ResponseWriter }

func (w hidden) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// hiding are wrappers through which a Writer can't tell the upgrade what it wrote.
var hiding = map[string]func(next http.Handler) http.Handler{
	"a Timeout": middleware.Timeout(new(errcatalog.Writer).WriteError, time.Minute),
	"two Timeouts": func(next http.Handler) http.Handler {
		limit := middleware.Timeout(new(errcatalog.Writer).WriteError, time.Minute)
		return limit(limit(next))
	},
	"a Timeout around an upgrade": func(next http.Handler) http.Handler {
		return middleware.Timeout(new(errcatalog.Writer).WriteError, time.Minute)(upgrade.Replies{}.Handler(next))
	},
	"an http.TimeoutHandler": func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Minute, "") },
	"no Unwrap": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(hidden{w}, r) })
	},
	"a recorder": func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			maps.Copy(w.Header(), rec.Header())
			w.WriteHeader(rec.Code)
			_, _ = rec.Body.WriteTo(w)
		})
	},
}

func TestAContractReplyThroughAWrapperWithoutUnwrapGoesOutAsItWasWritten(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: func(_ context.Context, _ *errcatalog.Error, _ error) {}}
	all := failing(errs)
	for outer, hide := range hiding {
		for inner, wrap := range changing {
			for name := range all {
				if starts(name) && strings.Contains(outer, " Timeout") {
					continue // in which a response has started with what came before the error
				}
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					t.Run(outer+", "+inner+", "+name+", "+method, func(t *testing.T) {
						t.Parallel()
						isGone(t, method, upgrade.Replies{OnError: errs.WriteError}.Handler(hide(wrap(all[name]))))
					})
					t.Run(inner+", "+outer+", "+name+", "+method, func(t *testing.T) {
						t.Parallel()
						isGone(t, method, upgrade.Replies{OnError: errs.WriteError}.Handler(wrap(hide(all[name]))))
					})
				}
			}
		}
	}
}

// starts reports whether a handler writes something else before the error.
func starts(name string) bool {
	return strings.Contains(name, "after") || strings.Contains(name, "between") || strings.Contains(name, "within")
}

// A batch that answers with the status of one of its parts, in a type of its own or in JSON.
func TestABatchIsNoneOfItsParts(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{}
	for name, test := range map[string]struct {
		status                        int
		media, before, between, after string
		merges                        bool // the headers of its parts
	}{
		"JSON lines":                          {410, "application/x-ndjson", "", "\n", "\n", false},
		"JSON lines that are said to be JSON": {424, "application/json", "", "\n", "\n", false},
		"an array":                            {410, "application/json", "[", ",", "]", false},
		"an array in pieces":                  {410, "application/json", "[", ",", strings.Repeat(" ", 70_000) + "]", false},
		"JSON lines with its parts' headers":  {424, "application/x-ndjson", "", "\n", "\n", true},
		"an array with its parts' headers":    {424, "application/json", "[", ",", "]", true},
	} {
		var reported []error
		h := upgrade.Replies{Report: func(_ *http.Request, e *upgrade.ReplyError) { reported = append(reported, e.Passed) }}.Handler(
			secured(func(w http.ResponseWriter, r *http.Request) {
				first, second := httptest.NewRecorder(), httptest.NewRecorder()
				errs.WriteError(first, r, errcatalog.Gone)
				errs.WriteError(second, r, errcatalog.Conflict)
				if test.merges {
					maps.Copy(w.Header(), first.Header())
				}
				w.Header().Set("Content-Type", test.media)
				w.WriteHeader(test.status)
				for _, part := range []string{test.before, first.Body.String(), test.between, second.Body.String(), test.after} {
					_, _ = io.WriteString(w, part)
				}
			}))
		w := httptest.NewRecorder()
		requestid.Handler(h).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		got := w.Body.String()
		if w.Code != test.status || !strings.Contains(got, "gone") || !strings.Contains(got, "conflict") || !strings.HasSuffix(got, test.after) {
			t.Errorf("%s: got %d %.300s", name, w.Code, got)
		}
		if len(reported) != 1 {
			t.Errorf("%s: reported %v", name, reported)
		}
	}
}

func TestAUsersReplyInPiecesIsWhole(t *testing.T) {
	t.Parallel()
	own := func(w http.ResponseWriter, _ *http.Request, _ error) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write(nil)
		_, _ = io.WriteString(w, "mi")
		_, _ = io.WriteString(w, "ne")
	}
	h := upgrade.Replies{OnError: own}.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, 500) }))
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil)); w.Code != http.StatusTeapot || w.Body.String() != "mine" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

func TestAContractReplyIsFlushedBeforeTheHandlerEnds(t *testing.T) {
	t.Parallel()
	for wrapper, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"none":  func(w http.ResponseWriter) http.ResponseWriter { return w },
		"chi's": func(w http.ResponseWriter) http.ResponseWriter { return chimiddleware.NewWrapResponseWriter(w, 1) },
	} {
		t.Run(wrapper, func(t *testing.T) {
			t.Parallel()
			seen := make(chan struct{})
			errs := new(errcatalog.Writer)
			s := testutil.Serve(t, upgrade.Replies{}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w = wrap(w)
				errs.WriteError(w, r, errcatalog.Gone)
				_ = http.NewResponseController(w).Flush()
				<-seen
			})), false)
			resp, err := s.Client().Get(s.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body := make([]byte, 7)
			if _, err := io.ReadFull(resp.Body, body); err != nil || resp.StatusCode != http.StatusGone {
				t.Errorf("got %d %q, %v", resp.StatusCode, body, err)
			}
			close(seen)
		})
	}
}

// A wrapper may send the status that came first, and what came after it.
func TestAContractReplyCountsMoreThanAStatusThatWasNotedBefore(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{}
	all := failing(errs)
	for _, name := range []string{"an error", "an error, and a text", "an error after a text", "an error between texts"} {
		h := upgrade.Replies{}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b := &noting{ResponseWriter: w}
			all[name](b, r)
			w.WriteHeader(b.status)
			_, _ = w.Write(b.body.Bytes())
		}))
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		requestid.Handler(h).ServeHTTP(w, r)
		resp := w.Result()
		resp.Request = r
		if resp.StatusCode != http.StatusGone {
			t.Errorf("%s: got %d", name, resp.StatusCode)
		}
		for _, fault := range errtest.Check(nil, resp, w.Body.Bytes(), secret) {
			t.Errorf("%s: %v in %q", name, fault, w.Body)
		}
	}
}

func TestAContractReplyThroughTwoWrappersWithoutUnwrapGoesOutAsItWasWritten(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: func(_ context.Context, _ *errcatalog.Error, _ error) {}}
	all := failing(errs)
	for outer, hide := range hiding {
		for inner, hideToo := range hiding {
			for _, name := range []string{"an error", "an error, and a text", "an error, and a long text", "two errors, and a text"} {
				t.Run(outer+", "+inner+", "+name, func(t *testing.T) {
					t.Parallel()
					isGone(t, http.MethodGet, upgrade.Replies{OnError: errs.WriteError}.Handler(hide(hideToo(all[name]))))
				})
			}
		}
	}
}

// An error that was answered counts more than the panic after it, through wrappers too.
func TestAPanicAfterAnErrorAbortsItsReplyThroughWrappers(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: func(_ context.Context, _ *errcatalog.Error, _ error) {}}
	for wrapper, wrap := range changing {
		t.Run(wrapper, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			served := make(chan struct{})
			h := middleware.Stack{Errors: errs, Logger: slog.New(slog.NewJSONHandler(&log, nil))}.Handler(
				wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					errs.WriteError(w, r, errcatalog.RateLimited.With(slog.Duration("retry_after", time.Second)))
					panic(secret)
				})))
			s := testutil.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(served)
				h.ServeHTTP(w, r)
			}), false)
			if resp, err := s.Client().Post(s.URL, "", nil); err == nil {
				resp.Body.Close()
				t.Errorf("got %d, want none", resp.StatusCode)
			}
			<-served
			if !strings.Contains(log.String(), `"status":429,`) || !strings.Contains(log.String(), `"code":"rate_limited","`) {
				t.Errorf("the log has %s", log.String())
			}
		})
	}
}
