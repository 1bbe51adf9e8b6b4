package upgrade_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	_, _ = io.WriteString(packer, `{"text":"of an upstream"}`)
	_ = packer.Close()
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
		"instead of one that is said to be packed":          instead(conflict, "br", "text"),
		"instead of one that is said to be gzipped":         instead(conflict, "gzip", "text"),
		"instead of one that is gzipped":                    instead(conflict, "gzip", packed.String()),
		"instead of one that is gzipped, and cut":           instead(conflict, "gzip", packed.String()[:20]),
		"instead of one that is said to be in DEFLATE":      instead(conflict, "deflate", "text"),
		"instead of an empty one that is said to be packed": instead(conflict, "gzip", ""),
		"instead of one, and no second follows": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			instead(conflict, "gzip", "text").ServeHTTP(w, r)
			conflict.ServeHTTP(w, r)
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

// instead has next answer after the beginning of another error reply, as a proxy does
// that loses its upstream.
func instead(next http.Handler, coding, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", coding)
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, text)
		next.ServeHTTP(w, r)
	})
}

// blind is a wrapper without Unwrap.
type blind struct{ http.ResponseWriter }

func TestAReplyCopiedByTimeoutHandlerIsTheRequestsFailure(t *testing.T) {
	t.Parallel()
	inner := &errcatalog.Writer{Report: new(reports).add}
	h, _ := upgraded(http.TimeoutHandler(inner.Always(errcatalog.Gone), time.Hour, "").ServeHTTP)
	st, w, r := reqstate.Ensure(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	h.ServeHTTP(w, r)
	if f := st.Failure(); f.Code != "gone" || !errors.Is(f.Err, errcatalog.Gone) {
		t.Errorf("the failure is %v", f)
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

func TestNothingIsWrittenAfterTheHandlerEnded(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]func(http.ResponseWriter){
		"nothing":   func(http.ResponseWriter) {},
		"a success": func(w http.ResponseWriter) { _, _ = io.WriteString(w, "yes") },
		"an error":  func(w http.ResponseWriter) { http.Error(w, "no", http.StatusConflict) },
		"JSON":      func(w http.ResponseWriter) { w.Header().Set("Content-Type", "application/json"); w.WriteHeader(409) },
	} {
		var late http.ResponseWriter
		h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) { first(w); late = w })
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		status, body, header := rec.Code, rec.Body.String(), len(rec.Header())
		late.Header().Set("X-Late", "1")
		late.WriteHeader(http.StatusTeapot)
		_, _ = late.Write([]byte("late"))
		_, _ = io.Copy(late, strings.NewReader("late"))
		if _ = http.NewResponseController(late).Flush(); rec.Flushed {
			t.Errorf("%s: it is flushed", name)
		}
		if rec.Code != status || rec.Body.String() != body || len(rec.Header()) != header {
			t.Errorf("%s: got %d %v %q, want %d %q", name, rec.Code, rec.Header(), rec.Body, status, body)
		}
	}
}
