package listener_test

import (
	"go/build"
	"maps"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/middleware/listener"
)

// The canaries compare what the package knows of net/http with the net/http that runs
// the tests. They fail when a Go release words a refusal differently, and say what to
// change in refusal.go.

// A written is one Write of net/http's, and its functions that led there.
type written struct {
	bytes string
	trail []string
}

// A recorder is a listener that remembers what is written to its connections.
type recorder struct {
	net.Listener
	mu     sync.Mutex
	writes []written
}

func (r *recorder) Accept() (net.Conn, error) {
	c, err := r.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &recordedConn{c.(*net.TCPConn), r}, nil
}

type recordedConn struct {
	*net.TCPConn
	r *recorder
}

func (c *recordedConn) Write(p []byte) (int, error) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.writes = append(c.r.writes, written{string(p), trail()})
	return c.TCPConn.Write(p)
}

// trail returns the functions of net/http on the stack, innermost first.
func trail() (names []string) {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if name, ok := strings.CutPrefix(f.Function, "net/http."); ok {
			names = append(names, name)
		}
	}
	return names
}

// provoke returns what a server without this package writes to a request.
func provoke(t *testing.T, request string, start func(*httptest.Server), options ...serverOption) written {
	t.Helper()
	s := unstarted(handled(t), options...)
	r := &recorder{Listener: s.Listener}
	s.Listener = r
	start(s)
	defer s.Close()
	reply := exchange(t, s.Listener.Addr().String(), request)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.writes) != 1 || r.writes[0].bytes != reply {
		t.Fatalf("%s writes a reply in several parts, and the package expects one: %q", runtime.Version(), r.writes)
	}
	return r.writes[0]
}

// refused returns what a server without this package writes to all requests that it
// refuses.
func refused(t *testing.T) []written {
	t.Helper()
	requests := []string{
		"HEAD / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n",
		"HEAD / HTTP/1.0\r\nExpect: cake\r\n\r\n",
	}
	for _, tt := range malformed {
		requests = append(requests, tt.request)
	}
	var all []written
	for _, request := range requests {
		all = append(all,
			provoke(t, request, (*httptest.Server).Start),
			provoke(t, request, (*httptest.Server).Start, func(s *httptest.Server) { s.Config.SetKeepAlivesEnabled(false) }))
	}
	return append(all, provoke(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", (*httptest.Server).StartTLS))
}

// unprovoked are refusals that net/http has code for and no request is known to get:
// what reads the headers refuses first.
var unprovoked = []string{
	"HTTP/1.1 400 Bad Request: invalid header value\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request: invalid header value",
}

func TestTheRefusalsAreThoseOfThisGo(t *testing.T) {
	t.Parallel()
	found := make(map[string][]string)
	for _, w := range refused(t) {
		found[listener.Dateless([]byte(w.bytes))] = w.trail
	}
	for _, image := range slices.Sorted(maps.Keys(found)) {
		if !slices.Contains(listener.Images(), image) {
			t.Errorf("%s writes a reply that nobody replaces; add it to the list in refusals:\n\t%q", runtime.Version(), image)
			continue
		}
		if want := listener.Trail(image); !slices.Equal(want, found[image][:min(len(want), len(found[image]))]) {
			t.Errorf("%s writes a reply from other functions; mend pastWriter or byWriter, which says %q:\n\t%q\n\t%q",
				runtime.Version(), want, image, found[image])
		}
	}
	for _, image := range listener.Images() {
		if found[image] == nil && !slices.Contains(unprovoked, image) {
			t.Errorf("no request of the tests gets this reply of %s; if its net/http has no such reply any more, "+
				"take it out of refusals once no supported Go has it; else add a request to malformed:\n\t%q", runtime.Version(), image)
		}
	}
}

// replies are the lines of net/http's server.go that write a reply by themselves, or
// make one of those that one of them writes.
var replies = []string{
	`io.WriteString(re.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")`,
	`fmt.Fprintf(c.rwc, "HTTP/1.1 "+publicErr+errorHeaders+publicErr)`,
	`fmt.Fprintf(c.rwc, "HTTP/1.1 "+publicErr+errorHeaders+publicErr)`,
	`fmt.Fprintf(c.rwc, "HTTP/1.1 %d %s%sUnsupported transfer encoding", code, StatusText(code), errorHeaders)`,
	`fmt.Fprintf(c.rwc, "HTTP/1.1 %d %s: %s%s%d %s: %s", v.code, StatusText(v.code), v.text, errorHeaders, v.code, StatusText(v.code), v.text)`,
	`func badRequestError(e string) error { return statusError{StatusBadRequest, e} }`,
	`return nil, badRequestError("missing required Host header")`,
	`return nil, badRequestError("malformed Host header")`,
	`return nil, badRequestError("invalid header name")`,
	`return nil, badRequestError("invalid header value")`,
	`return nil, statusError{StatusHTTPVersionNotSupported, "unsupported protocol version"}`,
	`n, err = w.c.rwc.Write(p)`, // the ResponseWriter's
	`w.sendExpectationFailed()`,
}

// A reply that a new Go adds is not provoked by any request of the tests. So the
// source is read too.
func TestNetHTTPHasNoOtherReplies(t *testing.T) {
	t.Parallel()
	pkg, err := build.Import("net/http", "", build.FindOnly)
	if err != nil {
		t.Skipf("there is no source of net/http to read: %v", err)
	}
	source, err := os.ReadFile(filepath.Join(pkg.Dir, "server.go"))
	if err != nil {
		t.Skipf("there is no source of net/http to read: %v", err)
	}
	pattern := regexp.MustCompile(`(?m)^.*(\(re\.Conn,|\((\w+\.)?rwc,|rwc\.Write\(|badRequestError\(|statusError\{|\.sendExpectationFailed\(\)).*$`)
	var found []string
	for _, line := range pattern.FindAllString(string(source), -1) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "func (w *response) sendExpectationFailed") && !strings.HasPrefix(line, "c.setState(") {
			found = append(found, line)
		}
	}
	for _, line := range diff(found, replies) {
		t.Errorf("%s has a line that may write a reply; add it to replies, and the reply to refusals and to malformed:\n\t%s", runtime.Version(), line)
	}
	for _, line := range diff(replies, found) {
		t.Errorf("%s no longer has a line that wrote a reply; see what has taken its place, and mend replies:\n\t%s", runtime.Version(), line)
	}
}

// diff returns the lines of a that are not in b, as often as they are more.
func diff(a, b []string) []string {
	b = slices.Clone(b)
	return slices.DeleteFunc(slices.Clone(a), func(line string) bool {
		i := slices.Index(b, line)
		if i >= 0 {
			b = slices.Delete(b, i, i+1)
		}
		return i >= 0
	})
}
