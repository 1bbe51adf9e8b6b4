package listener_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/contrite-go/contrite/middleware/listener"
)

// A stubListener accepts the same connection again and again.
type stubListener struct {
	net.Listener
	conn net.Conn
}

func (l stubListener) Accept() (net.Conn, error) { return l.conn, nil }

// accept returns what a server gets for a connection.
func accept(t testing.TB, inner net.Conn) net.Conn {
	t.Helper()
	c, err := listener.Wrap(stubListener{conn: inner}, nil).Accept()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A spyListener remembers what is asked of its TCP connections.
type spyListener struct {
	net.Listener
	mu    sync.Mutex
	asked []string
}

func (l *spyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &spyConn{c.(*net.TCPConn), l}, nil
}

func (l *spyListener) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, fmt.Sprintf(format, args...))
}

// all returns what was asked, in one text.
func (l *spyListener) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.asked, ", ")
}

type spyConn struct {
	*net.TCPConn
	l *spyListener
}

func (c *spyConn) ReadFrom(src io.Reader) (int64, error) {
	from := src
	if limited, ok := from.(*io.LimitedReader); ok {
		from = limited.R
	}
	n, err := c.TCPConn.ReadFrom(src)
	c.l.note("%d bytes from a %T", n, from)
	return n, err
}

func (c *spyConn) CloseWrite() error {
	c.l.note("half closed")
	return c.TCPConn.CloseWrite()
}

// spied starts a server over a spyListener.
func spied(t *testing.T, h http.Handler) (addr string, spy *spyListener) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	spy = &spyListener{Listener: l}
	s := &http.Server{Handler: h, MaxHeaderBytes: 1000}
	go s.Serve(listener.Wrap(spy, nil))
	t.Cleanup(func() { s.Close() })
	return l.Addr().String(), spy
}

func TestAFileStillGoesOutBySendfile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, make([]byte, 1_000_000), 0o600); err != nil {
		t.Fatal(err)
	}
	addr, spy := spied(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) }))
	reply := exchange(t, addr, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	if _, body, _ := parse(t, reply, nil); len(body) != 1_000_000 {
		t.Errorf("got %d bytes", len(body))
	}
	if got := spy.all(); got != "999488 bytes from a *os.File" {
		t.Errorf("the connection got %s", got)
	}
}

// On a client that is still sending, net/http closes half of the connection first, so
// that the reply is not lost.
func TestTheWritingHalfIsClosedFirstWhereNetHTTPDoes(t *testing.T) {
	t.Parallel()
	addr, spy := spied(t, handled(t))
	resp, body, _ := parse(t, exchange(t, addr, filled("GET / HTTP/1.1\r\nHost: a\r\nX: ")), nil)
	if code, _ := verify(t, resp, body); code != "headers_too_large" || spy.all() != "half closed" {
		t.Errorf("got %s, and the connection was %s", body, spy.all())
	}
}

func TestTheConnectionUnderneathIsInReach(t *testing.T) {
	t.Parallel()
	tcp, peer := tcpPair(t)
	c := accept(t, tcp)
	if got := c.(interface{ NetConn() net.Conn }).NetConn(); got != tcp {
		t.Errorf("NetConn is %v, want the TCP connection", got)
	}
	if _, err := c.(syscall.Conn).SyscallConn(); err != nil {
		t.Error(err)
	}
	if _, err := io.Copy(c, strings.NewReader("there")); err != nil {
		t.Error(err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if there, err := io.ReadAll(peer); string(there) != "there" || err != nil {
		t.Errorf("got %q, %v", there, err)
	}
	_, _ = io.WriteString(peer, "back")
	peer.Close()
	var back strings.Builder
	if n, err := io.Copy(&back, c); n != 4 || back.String() != "back" || err != nil {
		t.Errorf("got %q, %v", &back, err)
	}
}

// tcpPair returns both ends of a TCP connection.
func tcpPair(t *testing.T) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); client.Close() })
	return server, client
}

