package listener

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/contrite-go/contrite/requestid"
)

// answer sends the contract's reply to a refused request the way every other request
// gets one: with an ID, from the Writer, and reported.
func (c *conn) answer(r *refusal) error {
	cause := fmt.Errorf("listener: net/http refused a request from %v: %s", c.RemoteAddr(), r.text)
	request := &http.Request{Method: http.MethodGet, ProtoMajor: 1, Header: http.Header{}}
	if r.head {
		request.Method = http.MethodHead
	}
	w := &responseWriter{conn: c.Conn, proto: r.proto, head: r.head, header: http.Header{}}
	requestid.Handler(c.errs.Always(r.kind.Because(cause))).ServeHTTP(w, request)
	return w.err
}

// A responseWriter sends one reply of one Write, after which the connection is
// closed.
type responseWriter struct {
	conn   net.Conn
	proto  string
	head   bool
	header http.Header
	status int
	err    error
}

func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader sends a reply to a HEAD. Others wait for their body.
func (w *responseWriter) WriteHeader(status int) {
	w.status = status
	if w.head {
		w.send(nil)
	}
}

// Write sends the reply with its body.
func (w *responseWriter) Write(body []byte) (int, error) {
	w.header["Content-Length"] = []string{strconv.Itoa(len(body))}
	if w.send(body); w.err != nil {
		return 0, w.err
	}
	return len(body), nil
}

func (w *responseWriter) send(body []byte) {
	w.header["Connection"] = []string{"close"}
	w.header["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %d %s\r\n", w.proto, w.status, http.StatusText(w.status))
	_ = w.header.Write(&b)
	b.WriteString("\r\n")
	b.Write(body)
	_, w.err = w.conn.Write(b.Bytes())
}
