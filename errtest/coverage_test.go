package errtest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/requestid"
)

// ask sends requests, such as "GET /agents/7", straight to a handler.
func ask(h http.Handler, requests ...string) {
	for _, text := range requests {
		method, target, _ := strings.Cut(text, " ")
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, target, nil))
	}
}

func seen(s errtest.Summary) (lines []string) {
	for route, codes := range s.Seen {
		for code, n := range codes {
			lines = append(lines, fmt.Sprintf("%s: %s %d", route, code, n))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestCoverageKnowsTheCodesByRoute(t *testing.T) {
	t.Parallel()
	requests := []string{"GET /agents/1", "GET /agents/2", "GET /nowhere", "POST /agents/1", "GET /ok"}
	fails := func(w http.ResponseWriter, r *http.Request) error { return faos.AgentNotFound("x") }
	ok := func(w http.ResponseWriter, r *http.Request) error { return nil }
	errs := writer(faos.Catalog)
	chiRouter := func(use ...func(http.Handler) http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Use(use...)
		r.NotFound(errs.Always(errcatalog.RouteNotFound))
		r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))
		r.Method("GET", "/agents/{id}", errs.Handle(fails))
		r.Method("GET", "/ok", errs.Handle(ok))
		return r
	}
	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", errs.Handle(fails))
	mux.Handle("GET /ok", errs.Handle(ok))
	mux.Handle("/agents/{id}", errs.Always(errcatalog.MethodNotAllowed))
	mux.Handle("/", errs.Always(errcatalog.RouteNotFound))
	stack := middleware.Stack{Errors: errs}
	for _, test := range []struct {
		name    string
		handler func(c *errtest.Coverage) http.Handler
		want    []string
	}{
		{"a ServeMux inside the stack", func(c *errtest.Coverage) http.Handler {
			return c.Handler(stack.Handler(c.Handler(mux)))
		}, []string{"GET /: not_found 1", "GET /agents/{id}: agent_not_found 2", "POST /agents/{id}: method_not_allowed 1"}},
		{"a ServeMux right inside", func(c *errtest.Coverage) http.Handler {
			return requestid.Handler(c.Handler(mux))
		}, []string{"GET /: not_found 1", "GET /agents/{id}: agent_not_found 2", "POST /agents/{id}: method_not_allowed 1"}},
		{"chi by Use", func(c *errtest.Coverage) http.Handler {
			return c.Handler(stack.Handler(chiRouter(c.Handler)))
		}, []string{"GET (no route): not_found 1", "GET /agents/{id}: agent_not_found 2", "POST (no route): method_not_allowed 1"}},
		{"a chi router right inside", func(c *errtest.Coverage) http.Handler {
			return requestid.Handler(c.Handler(chiRouter()))
		}, []string{"GET (no route): not_found 1", "GET /agents/{id}: agent_not_found 2", "POST (no route): method_not_allowed 1"}},
		{"without a router", func(c *errtest.Coverage) http.Handler {
			return c.Handler(stack.Handler(chiRouter()))
		}, []string{"GET (no route): agent_not_found 2", "GET (no route): not_found 1", "POST (no route): method_not_allowed 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := errtest.NewCoverage(faos.Catalog)
			ask(test.handler(c), requests...)
			s := c.Summary()
			if got := seen(s); !slices.Equal(got, test.want) || len(s.Outside) > 0 {
				t.Errorf("got  %q, outside %q\nwant %q", got, s.Outside, test.want)
			}
		})
	}
}

func TestTheReportKnowsChisRoute(t *testing.T) {
	t.Parallel()
	c := errtest.NewCoverage(nil)
	errs := &errcatalog.Writer{Report: c.Report}
	r := chi.NewRouter()
	r.Method("GET", "/agents/{id}", errs.Always(errcatalog.NotFound))
	ask(r, "GET /agents/1")
	ask(middleware.Stack{Errors: errs}.Handler(r), "GET /agents/1")
	ask(c.Handler(middleware.Stack{Errors: errs}.Handler(r)), "GET /agents/1")
	if got := seen(c.Summary()); !slices.Equal(got, []string{"/agents/{id}: not_found 2", "GET /agents/{id}: not_found 1"}) {
		t.Errorf("got %q", got)
	}
}

func TestTheReportCountsProblems(t *testing.T) {
	t.Parallel()
	catalog := build(t, errcatalog.Spec{
		Name: "shop", Extends: errcatalog.Standard,
		Errors: []errcatalog.Entry{{
			Code: "sold_out", Status: 409,
			Params: []errcatalog.Param{
				{Name: "item", From: "thing", Type: errcatalog.String, Public: true},
				{Name: "left", Type: errcatalog.Integer, Default: slog.IntValue(0), Public: true},
				{Name: "since", Type: errcatalog.Time, Optional: true, Public: true},
				{Name: "ref", From: "$request_id", Public: true},
			},
			Messages: []errcatalog.Message{{Text: "It is sold out."}},
		}},
	})
	soldOut := errcatalog.Code("sold_out")
	for _, test := range []struct {
		name     string
		handler  func(errs *errcatalog.Writer) http.Handler
		seen     []string
		problems []string
	}{
		{"none", always(soldOut.With(slog.String("thing", "tea"), slog.Duration("retry_after", 1e9))), []string{"(no route): sold_out 1"}, nil},
		{"a param is missing", always(soldOut), []string{"(no route): sold_out 1"}, []string{"(no route): sold_out: the param thing is missing"}},
		{"a param is not declared", always(soldOut.With(slog.String("thing", "tea"), slog.Int("price", 2))), []string{"(no route): sold_out 1"}, []string{"(no route): sold_out: the param price is not declared"}},
		{"a kind's own params", always(errcatalog.RateLimited.With(slog.Int("limit", 2), slog.Duration("window", 1e9))), []string{"(no route): rate_limited 1"}, nil},
		{"an undeclared code", always(errcatalog.Code("nothing")), []string{"(no route): internal_error 1"}, []string{"(no route): internal_error: errcatalog: the catalogue does not declare this code"}},
		{"a foreign error", always(io.ErrNoProgress), []string{"(no route): internal_error 1"}, []string{"(no route): internal_error: errcatalog: no rule recognizes this error"}},
		{"a second error", func(errs *errcatalog.Writer) http.Handler {
			return errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
				errs.WriteError(w, r, errcatalog.Gone)
				return errcatalog.Conflict
			})
		}, []string{"(no route): gone 1"}, []string{"(no route): conflict: errcatalog: the request was answered with another error before"}},
		{"an error after the start", func(errs *errcatalog.Writer) http.Handler {
			return errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
				_, _ = io.WriteString(w, "half")
				return errcatalog.Conflict
			})
		}, nil, []string{"(no route): conflict: errcatalog: the response had started before the error"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := errtest.NewCoverage(catalog)
			ask(test.handler(&errcatalog.Writer{Catalog: catalog, Report: c.Report}), "GET /")
			s := c.Summary()
			if got := slices.Sorted(maps.Keys(s.Problems)); !slices.Equal(got, test.problems) {
				t.Errorf("the problems are %q, want %q", got, test.problems)
			}
			if got := seen(s); !slices.Equal(got, test.seen) {
				t.Errorf("seen is %q, want %q", got, test.seen)
			}
		})
	}
}

