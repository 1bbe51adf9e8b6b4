package listener_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/listener"
	"github.com/contrite-go/contrite/requestid"
)

// A logbook is a Writer's Report.
type logbook struct {
	mu    sync.Mutex
	notes []note
}

type note struct{ id, code, cause, problem string }

func (l *logbook) report(ctx context.Context, e *errcatalog.Error, problem error) {
	n := note{id: requestid.FromContext(ctx), code: string(e.Code())}
	if cause := e.Unwrap(); cause != nil {
		n.cause = cause.Error()
	}
	if problem != nil {
		n.problem = problem.Error()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, n)
}

// all returns what was reported.
func (l *logbook) all() []note {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.notes
}

// writer returns a Writer that reports to the logbook.
func (l *logbook) writer() *errcatalog.Writer { return &errcatalog.Writer{Report: l.report} }

// A serverOption changes a server before it starts.
type serverOption func(*httptest.Server)

// wrapped has the server's own replies written by errs.
func wrapped(errs *errcatalog.Writer) serverOption {
	return func(s *httptest.Server) { s.Listener = listener.Wrap(s.Listener, errs) }
}

// serve starts a server and returns its address.
func serve(t *testing.T, h http.Handler, options ...serverOption) string {
	t.Helper()
	s := unstarted(h, options...)
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func unstarted(h http.Handler, options ...serverOption) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Config.MaxHeaderBytes = 1000
	for _, option := range options {
		option(s)
	}
	return s
}

// headerLimit is how many bytes of headers such a server reads.
const headerLimit = 1000 + 4096

// exchange sends bytes to a server and returns all that comes back until the server
// closes the connection.
func exchange(t *testing.T, addr, raw string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	reply, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%v, after %q", err, reply)
	}
	return string(reply)
}

// parse reads one response, and returns what comes after it.
func parse(t *testing.T, raw string, request *http.Request) (resp *http.Response, body, rest string) {
	t.Helper()
	r := bufio.NewReader(strings.NewReader(raw))
	resp, err := http.ReadResponse(r, request)
	if err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	after, _ := io.ReadAll(r)
	return resp, string(b), string(after)
}

// verify fails unless a response is the contract's, complete, and the last on its
// connection. It returns its code and request ID.
func verify(t *testing.T, resp *http.Response, body string) (code, id string) {
	t.Helper()
	h := resp.Header
	code, id = h.Get("X-Error-Code"), h.Get("X-Request-Id")
	if entry, ok := errcatalog.Standard.Lookup(errcatalog.Code(code)); !ok || entry.Status != resp.StatusCode {
		t.Errorf("the code is %q, and the status %d", code, resp.StatusCode)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if date, err := http.ParseTime(h.Get("Date")); err != nil || time.Since(date).Abs() > time.Hour {
		t.Errorf("the date is %q", h.Get("Date"))
	}
	if !strings.HasPrefix(id, "req_") || !requestid.Valid(id) {
		t.Errorf("the request ID is %q", id)
	}
	if !resp.Close {
		t.Error("it does not say that the connection closes")
	}
	if resp.Request != nil && resp.Request.Method == http.MethodHead {
		return code, id
	}
	if h.Get("Content-Length") != strconv.Itoa(len(body)) {
		t.Errorf("Content-Length is %q for %d bytes", h.Get("Content-Length"), len(body))
	}
	var envelope struct {
		Error struct {
			Code      string
			Message   string
			RequestID string `json:"request_id"`
		}
	}
	if err := json.Unmarshal([]byte(body), &envelope); err != nil {
		t.Errorf("%v in %q", err, body)
	}
	if e := envelope.Error; e.Code != code || e.RequestID != id || e.Message == "" {
		t.Errorf("the body %s does not say what the headers say: %v", body, h)
	}
	return code, id
}
