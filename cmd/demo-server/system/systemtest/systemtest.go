// Package systemtest calls an API of the demo over real connections, for the tests
// of the APIs.
package systemtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// Open is the constructor of an API.
type Open func(system.Options) *system.System

// A Server is an API by itself, without a prefix.
type Server struct {
	*httptest.Server
	*system.System
}

// Serve opens an API and serves it until the end of the test. The Coverage, if not nil,
// watches the replies.
func Serve(t *testing.T, open Open, c *errtest.Coverage) *Server {
	t.Helper()
	return serve(t, open, 0, c)
}

func serve(t *testing.T, open Open, rate int64, c *errtest.Coverage) *Server {
	t.Helper()
	upstreams := new(system.Upstreams)
	t.Cleanup(upstreams.Close)
	s := open(system.Options{Upstreams: upstreams, Rate: rate, DocsURL: "https://docs.test"})
	if err := upstreams.Err(); err != nil {
		t.Fatal(err)
	}
	h := middleware.Stack{Errors: s.Errors}.Handler(s)
	if c != nil {
		h = c.Handler(h)
	}
	return &Server{testutil.Serve(t, h, false), s}
}

// Send sends a call, as often as it says, and returns the last response and its body.
func (s *Server) Send(t *testing.T, c system.Call) (resp *http.Response, body string) {
	t.Helper()
	for range max(1, c.Times) {
		var content io.Reader // nil, not of length zero, if there is none
		if c.Body != "" {
			content = strings.NewReader(c.Body)
		}
		r, err := http.NewRequest(c.Method, s.URL+c.Path, content)
		if err != nil {
			t.Fatal(err)
		}
		if c.Header != nil {
			r.Header = c.Header.Clone()
		}
		s.authorize(r, c.Key)
		resp, body = testutil.Do(t, s.Client(), r)
	}
	return resp, body
}

// authorize sends a fixed key along.
func (s *Server) authorize(r *http.Request, name string) {
	switch {
	case name == "":
	case s.Carrier == auth.Carrier{}:
		r.Header.Set("Authorization", "Bearer "+s.Keys[name])
	default:
		r.Header.Set("X-Api-Key", s.Keys[name])
	}
}

// A Row is a call, after others, and what it is answered with.
type Row struct {
	Name   string
	Before []system.Call
	system.Call
	Status int
	Code   errcatalog.Code // "" of what is no error
	Body   string          // all of it; with … at the end, or at both ends, a part
}

// Run sends the row, as a parallel subtest, to an API of its own.
func (row Row) Run(t *testing.T, open Open, c *errtest.Coverage) {
	t.Helper()
	t.Run(row.Name, func(t *testing.T) {
		t.Parallel()
		s := Serve(t, open, c)
		for _, before := range row.Before {
			if resp, body := s.Send(t, before); resp.StatusCode >= 300 {
				t.Fatalf("before it, %s %s got %d %s", before.Method, before.Path, resp.StatusCode, body)
			}
		}
		resp, body := s.Send(t, row.Call)
		if code := resp.Header.Get("X-Error-Code"); resp.StatusCode != row.Status || code != string(row.Code) {
			t.Errorf("got %d %q, want %d %q: %s", resp.StatusCode, code, row.Status, row.Code, body)
		}
		if !matches(body, row.Body) {
			t.Errorf("got  %s\nwant %s", body, row.Body)
		}
	})
}

// matches reports whether a body is as a row has it.
func matches(body, want string) bool {
	part, from := strings.CutPrefix(want, "…")
	part, to := strings.CutSuffix(part, "…")
	switch {
	case from:
		return strings.Contains(body, part)
	case to:
		return strings.HasPrefix(body, part)
	}
	return body == want
}

// AtOnce has several clients send the calls of the key full at the same time, to one API,
// but for what switches maintenance. It fails if that breaks one.
func AtOnce(t *testing.T, open Open, calls []system.Call) {
	t.Helper()
	s := serve(t, open, 1<<40, nil)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, c := range calls {
				if c.Key != "full" || c.Path == "/admin/maintenance" {
					continue
				}
				if resp, body := s.Send(t, c); resp.StatusCode >= 500 || resp.StatusCode == http.StatusUnauthorized {
					t.Errorf("%s %s: got %d %s", c.Method, c.Path, resp.StatusCode, body)
				}
			}
		})
	}
	group.Wait()
}

// Lines sends the lines, each to an API of its own, and compares their codes. It fails
// for a code that has no line and is not excepted.
func Lines(t *testing.T, open Open, lines []system.Line, but map[errcatalog.Code]string) {
	t.Helper()
	seen := map[errcatalog.Code]bool{}
	for _, line := range lines {
		seen[line.Code] = true
		t.Run(string(line.Code), func(t *testing.T) {
			t.Parallel()
			s := Serve(t, open, nil)
			for _, before := range line.Before {
				s.Send(t, before)
			}
			resp, body := s.Send(t, line.Call)
			if code := resp.Header.Get("X-Error-Code"); code != string(line.Code) {
				t.Errorf("got %d %q: %s", resp.StatusCode, code, body)
			}
		})
	}
	for _, e := range Serve(t, open, nil).Errors.Catalog.Errors() {
		if _, excepted := but[e.Code]; seen[e.Code] == excepted {
			t.Errorf("the code %s has a line: %t; it is excepted: %t", e.Code, seen[e.Code], excepted)
		}
	}
}
