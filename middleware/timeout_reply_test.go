package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// limits is a Stack with all limits, none of which a test reaches.
var limits = middleware.Stack{
	Maintenance: new(middleware.Maintenance), MaxURI: 8000, MediaTypes: []string{"*/*", "text/*", "application/*"},
	Deadline: time.Hour, Timeout: 2 * time.Hour, MaxBody: 1 << 20,
}

func TestAPassedDeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got reports
		errs := &errcatalog.Writer{Report: got.add}
		h := middleware.Deadline(time.Second)(errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return fmt.Errorf("read the order: %w", r.Context().Err())
		}))
		w := ask(h, http.MethodGet, "/")
		e, problem := got.only(t)
		if w.Code != 504 || !errors.Is(e, errcatalog.Timeout) || problem != nil || len(e.Params()) != 1 {
			t.Errorf("got %d for %v (%v) with %v", w.Code, e, problem, e.Params())
		}
	})
}

func TestAClientThatLeavesBeforeTheDeadlineIsNoTimeout(t *testing.T) {
	t.Parallel()
	var got reports
	errs := &errcatalog.Writer{Report: got.add}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	h := middleware.Deadline(time.Hour)(errs.Handle(func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	if e, _ := got.only(t); !errors.Is(e, errcatalog.ClientClosed) {
		t.Errorf("reported %v", e)
	}
}

// sleeps does what it is asked to first, and is late then.
func sleeps(first func(w http.ResponseWriter)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first(w)
		<-r.Context().Done()
		if _, err := io.WriteString(w, "late"); !errors.Is(err, http.ErrHandlerTimeout) {
			panic(fmt.Sprintf("a late write returns %v", err))
		}
		w.Header().Set("Late", "yes")
		w.WriteHeader(http.StatusTeapot)
	})
}

func TestTheTimeoutAnswersForALateHandler(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]func(w http.ResponseWriter){
		"that wrote nothing":    func(http.ResponseWriter) {},
		"that set a header":     func(w http.ResponseWriter) { w.Header().Set("Etag", `"1"`) },
		"that took a header":    func(w http.ResponseWriter) { w.Header().Del("X-Request-Id") },
		"that sent a status":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) },
		"that wrote a little":   func(w http.ResponseWriter) { _, _ = io.WriteString(w, strings.Repeat("x", 4096)) },
		"that wrote some bytes": func(w http.ResponseWriter) { _, _ = w.Write([]byte("some")) },
		"that copied a little":  func(w http.ResponseWriter) { _, _ = io.Copy(w, strings.NewReader("some")) },
		"that failed":           func(w http.ResponseWriter) { http.Error(w, "no", http.StatusNotFound) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log journal
				var got reports
				h := middleware.Stack{
					Errors: &errcatalog.Writer{Report: got.add}, Logger: log.logger(), Timeout: time.Second,
				}.Handler(sleeps(first))
				start := time.Now()
				w := ask(h, http.MethodGet, "/")
				synctest.Wait()
				if w.Code != 504 || w.Header().Get("X-Error-Code") != "gateway_timeout" || time.Since(start) != time.Second {
					t.Errorf("got %d %v after %v", w.Code, w.Header(), time.Since(start))
				}
				id := w.Header().Get("X-Request-Id")
				if id == "" || !strings.Contains(w.Body.String(), id) || w.Header().Get("Late")+w.Header().Get("Etag") != "" {
					t.Errorf("got %v %s", w.Header(), w.Body)
				}
				shows(t, log.only(t), map[string]any{"status": 504.0, "code": "gateway_timeout", "level": "ERROR"})
			})
		})
	}
}

// A proxy passes an upstream's hints on, and clears the header after them.
func TestHintsLeaveTheTimeoutsReplyTheHeadersFromOutside(t *testing.T) {
	t.Parallel()
	late := middleware.Timeout(new(errcatalog.Writer).WriteError, time.Millisecond)(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			for range 2 {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				clear(w.Header())
			}
			w.Header().Set("Late", "yes")
			<-r.Context().Done()
		}))
	s := testutil.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		late.ServeHTTP(w, r)
	}), false)
	resp, _ := testutil.Get(t, s, "/")
	h := resp.Header
	if resp.StatusCode != 504 || h.Get("Access-Control-Allow-Origin") != "*" || h["Link"] != nil || h["Late"] != nil {
		t.Errorf("got %d with %v", resp.StatusCode, h)
	}
}

