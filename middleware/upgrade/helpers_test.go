package upgrade_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// reports collects what a Writer and a Replies report.
type reports struct {
	mu     sync.Mutex
	errs   []*errcatalog.Error
	why    []error
	passed []*upgrade.ReplyError
}

func (r *reports) add(_ context.Context, e *errcatalog.Error, problem error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs, r.why = append(r.errs, e), append(r.why, problem)
}

func (r *reports) pass(_ *http.Request, e *upgrade.ReplyError) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passed = append(r.passed, e)
}

// only returns the one error that was reported, and its problem.
func (r *reports) only(t *testing.T) (*errcatalog.Error, error) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs) != 1 {
		t.Fatalf("got %d reports, want 1: %v", len(r.errs), r.errs)
	}
	return r.errs[0], r.why[0]
}

// onlyPassed returns the one reply that was reported to be sent as it is.
func (r *reports) onlyPassed(t *testing.T) *upgrade.ReplyError {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.passed) != 1 {
		t.Fatalf("got %d passed replies, want 1: %v", len(r.passed), r.passed)
	}
	return r.passed[0]
}

// none fails if anything was reported.
func (r *reports) none(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.errs)+len(r.passed) != 0 {
		t.Errorf("reported %v and %v, want nothing", r.errs, r.passed)
	}
}

// upgraded returns h with its replies upgraded, and what is reported of them.
func upgraded(h http.HandlerFunc) (http.Handler, *reports) {
	got := new(reports)
	errs := &errcatalog.Writer{Report: got.add}
	return upgrade.Replies{OnError: errs.WriteError, Report: got.pass}.Handler(h), got
}

// request makes a request to a server.
func request(t *testing.T, s *httptest.Server, method, path string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// codeOf returns the code in an envelope of the standard catalogue, "" if the body is
// none.
func codeOf(body string) string {
	var envelope struct {
		Error struct{ Code, Message string }
	}
	if json.Unmarshal([]byte(body), &envelope) != nil || envelope.Error.Message == "" {
		return ""
	}
	return envelope.Error.Code
}

// standard returns the code of a bare status.
func standard(status int) (code string, published int) {
	e := errcatalog.Standard.Resolve(errcatalog.KindOf(status))
	return string(e.Code()), e.Status()
}

// isContract checks that a reply is the standard catalogue's for the status.
func isContract(t *testing.T, resp *http.Response, body string, status int) {
	t.Helper()
	code, published := standard(status)
	if resp.StatusCode != published || resp.Header.Get("X-Error-Code") != code {
		t.Errorf("got %d %q, want %d %q", resp.StatusCode, resp.Header.Get("X-Error-Code"), published, code)
	}
	if got := codeOf(body); got != code && resp.Request.Method != http.MethodHead {
		t.Errorf("got the body %.200q, want an envelope with %q", body, code)
	}
}

// causeOf returns the foreign reply behind an error.
func causeOf(t *testing.T, e error) *upgrade.ReplyError {
	t.Helper()
	var reply *upgrade.ReplyError
	if !errors.As(e, &reply) {
		t.Fatalf("the cause of %v is no ReplyError", e)
	}
	return reply
}

// onBoth serves h on both protocols, one after the other, so that f can look at what
// was reported.
func onBoth(t *testing.T, h func() (http.Handler, *reports), f func(*testing.T, *httptest.Server, *reports)) {
	t.Helper()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		handler, got := h()
		f(t, testutil.Serve(t, handler, h2), got)
	})
}

// quiet is a Report to nobody.
func quiet(context.Context, *errcatalog.Error, error) {}