func always(err error) func(*errcatalog.Writer) http.Handler {
	return func(errs *errcatalog.Writer) http.Handler { return errs.Always(err) }
}

func TestCheckTellsWhatWasNotSeenAndWhatShouldNotBe(t *testing.T) {
	t.Parallel()
	c := errtest.NewCoverage(nil, "10.0.3.7")
	errs := writer(nil)
	mux := http.NewServeMux()
	mux.Handle("/gone", errs.Always(errcatalog.Gone))
	mux.Handle("/conflict", errs.Always(errcatalog.Conflict))
	mux.HandleFunc("/text", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "dial 10.0.3.7", 500) })
	ask(c.Handler(middleware.Stack{Errors: errs, KeepReplies: true}.Handler(c.Handler(mux))), "GET /gone", "GET /gone", "GET /conflict", "GET /text", "GET /text")

	except := map[errcatalog.Code]string{"nothing": "it is none", "gone": "we never delete"}
	for _, e := range errcatalog.Standard.Errors() {
		if e.Code != "gone" && e.Code != "conflict" && e.Code != "locked" {
			except[e.Code] = "the server has no such thing"
		}
	}
	f := new(fake)
	c.Check(f, except)
	for _, want := range []string{
		`no test saw the code "locked"; test it`, `the exception "nothing" (it is none) is no code`, `the exception "gone" (we never delete) was seen`,
		`outside the contract, 2 times: GET /text: json:`, `outside the contract, 2 times: GET /text: canary: the body shows the planted text "10.0.3.7"`,
	} {
		if f.find(want) == "" {
			t.Errorf("no failure has %q:\n%s", want, f.some())
		}
	}
	if f.find(`"conflict"`) != "" {
		t.Errorf("conflict was seen: %s", f.find(`"conflict"`))
	}
	text := c.Summary().String()
	for _, want := range []string{"seen      GET /gone: gone, 2 times\n", "unseen    locked\n", "outside   GET /text: code: there is no code in"} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
}

