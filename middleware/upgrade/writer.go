package upgrade

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"

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
	mode    mode
	off     bool
	packed  bool // the held reply is the contract's, packed by a wrapper between
}

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
		if w.mode = w.begin(status); w.mode == holding {
			w.hold(status)
			if invalid(status) {
				break // who recovers from the panic may answer a 500
			}
			return
		}
	case holding:
		if !w.st.Answers(status) || w.packed && w.text() {
			return // as net/http does with a second status
		}
		if w.held.encoded() {
			w.repack(status) // in the stream that has begun
			return
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
	case !invalid(status) && w.st.Answers(status):
		if !w.off && w.ResponseWriter.Header().Get("Content-Encoding") != "" {
			w.packed = true
			return holding
		}
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
		Status: status, Header: w.ResponseWriter.Header().Clone(), method: w.r.Method, inCharge: w.st.InCharge(),
	}
	if status >= 500 {
		w.st.Failing()
	}
}

// text reports whether a status that comes now begins a text.
func (w *writer) text() bool {
	now := ReplyError{Header: w.ResponseWriter.Header()}
	return !now.typed()
}

// repack has the contract's reply follow the beginning of another, which it takes the
// place of. Whether a wrapper packs it shows when it comes: see whole.
func (w *writer) repack(status int) {
	coding := w.held.Header["Content-Encoding"]
	w.packed, w.held.Status, w.held.Header = true, status, w.ResponseWriter.Header().Clone()
	w.held.Header["Content-Encoding"] = coding
	if w.r.Method == http.MethodHead {
		w.held.Body = nil // none comes
	}
}

// whole reports whether p is the whole reply of the contract's, as its Writer wrote it:
// no wrapper between packs it, and what is held back is nobody's any more.
func (w *writer) whole(p []byte) bool {
	return w.mode == holding && w.packed && w.st.AnswersWith(len(p)) && json.Valid(p)
}

// Write holds p back if it belongs to a foreign error reply.
func (w *writer) Write(p []byte) (int, error) {
	if w.whole(p) {
		status := w.held.Status
		w.held, w.packed, w.mode = nil, false, closed
		delete(w.ResponseWriter.Header(), "Content-Encoding")
		w.send(status)
		return w.ResponseWriter.Write(p)
	}
	if w.keeps(len(p)) {
		if w.mode == holding {
			w.held.Body = append(w.held.Body, p...)
		}
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// WriteString is Write for a string.
func (w *writer) WriteString(s string) (int, error) {
	if w.keeps(len(s)) {
		if w.mode == holding {
			w.held.Body = append(w.held.Body, s...)
		}
		return len(s), nil
	}
	return io.WriteString(w.ResponseWriter, s)
}

// keeps reports whether the next n bytes of body don't go on.
func (w *writer) keeps(n int) bool {
	switch w.mode {
	case open:
		w.mode = passing
	case holding:
		if n <= w.replies.Limit-len(w.held.Body) {
			return true
		}
		w.release(ErrTooLong)
	case answering:
		w.WriteHeader(w.held.Status)
	case answered:
		w.pass(n)
	case closed:
		return true
	}
	return false
}

// pass lets n bytes of the contract's reply go on. If that is all of it, what a handler
// writes after it, for want of a return, goes nowhere. A wrapper that packs the reply
// writes it as it likes.
func (w *writer) pass(n int) {
	if w.st.AnswersWith(n) && w.ResponseWriter.Header().Get("Content-Encoding") == "" {
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
	switch {
	case w.mode == closed:
		return nil
	case w.mode == holding && w.held.typed() && !w.held.image():
		w.settle(ErrStreamed)
	case w.mode == holding:
		w.settle(nil)
	}
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if w.mode == open && !errors.Is(err, http.ErrNotSupported) {
		w.mode = passing
	}
	return err
}

// Flush is FlushError for callers that look for an http.Flusher.
func (w *writer) Flush() { _ = w.FlushError() }

// Hijack takes the connection over, which belongs to the handler from then on: a
// reply that is held back goes out as it is.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.mode == holding {
		w.release(ErrStreamed)
	}
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
