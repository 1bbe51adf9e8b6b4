package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

const canary = "canary-9f8e7d"

// reports collects what a Writer reports.
type reports struct {
	mu   sync.Mutex
	errs []*errcatalog.Error
	why  []error
}

func (r *reports) add(_ context.Context, e *errcatalog.Error, problem error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs, r.why = append(r.errs, e), append(r.why, problem)
}

func (r *reports) only(t *testing.T) (*errcatalog.Error, error) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) != 1 {
		t.Fatalf("got %d reports, want 1", len(r.errs))
	}
	return r.errs[0], r.why[0]
}

func TestAPanicBecomesInternal(t *testing.T) {
	t.Parallel()
	values := map[string]any{
		"a string":                canary,
		"an error":                errors.New(canary),
		"a contract error":        errcatalog.NotFound.Because(errors.New(canary)),
		"a value without String":  []string{canary},
		"a String that panics":    stringer{},
		"a wrapped abort":         fmt.Errorf("%s: %w", canary, http.ErrAbortHandler),
		"nil":                     nil,
		"a runtime error's index": 7,
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got reports
			s := testutil.Serve(t, middleware.Stack{Errors: &errcatalog.Writer{Report: got.add}}.Handler(
				http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) })), false)
			resp, body := testutil.Get(t, s, "/")
			if resp.StatusCode != 500 || resp.Header.Get("X-Error-Code") != "internal_error" {
				t.Errorf("got %d %q, want the 500 of the catalogue", resp.StatusCode, resp.Header.Get("X-Error-Code"))
			}
			if id := resp.Header.Get("X-Request-Id"); id == "" || !strings.Contains(body, id) {
				t.Errorf("the request ID %q is not in the body %s", id, body)
			}
			if leaked := fmt.Sprint(resp.Header, body); strings.Contains(leaked, canary) {
				t.Errorf("the reply shows the panic: %s", leaked)
			}
			e, problem := got.only(t)
			var p *middleware.PanicError
			if !errors.As(e, &p) || problem != nil {
				t.Fatalf("reported %v (%v), want a PanicError as the cause", e, problem)
			}
			if !strings.Contains(p.Stack(), "recover_test.go") {
				t.Errorf("the stack does not lead to the panic:\n%s", p.Stack())
			}
		})
	}
}

type stringer struct{}

func (stringer) String() string { panic(canary) }

func TestAPanicAfterTheResponseStartedAbortsIt(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		var got reports
		s := testutil.Serve(t, middleware.Stack{Errors: &errcatalog.Writer{Report: got.add}}.Handler(
			http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(bytes.Repeat([]byte("x"), 100))
				_ = http.NewResponseController(w).Flush()
				panic(canary)
			})), h2)
		resp, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if h2 != (resp.ProtoMajor == 2) {
			t.Fatalf("the server speaks %s", resp.Proto)
		}
		body, err := io.ReadAll(resp.Body)
		if len(body) != 100 {
			t.Errorf("read %d bytes, want the 100 that were flushed", len(body))
		}
		if h2 {
			if err == nil || !strings.Contains(err.Error(), "stream error") {
				t.Errorf("reading ended with %v, want a stream error", err)
			}
		} else if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("reading ended with %v, want an unexpected EOF", err)
		}
		if _, problem := got.only(t); !errors.Is(problem, errcatalog.ErrStarted) {
			t.Errorf("reported the problem %v, want ErrStarted", problem)
		}
	})
}

func TestAPanicAfterAnInformationalStatusIsStillAnswered(t *testing.T) {
	t.Parallel()
	s := testutil.Serve(t, middleware.Stack{Errors: &errcatalog.Writer{Report: new(reports).add}}.Handler(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			panic(canary)
		})), false)
	if resp, _ := testutil.Get(t, s, "/"); resp.StatusCode != 500 {
		t.Errorf("got %d, want 500", resp.StatusCode)
	}
}

func TestAbortHandlerIsPassedOn(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		var got reports
		s := testutil.Serve(t, middleware.Stack{Errors: &errcatalog.Writer{Report: got.add}}.Handler(
			http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })), h2)
		if resp, err := s.Client().Get(s.URL); err == nil {
			resp.Body.Close()
			t.Errorf("got %s, want no response", resp.Status)
		}
		if len(got.errs) != 0 {
			t.Errorf("reported %v, want nothing", got.errs)
		}
	})
}

func TestNothingIsWrittenAfterAHijack(t *testing.T) {
	t.Parallel()
	reported := make(chan error, 1)
	errs := &errcatalog.Writer{Report: func(_ context.Context, _ *errcatalog.Error, problem error) { reported <- problem }}
	s := testutil.Serve(t, middleware.Stack{Errors: errs}.Handler(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, buf, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = buf.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmine")
			_ = buf.Flush()
			panic(canary)
		})), false)
	if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != 200 || body != "mine" {
		t.Errorf("got %d %q, want what the handler wrote", resp.StatusCode, body)
	}
	if problem := <-reported; !errors.Is(problem, errcatalog.ErrHijacked) {
		t.Errorf("reported the problem %v, want ErrHijacked", problem)
	}
}

func TestAPanicIsAnsweredByTheInnermostScope(t *testing.T) {
	t.Parallel()
	boom := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) })
	quiet := new(reports)
	inner := &errcatalog.Writer{Catalog: faos.Catalog, Report: quiet.add}
	between := &errcatalog.Writer{Catalog: onecli.Catalog, Report: quiet.add}
	outer := &errcatalog.Writer{Report: quiet.add}
	mux := http.NewServeMux()
	mux.Handle("/inner", between.Scope(inner.Scope(boom)))
	mux.Handle("/between", between.Scope(boom))
	mux.Handle("/left", between.Scope(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.Scope(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		panic(canary)
	})))
	mux.Handle("/outer", boom)
	s := testutil.Serve(t, middleware.Stack{Errors: outer}.Handler(mux), false)
	for path, want := range map[string]string{
		"/inner":   `"type":"server_error"`,
		"/between": `{"error":"Internal server error"}`,
		"/left":    `{"error":"Internal server error"}`,
		"/outer":   `"code":"internal_error"`,
	} {
		if _, body := testutil.Get(t, s, path); !strings.Contains(body, want) {
			t.Errorf("%s: got %s, want %s in it", path, body, want)
		}
	}
}

func TestRecoverWorksAlone(t *testing.T) {
	t.Parallel()
	var answered error
	h := middleware.Recover(func(w http.ResponseWriter, _ *http.Request, err error) {
		answered = err
		w.WriteHeader(http.StatusTeapot)
	})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusTeapot || !errors.Is(answered, errcatalog.Internal) {
		t.Errorf("got %d for %v, want onError to answer Internal", w.Code, answered)
	}
}

func TestAPanicsStackIsInTheLogAlone(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	errs := &errcatalog.Writer{Report: func(ctx context.Context, e *errcatalog.Error, _ error) {
		logger.ErrorContext(ctx, "failed", "error", e)
	}}
	w := httptest.NewRecorder()
	middleware.Stack{Errors: errs}.Handler(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }),
	).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !strings.Contains(log.String(), canary) || !strings.Contains(log.String(), "TestAPanicsStackIsInTheLogAlone") {
		t.Errorf("the log has no value or no stack: %s", &log)
	}
	if strings.Contains(w.Body.String(), canary) {
		t.Errorf("the body shows the panic: %s", w.Body)
	}
}
