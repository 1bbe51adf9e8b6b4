package errtest

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
)

// A recorder passes a response on and keeps what is to be judged of it: the status,
// the headers as they were sent, and the start of an error's body.
type recorder struct {
	http.ResponseWriter
	status int
	header http.Header
	body   []byte
}

// Unwrap returns the writer underneath, for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status, w.header = status, maps.Clone(w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) start() {
	if w.status == 0 {
		w.status, w.header = http.StatusOK, maps.Clone(w.Header())
	}
}

func (w *recorder) Write(p []byte) (int, error) {
	w.start()
	if w.status >= 400 {
		w.body = append(w.body, p[:min(len(p), maxBody-len(w.body))]...)
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets a file still go out by sendfile. A source that fails before its first
// byte leaves the response unstarted, so that an error can still be answered.
func (w *recorder) ReadFrom(src io.Reader) (int64, error) {
	if rf, ok := w.ResponseWriter.(io.ReaderFrom); ok && w.status < 400 {
		n, err := rf.ReadFrom(src)
		if n > 0 {
			w.start()
		}
		return n, err
	}
	return io.Copy(struct{ io.Writer }{w}, src)
}

// Flush is for callers that look for an http.Flusher.
func (w *recorder) Flush() { _ = w.FlushError() }

// FlushError sends what is buffered.
func (w *recorder) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	if !errors.Is(err, http.ErrNotSupported) {
		w.start()
	}
	return err
}

// Hijack takes the connection over, and with it the response, which is judged no more.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.status == 0 {
		w.status = http.StatusSwitchingProtocols
		w.header = nil
	}
	return conn, rw, err
}

// response is the reply as a client gets it, nil if it was hijacked.
func (w *recorder) response(r *http.Request) *http.Response {
	w.start()
	if w.header == nil {
		return nil
	}
	return &http.Response{StatusCode: w.status, ProtoMajor: r.ProtoMajor, Header: w.header, Request: r}
}
