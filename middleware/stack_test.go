package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

func TestTheZeroStackAnswersWithTheStandardCatalogue(t *testing.T) {
	t.Parallel()
	s := testutil.Serve(t, middleware.Stack{}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		new(errcatalog.Writer).WriteError(w, r, errcatalog.NotFound)
	})), false)
	resp, body := testutil.Get(t, s, "/")
	want := fmt.Sprintf(`{"error":{"code":"not_found","message":"The resource does not exist.","request_id":%q}}`,
		resp.Header.Get("X-Request-Id"))
	if resp.StatusCode != 404 || body != want {
		t.Errorf("got %d %s, want %s", resp.StatusCode, body, want)
	}
}

// TestWritersDoNotKnowOfEachOther has four contracts in one process, a panic and
// an error each, under many clients at once.
func TestWritersDoNotKnowOfEachOther(t *testing.T) {
	t.Parallel()
	quiet := new(reports)
	mux := http.NewServeMux()
	want := map[string]string{}
	for c, marks := range map[*errcatalog.Catalog][2]string{
		so1.Catalog:        {`{"success":false,"error":{"code":"internal_server_error"`, `{"success":false,"error":{"code":"resource_not_found"`},
		agenthuman.Catalog: {`{"error":{"code":"internal_error"`, `{"error":{"code":"not_found"`},
		onecli.Catalog:     {`{"error":"Internal server error"}`, `{"error":"Not found"}`},
		faos.Catalog:       {`{"error":{"code":"internal_server_error"`, `{"error":{"code":"not_found"`},
	} {
		errs := &errcatalog.Writer{Catalog: c, Report: quiet.add}
		mux.Handle("/"+c.Name()+"/panic", errs.Scope(http.HandlerFunc(
			func(http.ResponseWriter, *http.Request) { panic(canary) })))
		mux.Handle("/"+c.Name()+"/missing", errs.Handle(
			func(http.ResponseWriter, *http.Request) error { return errcatalog.NotFound }))
		want["/"+c.Name()+"/panic"], want["/"+c.Name()+"/missing"] = marks[0], marks[1]
	}
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		s := testutil.Serve(t, middleware.Stack{}.Handler(mux), h2)
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				for path, mark := range want {
					r, _ := http.NewRequest(http.MethodGet, s.URL+path, nil)
					id := fmt.Sprintf("client-%d%s", i, strings.ReplaceAll(path, "/", "."))
					r.Header.Set("X-Request-Id", id)
					resp, err := s.Client().Do(r)
					if err != nil {
						t.Error(err)
						return
					}
					body, _ := io.ReadAll(resp.Body)
					resp.Body.Close()
					if !strings.HasPrefix(string(body), mark) {
						t.Errorf("%s: got %s, want %s", path, body, mark)
					}
					if got := resp.Header.Get("X-Request-Id"); got != id {
						t.Errorf("%s: got the request ID %s, want %s", path, got, id)
					}
				}
			})
		}
		wg.Wait()
	})
}

// A handler may set another method, as one that overrides it by a header does.
func TestAReplyIsToTheMethodThatCame(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: new(reports).add}
	for name, fail := range map[string]http.HandlerFunc{
		"a text":         http.NotFound,
		"a status":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"the contract's": errs.Always(errcatalog.NotFound),
		"a panic":        func(http.ResponseWriter, *http.Request) { panic("no") },
		"TimeoutHandler": http.TimeoutHandler(errs.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.NotFound }), time.Minute, "").ServeHTTP,
	} {
		for _, stack := range []middleware.Stack{{}, {Timeout: time.Minute}, {KeepReplies: name == "TimeoutHandler"}} {
			var log journal
			stack.Errors, stack.Logger = errs, log.logger()
			h := stack.Handler(http.HandlerFunc(
				func(w http.ResponseWriter, r *http.Request) {
					r.Method = r.Header.Get("X-Method")
					fail(w, r)
				}))
			s := testutil.Serve(t, h, false)
			for came, set := range map[string]string{"POST": "HEAD", "HEAD": "GET"} {
				r, err := http.NewRequestWithContext(t.Context(), came, s.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("X-Method", set)
				resp, body := testutil.Do(t, s.Client(), r)
				if resp.Header.Get("X-Error-Code") == "" || (body == "") != (came == "HEAD") || resp.ContentLength <= 0 {
					t.Errorf("%s, %s as %s: got %d %v %q", name, came, set, resp.StatusCode, resp.Header, body)
				}
			}
			s.Close() // so that the handlers have ended
			for _, record := range log.records(t) {
				if record["method"] == "GET" || (record["bytes"] == 0.0) != (record["method"] == "HEAD") {
					t.Errorf("%s: the log has %v", name, record)
				}
			}
		}
	}
}
