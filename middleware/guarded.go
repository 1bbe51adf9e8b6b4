package middleware

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// maxKept is how much of a body is held back until the handler ends: as much as
// net/http does.
const maxKept = 4 << 10

// A phase is how far a guarded response has come.
type phase uint8

const (
	kept    phase = iota // nothing is on its way yet
	sent                 // what is written goes on
	ended                // the handler has ended
	expired              // the time was up before that
)

// A guarded writer is the response of a handler that has a limited time for it. It has
// a header of its own, so that nobody else's is changed while it may be sent.
type guarded struct {
	w      http.ResponseWriter
	header http.Header

	mu     sync.Mutex
	phase  phase
	status int         // 0 if the handler leaves it to the first Write
	first  http.Header // as it was when the response began; what is set later can be trailers
	body   []byte
}

// expire ends the handler's time, and reports whether anything can be answered in its
// place.
func (g *guarded) expire() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == kept {
		g.phase = expired
	}
	return g.phase == expired
}

// end records that the handler has ended, and reports whether it did so in time.
func (g *guarded) end() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == kept {
		g.phase = ended
	}
	return g.phase != expired
}

// finish sends what is held back, and the trailers.
func (g *guarded) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == ended {
		g.send()
	}
	g.copyHeader(g.header)
}

// abandon drops what is held back, but for the header, which an error may still be
// answered with.
func (g *guarded) abandon() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.copyHeader(g.header)
}

func (g *guarded) copyHeader(from http.Header) {
	h := g.w.Header()
	clear(h)
	maps.Copy(h, from)
}

// begin records how the response begins.
func (g *guarded) begin(status int) {
	if g.first == nil {
		g.status, g.first = status, maps.Clone(g.header)
	}
}

// send passes on the header, the status and what is held back of the body, if any.
func (g *guarded) send() {
	if g.first == nil {
		g.copyHeader(g.header)
		return
	}
	g.copyHeader(g.first)
	if g.status != 0 {
		g.w.WriteHeader(g.status)
	}
	if len(g.body) > 0 {
		_, _ = g.w.Write(g.body) // the next Write has the same error
		g.body = nil
	}
}

// open has all that is written go on from now on. The lock is held.
func (g *guarded) open() error {
	switch g.phase {
	case expired:
		return http.ErrHandlerTimeout
	case kept:
		g.phase = sent
		g.send()
	}
	return nil
}

// Header returns the handler's own header.
func (g *guarded) Header() http.Header { return g.header }

// WriteHeader keeps a final status back. Informational ones are sent at once.
func (g *guarded) WriteHeader(status int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("middleware: invalid status %d", status)) // as net/http does, which is not asked yet
	}
	informs := status >= 100 && status < 200 && status != http.StatusSwitchingProtocols
	switch {
	case g.phase == sent:
		g.w.WriteHeader(status)
	case g.phase != kept || g.first != nil:
	case informs:
		outside := maps.Clone(g.w.Header()) // for the reply at the deadline
		g.copyHeader(g.header)
		g.w.WriteHeader(status)
		g.copyHeader(outside)
	default:
		g.begin(status)
	}
}

// Write keeps p back as long as the body is short.
func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.keeps(len(p)) {
		g.body = append(g.body, p...)
		return len(p), nil
	}
	if err := g.open(); err != nil {
		return 0, err
	}
	return g.w.Write(p)
}

// WriteString is Write for a string.
func (g *guarded) WriteString(s string) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.keeps(len(s)) {
		g.body = append(g.body, s...)
		return len(s), nil
	}
	if err := g.open(); err != nil {
		return 0, err
	}
	return io.WriteString(g.w, s)
}

// keeps reports whether the next n bytes of body are held back.
func (g *guarded) keeps(n int) bool {
	if g.phase != kept || len(g.body)+n > maxKept {
		return false
	}
	g.begin(0)
	return true
}

// ReadFrom copies src to the response: its beginning as Write does, the rest by the
// writer's own ReadFrom, if it has one.
func (g *guarded) ReadFrom(src io.Reader) (int64, error) {
	n, err := io.CopyN(struct{ io.Writer }{g}, src, maxKept+1)
	if err == io.EOF {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	// That was more than is held back, so the response can't expire any more.
	rest, err := io.Copy(g.w, src)
	return n + rest, err
}

// FlushError sends what is held back.
func (g *guarded) FlushError() error {
	return g.control((*http.ResponseController).Flush)
}

// Flush is FlushError for callers that look for an http.Flusher.
func (g *guarded) Flush() { _ = g.FlushError() }

// control calls a function that has the response go out.
func (g *guarded) control(f func(*http.ResponseController) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.open(); err != nil {
		return err
	}
	return f(http.NewResponseController(g.w))
}

// Hijack takes the connection over, whose time is not limited any more. What is held back goes
// out before.
func (g *guarded) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == expired {
		return nil, nil, http.ErrHandlerTimeout
	}
	if g.first != nil && reqstate.CanHijack(g.w) {
		_ = g.open() // which fails for an expired one alone
	}
	conn, rw, err := http.NewResponseController(g.w).Hijack()
	if err == nil {
		g.phase = sent
	}
	return conn, rw, err
}

// CanHijack reports whether there is a connection to be taken over.
func (g *guarded) CanHijack() bool { return reqstate.CanHijack(g.w) }

// SetReadDeadline sets the deadline for reading the rest of the request.
func (g *guarded) SetReadDeadline(t time.Time) error {
	return g.set(func(c *http.ResponseController) error { return c.SetReadDeadline(t) })
}

// SetWriteDeadline sets the deadline for writing the response.
func (g *guarded) SetWriteDeadline(t time.Time) error {
	return g.set(func(c *http.ResponseController) error { return c.SetWriteDeadline(t) })
}

// EnableFullDuplex lets the handler read the request while it writes the response.
func (g *guarded) EnableFullDuplex() error {
	return g.set((*http.ResponseController).EnableFullDuplex)
}

// set calls a function that changes how the connection works.
func (g *guarded) set(f func(*http.ResponseController) error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.phase == expired {
		return http.ErrHandlerTimeout
	}
	return f(http.NewResponseController(g.w))
}