func TestCoverageLeavesResponsesAsTheyAre(t *testing.T) {
	t.Parallel()
	c := errtest.NewCoverage(nil)
	h := requestid.Handler(c.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/flush":
			_, _ = io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "b")
		case "/copy":
			_, _ = io.Copy(w, strings.NewReader("copied"))
		case "/copy-error":
			w.WriteHeader(500)
			_, _ = io.Copy(w, strings.NewReader("copied"))
		case "/copy-nothing":
			_, err := io.Copy(w, iotest.ErrReader(io.ErrNoProgress))
			http.Error(w, err.Error(), http.StatusBadGateway)
		case "/hints":
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusAccepted)
		case "/hijack":
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			conn.Close()
		}
	})))
	s := testutil.Serve(t, h, false)
	for _, test := range []struct {
		path   string
		status int
		body   string
	}{
		{"/flush", 200, "ab"}, {"/copy", 200, "copied"}, {"/copy-error", 500, "copied"}, {"/hints", 202, ""}, {"/copy-nothing", 502, io.ErrNoProgress.Error() + "\n"}, {"/hijack", 418, ""}, {"/", 200, ""},
	} {
		resp, body := testutil.Get(t, s, test.path)
		if resp.StatusCode != test.status || body != test.body {
			t.Errorf("%s: got %d %q", test.path, resp.StatusCode, body)
		}
	}
	if s := c.Summary().String(); strings.Count(s, "json: the body is not JSON: invalid character 'm'") != 1 {
		t.Errorf("the 502 was not judged: %s", s)
	}
	outside := strings.Join(slices.Collect(maps.Keys(c.Summary().Outside)), "\n")
	if !strings.Contains(outside, "json: the body is not JSON") || strings.Contains(outside, "request id") {
		t.Errorf("outside are %s", outside)
	}
}

func TestAPanicBeforeTheReplyIsOutsideTheContract(t *testing.T) {
	t.Parallel()
	c := errtest.NewCoverage(nil)
	h := c.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }))
	func() {
		defer func() {
			if recover() != "oh" {
				t.Error("the panic was not passed on")
			}
		}()
		ask(h, "GET /")
	}()
	if s := c.Summary(); len(s.Outside) != 1 || !strings.Contains(s.String(), "GET (no route): reply: a handler panicked") {
		t.Errorf("got %s", s)
	}
}

// A handler that outlives its time learns its route when its request has been judged.
func TestCoverageIsSafeFromALateHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := errtest.NewCoverage(nil)
		router := chi.NewRouter()
		router.Use(c.Handler)
		router.Get("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		h := c.Handler(middleware.Stack{Logger: slog.New(slog.DiscardHandler), Errors: &errcatalog.Writer{Report: c.Report}, Timeout: time.Second}.Handler(router))
		ask(h, "GET /slow")
		synctest.Wait()
		if got := seen(c.Summary()); len(got) != 1 || !strings.HasSuffix(got[0], ": gateway_timeout 1") {
			t.Errorf("got %q", got)
		}
	})
}

func TestCoverageIsSafeForManyAtOnce(t *testing.T) {
	t.Parallel()
	c := errtest.NewCoverage(nil)
	errs := &errcatalog.Writer{Report: c.Report}
	h := c.Handler(middleware.Stack{Errors: errs}.Handler(errs.Always(errcatalog.Gone)))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				ask(h, "GET /")
				c.Report(context.Background(), errcatalog.Standard.Resolve(errcatalog.Locked), nil)
				_ = c.Summary().String()
			}
		})
	}
	wg.Wait()
	if got := seen(c.Summary()); !slices.Equal(got, []string{"(no route): locked 160", "GET (no route): gone 160"}) {
		t.Errorf("got %q", got)
	}
}
