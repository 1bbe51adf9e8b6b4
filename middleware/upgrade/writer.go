package upgrade

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// A mode is how far a response has come.
type mode uint8

const (
	open      mode = iota // no final status yet
	passing               // all goes on as it comes
	holding               // an error reply is held back
	answering             // onError is answering in its place
	answered              // the contract's reply went on, or is going on
	closed                // nothing goes on any more
)

// A writer is the response as the wrapped handler sees it.
type writer struct {
	http.ResponseWriter
	replies *Replies
	st      *reqstate.State
	r       *http.Request
	held    *ReplyError
	scratch http.Header // what Header returns once closed
	front   reqstate.Front
	mode    mode
	off     bool
	ended   bool // the handler has
}

// Front is where the contract's replies are told of.
func (w *writer) Front() *reqstate.Front { return &w.front }

// Unwrap returns the writer underneath.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Header returns the response's header. What comes after the contract's reply
// must not reach it, whoever still has it.
func (w *writer) Header() http.Header {
	if w.mode != closed {
		return w.ResponseWriter.Header()
	}
	if w.scratch == nil {
		w.scratch = http.Header{}
	}
	return w.scratch
}

// WriteHeader holds the status back if it begins a foreign error reply.
func (w *writer) WriteHeader(status int) {
	if status >= 100 && status < 200 && status != http.StatusSwitchingProtocols {
		if w.mode != holding && w.mode != closed {
			w.ResponseWriter.WriteHeader(status)
		}
		return
	}
	switch w.mode {
	case open:
		if w.holds(status) {
			return
		}
	case holding:
		if w.keeps() || !w.front.Brings(status) {
			return // as net/http does with a second status
		}
		w.held, w.mode = nil, answered
	case answering:
		w.mode = answered
	case answered:
		w.mode = closed // a second reply, which would be glued to the first
		return
	case closed:
		return
	}
	w.send(status)
}

// holds reports whether the reply that begins with a status is held back.
func (w *writer) holds(status int) bool {
	w.mode = w.begin(status)
	switch {
	case w.mode != holding:
		return false
	case w.keeps():
		return true
	}
	w.hold(status)
	return !invalid(status) // else who recovers from the panic may answer a 500
}

// send passes a final status on. http.MaxBytesReader can't close the connection
// through a wrapper, so a 413 does.
func (w *writer) send(status int) {
	if status == http.StatusRequestEntityTooLarge && w.r.ProtoMajor < 2 {
		w.ResponseWriter.Header()["Connection"] = []string{"close"}
	}
	w.ResponseWriter.WriteHeader(status)
}

// begin returns the mode of a response with that status.
func (w *writer) begin(status int) mode {
	switch {
	case status < 400 && !invalid(status):
		return passing
	case w.front.Brings(status) && (w.off || w.front.Copy == nil):
		return answered
	case w.off:
		return passing
	}
	return holding
}

// invalid reports whether net/http panics at a status.
func invalid(status int) bool { return status < 100 || status > 999 }

// hold keeps status and header back, as net/http would send them now.
func (w *writer) hold(status int) {
	if invalid(status) {
		status = http.StatusInternalServerError
	}
	w.held = &ReplyError{
		Status: status, Header: w.ResponseWriter.Header().Clone(), head: w.st.Head, inCharge: w.st.InCharge(),
	}
	reqstate.Canonicalize(w.held.Header)
	if status >= 500 {
		w.st.Failing()
	}
}

// keeps reports whether the contract's reply is held back. It is if it comes through a
// wrapper: what that sends on may be packed, late, or with a text of the handler's.
func (w *writer) keeps() bool {
	if !w.ours() && !w.off && w.front.Copy != nil {
		w.hold(w.front.Copy.Status)
		w.own(w.front.Copy)
	}
	return w.ours()
}

// ours reports whether what is held back is the contract's reply, whatever a wrapper makes
// of it.
func (w *writer) ours() bool { return w.front.Kept != nil }

// own makes what is held back the contract's reply.
func (w *writer) own(reply *reqstate.Copy) {
	w.front.Kept = reply
	w.held.Status, w.held.Body = reply.Status, []byte(reply.Body)
	h := w.held.Header
	reqstate.Canonicalize(h)
	for name := range h {
		if reqstate.Stale(name) {
			delete(h, name)
		}
	}
	vary := h["Vary"]
	maps.Copy(h, reply.Header)
	if len(vary) > 0 && len(h["Vary"]) > 0 {
		h["Vary"] = vary
		reqstate.VaryByAccept(h)
	}
	if w.st.Head {
		h["Content-Length"] = []string{strconv.Itoa(len(reply.Body))}
		w.held.Body = nil
	}
}

// Write holds p back if it belongs to a foreign error reply.
func (w *writer) Write(p []byte) (int, error) {
	if w.takes(p) {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// WriteString is Write for a string.
func (w *writer) WriteString(s string) (int, error) {
	if w.mode > passing {
		return w.Write([]byte(s))
	}
	w.mode = passing
	return io.WriteString(w.ResponseWriter, s)
}

// takes reports whether p, the next part of the body, does not go on.
func (w *writer) takes(p []byte) bool {
	switch w.mode {
	case open:
		w.mode = passing
	case holding:
		return w.withhold(p)
	case answering:
		w.WriteHeader(w.held.Status)
	case answered:
		w.pass(len(p))
	case closed:
		return true
	}
	return false
}

// withhold holds p back, unless the reply is longer than the limit.
func (w *writer) withhold(p []byte) bool {
	limit, before := w.replies.Limit, w.held.Body
	if w.keeps() {
		if bytes.Equal(p, w.held.Body) { // as it was written
			w.settle(nil)
		}
		return true
	}
	w.held.Body = append(before, p[:min(len(p), limit)]...)
	if len(p) <= limit-len(before) || w.claims(false) {
		return true
	}
	kept := w.held.Body[:limit] // which is longer now
	w.held.Body = before
	w.release(ErrTooLong)
	w.held.Body = kept // for who is told
	return false
}

// pass lets n bytes of the contract's reply go on. If that is all of it, what a handler
// writes after it, for want of a return, goes nowhere.
func (w *writer) pass(n int) {
	if n > 0 && n == int(w.front.Length) && w.front.Copy == nil {
		w.mode = closed
	}
}

// ReadFrom copies src to the response, by the writer's own ReadFrom unless the reply
// is held back. A source that fails before its first byte leaves the response
// unstarted, if it does so underneath.
func (w *writer) ReadFrom(src io.Reader) (int64, error) {
	if rf, ok := w.ResponseWriter.(io.ReaderFrom); ok && (w.mode == open || w.mode == passing) {
		n, err := rf.ReadFrom(src)
		if n > 0 {
			w.mode = passing
		}
		return n, err
	}
	return io.Copy(struct{ io.Writer }{w}, src)
}

// FlushError sends what is buffered. A foreign error reply ends here: it is
// upgraded, or, if it has a type, sent as it goes on.
func (w *writer) FlushError() error {
	if w.ended {
		return nil
	}
	if w.mode == holding {
		w.settle(ErrStreamed)
	}
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if w.mode == open && !errors.Is(err, http.ErrNotSupported) {
		w.mode = passing
	}
	return err
}

// Flush is FlushError for callers that look for an http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// Hijack takes the connection over, if there is one, which belongs to the handler from then
// on: a reply that is held back goes out as it is.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.mode == holding && reqstate.CanHijack(w.ResponseWriter) {
		w.release(ErrStreamed)
	}
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
