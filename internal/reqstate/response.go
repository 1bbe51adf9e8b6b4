package reqstate

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// sniffLen is how much net/http reads of a body before it trusts a ReadFrom.
const sniffLen = 512

// A Response is the suite's one response wrapper: it passes everything on and
// knows whether the response started, with which status, how many bytes of body
// it has, and whether the connection was hijacked. Through Unwrap it works with
// http.ResponseController; a file copied to it still goes out by sendfile.
type Response struct {
	http.ResponseWriter

	st       *State // nil for a Response on its own
	status   atomic.Int32
	hijacked atomic.Bool
	bytes    int64
}

// Started reports whether a final status was sent, or the connection hijacked:
// nothing that is written now can be a reply of its own.
func (w *Response) Started() bool { return w.status.Load() != 0 || w.hijacked.Load() }

// Status returns the final status that was sent, 0 if none was.
func (w *Response) Status() int { return int(w.status.Load()) }

// Bytes returns how many bytes of body were written.
func (w *Response) Bytes() int64 { return w.bytes }

// Hijacked reports whether a handler took the connection over.
func (w *Response) Hijacked() bool { return w.hijacked.Load() }

// Unwrap returns the writer underneath.
func (w *Response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader passes the status on. A 1xx other than 101 does not start the
// response.
func (w *Response) WriteHeader(status int) {
	w.showID()
	w.ResponseWriter.WriteHeader(status)
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.start(status)
	}
}

// start records the first final status. A hijacked connection has none of ours.
func (w *Response) start(status int) {
	if w.Started() {
		return
	}
	w.status.Store(int32(status))
	if w.st != nil && status >= 500 {
		w.st.Failing()
	}
}

// showID has the response show the request's ID, whatever a handler made of the header.
func (w *Response) showID() {
	if w.st != nil && w.st.ShowsID {
		ShowID(w.Header(), w.st.RequestID)
	}
}

// begin starts the response with 200 unless it had started.
func (w *Response) begin() {
	if !w.Started() {
		w.showID()
		w.start(http.StatusOK)
	}
}

// Write passes p on and starts the response with 200 unless it had started.
func (w *Response) Write(p []byte) (int, error) {
	w.begin()
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// WriteString is Write for a string.
func (w *Response) WriteString(s string) (int, error) {
	w.begin()
	n, err := io.WriteString(w.ResponseWriter, s)
	w.bytes += int64(n)
	return n, err
}

// ReadFrom copies src to the response, by the writer's own ReadFrom if it has
// one. A source that fails before its first byte leaves the response unstarted,
// so that an error can still be answered.
func (w *Response) ReadFrom(src io.Reader) (n int64, err error) {
	if !w.Started() {
		n, err = io.CopyN(struct{ io.Writer }{w}, src, sniffLen)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	var rest int64
	if rf, ok := w.ResponseWriter.(io.ReaderFrom); ok {
		rest, err = rf.ReadFrom(src)
	} else {
		rest, err = io.Copy(struct{ io.Writer }{w.ResponseWriter}, src)
	}
	w.bytes += rest
	return n + rest, err
}

// FlushError sends what is buffered. The error is http.ErrNotSupported where no
// writer underneath can flush.
func (w *Response) FlushError() error {
	if !w.Started() {
		w.showID()
	}
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if !errors.Is(err, http.ErrNotSupported) {
		w.start(http.StatusOK)
	}
	return err
}

// Flush is FlushError for callers that look for an http.Flusher.
func (w *Response) Flush() { _ = w.FlushError() }

// Hijack takes the connection over. The error wraps http.ErrNotSupported where
// no writer underneath can be hijacked.
func (w *Response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.hijacked.Store(true)
	}
	return conn, rw, err
}