func TestWhatIsOnItsWayHasNoTimeout(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]func(w http.ResponseWriter) error{
		"flushed":                    func(w http.ResponseWriter) error { return http.NewResponseController(w).Flush() },
		"flushed by an http.Flusher": func(w http.ResponseWriter) error { w.(http.Flusher).Flush(); return nil },
		"long":                       func(w http.ResponseWriter) error { _, err := w.Write(make([]byte, 4097)); return err },
		"a long text":                func(w http.ResponseWriter) error { _, err := io.WriteString(w, strings.Repeat("x", 4097)); return err },
		"copied": func(w http.ResponseWriter) error {
			_, err := io.Copy(w, strings.NewReader(strings.Repeat("x", 10_000)))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := middleware.Timeout(errs.WriteError, time.Second)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Trailer", "Sum")
					w.WriteHeader(http.StatusAccepted)
					if err := first(w); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Minute)
					if _, err := io.WriteString(w, "end"); err != nil || r.Context().Err() != nil {
						t.Errorf("a write returns %v, and the context's error is %v", err, r.Context().Err())
					}
					w.Header().Set("Sum", "7")
				}))
				w := ask(h, http.MethodGet, "/")
				if res := w.Result(); w.Code != 202 || !strings.HasSuffix(w.Body.String(), "end") || res.Trailer.Get("Sum") != "7" {
					t.Errorf("got %d %v %q", w.Code, res.Trailer, w.Body)
				}
			})
		})
	}
}

func TestAHandlerInTimeAnswersAsWithoutATimeout(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.Handler{
		"nothing":        http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		"a status":       ok,
		"a header alone": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Test", "1") }),
		"a body":         http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }),
		"a copy": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, strings.NewReader(strings.Repeat("x", 100_000)))
		}),
		"two statuses": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(202) }),
		"hints": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</s.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		}),
		"a file":   http.FileServer(http.Dir("testdata/..")),
		"an error": errs.Always(errcatalog.Conflict),
		"text":     http.NotFoundHandler(),
		"trailers": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "A")
			_, _ = io.WriteString(w, "ok")
			w.Header().Set("A", "1")
			w.Header().Set(http.TrailerPrefix+"B", "2")
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				say := func(s middleware.Stack) string {
					s.Errors, s.Logger = errs, new(journal).logger()
					srv := testutil.Serve(t, s.Handler(h), h2)
					r, _ := http.NewRequest(http.MethodGet, srv.URL+"/body.go", nil)
					r.Header.Set("X-Request-Id", "req_1")
					resp, body := testutil.Do(t, srv.Client(), r)
					resp.Header.Del("Date")
					return fmt.Sprint(resp.Status, resp.Header, resp.Trailer, resp.ContentLength, body)
				}
				if got, want := say(limits), say(middleware.Stack{}); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			})
		})
	}
}

func TestTheInnermostScopeAnswersAtTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		inner := &errcatalog.Writer{Catalog: onecli.Catalog, Report: new(reports).add}
		h := middleware.Stack{Errors: errs, Logger: new(journal).logger(), Timeout: time.Second}.Handler(
			inner.Scope(sleeps(func(http.ResponseWriter) {})))
		if w := ask(h, http.MethodGet, "/"); w.Code != 504 || !strings.HasPrefix(w.Body.String(), `{"error":"`) {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		synctest.Wait()
	})
}

func TestAPanicTravelsToTheServingGoroutine(t *testing.T) {
	t.Parallel()
	for _, value := range []any{canary, errors.New(canary), http.ErrAbortHandler} {
		t.Run(fmt.Sprintf("%T %v", value, value == http.ErrAbortHandler), func(t *testing.T) {
			t.Parallel()
			var caught any
			h := middleware.Timeout(errs.WriteError, time.Hour)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) }))
			func() {
				defer func() { caught = recover() }()
				ask(h, http.MethodGet, "/")
			}()
			if value == http.ErrAbortHandler {
				if caught != value {
					t.Errorf("caught %v", caught)
				}
				return
			}
			p, ok := caught.(*middleware.PanicError)
			if !ok || p.Value == nil || !strings.Contains(p.Stack(), "TestAPanicTravels") {
				t.Errorf("caught %v", caught)
			}
		})
	}
}