func TestAConnectionThatCanDoLess(t *testing.T) {
	t.Parallel()
	inner, peer := net.Pipe()
	c := accept(t, inner)
	if _, err := c.(syscall.Conn).SyscallConn(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("SyscallConn says %v", err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("CloseWrite says %v", err)
	}
	go func() {
		_, _ = io.Copy(c, strings.NewReader("there"))
		c.Close()
	}()
	if there, err := io.ReadAll(peer); string(there) != "there" || err != nil {
		t.Errorf("got %q, %v", there, err)
	}
}

func TestAReadSideThatCanDoLess(t *testing.T) {
	t.Parallel()
	inner, peer := net.Pipe()
	go func() {
		_, _ = io.WriteString(peer, "back")
		peer.Close()
	}()
	var back strings.Builder
	if n, err := io.Copy(&back, accept(t, inner)); n != 4 || back.String() != "back" || err != nil {
		t.Errorf("got %q, %v", &back, err)
	}
}

// A scriptedConn has a client's bytes to read, and keeps what is written.
type scriptedConn struct {
	net.Conn // nil: what is not below is not called
	request  io.Reader
	mu       sync.Mutex
	reply    []byte
	fail     error
	once     sync.Once
	closed   chan struct{}
}

func script(request string) *scriptedConn {
	return &scriptedConn{request: strings.NewReader(request), closed: make(chan struct{})}
}

func (c *scriptedConn) Read(p []byte) (int, error) { return c.request.Read(p) }

func (c *scriptedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return 0, c.fail
	}
	c.reply = append(c.reply, p...)
	return len(p), nil
}

func (c *scriptedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

func (c *scriptedConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c *scriptedConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c *scriptedConn) SetDeadline(time.Time) error      { return nil }
func (c *scriptedConn) SetReadDeadline(time.Time) error  { return nil }
func (c *scriptedConn) SetWriteDeadline(time.Time) error { return nil }

// A feed is a listener that accepts the connections it is sent.
type feed chan net.Conn

func (f feed) Accept() (net.Conn, error) {
	if c, ok := <-f; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (f feed) Close() error   { return nil }
func (f feed) Addr() net.Addr { return &net.TCPAddr{} }

func TestAReplyThatCouldNotBeSentIsReportedSo(t *testing.T) {
	t.Parallel()
	for _, request := range []string{"garbage\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n"} {
		var log logbook
		c, connections := script(request), make(feed)
		c.fail = errors.New("broken pipe")
		go (&http.Server{Handler: handled(t)}).Serve(listener.Wrap(connections, log.writer()))
		connections <- c
		<-c.closed
		close(connections)
		notes := log.all()
		if len(notes) != 1 {
			t.Fatalf("reported is %q", notes)
		}
		if strings.HasPrefix(request, "HEAD") != (notes[0].problem == "") || notes[0].cause == "" {
			t.Errorf("reported is %q", notes)
		}
	}
}

func TestAListenersErrorIsPassedOn(t *testing.T) {
	t.Parallel()
	closed := make(feed)
	close(closed)
	if c, err := listener.Wrap(closed, nil).Accept(); c != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, %v", c, err)
	}
}

// ordinary are writes that are no refusal, the last of them almost.
var ordinary = []struct{ name, bytes string }{
	{"a response", "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 05:03:53 GMT\r\nContent-Length: 2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nok"},
	{"a body", strings.Repeat("body ", 800)},
	{"an error of a handler's", "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nDate: Sun, 22 Nov 2026 05:03:53 GMT\r\nContent-Length: 19\r\n\r\n404 page not found\n"},
	{"nothing", ""},
	{"a body like a refusal", "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad request"},
}

func TestAnOrdinaryWriteAllocatesNothing(t *testing.T) {
	inner := discard{}
	c := accept(t, inner)
	for _, tt := range ordinary {
		p := []byte(tt.bytes)
		if n := testing.AllocsPerRun(100, func() { _, _ = c.Write(p) }); n != 0 {
			t.Errorf("%s: %v allocations", tt.name, n)
		}
	}
}

// A discard is a connection that takes everything.
type discard struct{ net.Conn }

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkWrite(b *testing.B) {
	for _, tt := range ordinary {
		p := []byte(tt.bytes)
		for _, c := range []struct {
			name string
			net.Conn
		}{{"bare", discard{}}, {"wrapped", accept(b, discard{})}} {
			b.Run(tt.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, _ = c.Write(p)
				}
			})
		}
	}
}