func TestAPanicWithinATimeoutIsAnswered(t *testing.T) {
	t.Parallel()
	var got reports
	h := middleware.Stack{Errors: &errcatalog.Writer{Report: got.add}, Logger: new(journal).logger(), Timeout: time.Hour}.Handler(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", "1")
			_, _ = io.WriteString(w, "half")
			panic(canary)
		}))
	w := ask(h, http.MethodGet, "/")
	e, _ := got.only(t)
	var p *middleware.PanicError
	if !errors.As(e, &p) || !strings.Contains(p.Stack(), "TestAPanicWithin") || w.Code != 500 || w.Header().Get("Etag") != "" {
		t.Errorf("got %d %v for %v", w.Code, w.Header(), e)
	}
}

func TestALatePanicIsReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got reports
		h := middleware.Timeout((&errcatalog.Writer{Report: got.add}).WriteError, time.Second)(
			http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				time.Sleep(time.Minute)
				panic(canary)
			}))
		if w := ask(h, http.MethodGet, "/"); w.Code != 504 {
			t.Errorf("got %d", w.Code)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(got.errs) != 2 || !errors.Is(got.errs[1], errcatalog.Internal) || got.why[1] != http.ErrHandlerTimeout {
			t.Errorf("reported %v, %v", got.errs, got.why)
		}
	})
}

func TestALateHandlerHasNoControlOfTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := middleware.Timeout(errs.WriteError, time.Second)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			c := http.NewResponseController(w)
			_, _, hijack := c.Hijack()
			for name, err := range map[string]error{
				"Hijack": hijack, "Flush": c.Flush(), "EnableFullDuplex": c.EnableFullDuplex(),
				"SetReadDeadline": c.SetReadDeadline(time.Time{}), "SetWriteDeadline": c.SetWriteDeadline(time.Time{}),
			} {
				if !errors.Is(err, http.ErrHandlerTimeout) {
					t.Errorf("%s returns %v", name, err)
				}
			}
			if !errors.Is(context.Cause(r.Context()), errcatalog.Timeout) {
				t.Errorf("the cause is %v", context.Cause(r.Context()))
			}
		}))
		ask(h, http.MethodGet, "/")
		synctest.Wait()
	})
}

func TestATimeoutDoesNotWaitForASlowUpload(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		ended := make(chan struct{})
		s := testutil.Serve(t, middleware.Stack{Errors: errs, Logger: new(journal).logger(), Timeout: 50 * time.Millisecond, MaxBody: 1 << 20}.Handler(
			http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				defer close(ended)
				_, _ = io.Copy(io.Discard, r.Body)
			})), h2)
		body, feed := io.Pipe()
		defer feed.Close()
		go func() { _, _ = feed.Write([]byte("the beginning")) }()
		r, err := http.NewRequest(http.MethodPost, s.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != 504 {
			t.Errorf("got %s", resp.Status)
		}
		<-ended
	})
}

// hijackable is a response whose connection can be taken over.
type hijackable struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (w hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.conn, bufio.NewReadWriter(bufio.NewReader(w.conn), bufio.NewWriter(w.conn)), nil
}

func TestAHijackedConnectionHasNoTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		w := hijackable{httptest.NewRecorder(), server}
		h := middleware.Timeout(errs.WriteError, time.Second)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
			}
			defer conn.Close()
			time.Sleep(time.Minute)
			if _, err := io.WriteString(conn, "hello"); err != nil || r.Context().Err() != nil {
				t.Errorf("a write returns %v, and the context's error is %v", err, r.Context().Err())
			}
		}))
		go h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if got, err := io.ReadAll(client); string(got) != "hello" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
		synctest.Wait()
		if w.Flushed || w.Body.Len() > 0 {
			t.Errorf("got %d %s by the other way", w.Code, w.Body)
		}
	})
}

func ExampleTimeout() {
	h := middleware.Timeout(errs.WriteError, time.Millisecond)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done() // what takes too long
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 504 {"error":{"code":"gateway_timeout","message":"The request took too long."}}
}

func ExampleDeadline() {
	h := middleware.Deadline(time.Millisecond)(errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done() // such as a query of a database
		return r.Context().Err()
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code, w.Header().Get("X-Error-Code"))
	// Output: 504 gateway_timeout
}
