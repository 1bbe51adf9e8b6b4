package listener_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/contrite-go/contrite/middleware/listener"
)

// marked answers every request, says that it did, and ends the connection.
func marked(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Handler", r.Method)
	w.Header().Set("Connection", "close")
	_, _ = io.WriteString(w, "handled")
}

// FuzzRequest sends anything to a server: what comes back is a handler's, or the
// contract's.
func FuzzRequest(f *testing.F) {
	for _, tt := range malformed {
		f.Add([]byte(tt.request))
	}
	for _, request := range []string{
		"", "GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		f.Add([]byte(request))
	}
	connections := make(feed)
	server := &http.Server{
		Handler:  http.HandlerFunc(marked),
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		// Every refusal of too much waits for half a second, so nothing is too much.
		MaxHeaderBytes: 1 << 30,

		DisableGeneralOptionsHandler: true,
	}
	go server.Serve(listener.Wrap(connections, new(logbook).writer()))
	f.Cleanup(func() { close(connections) })
	f.Fuzz(func(t *testing.T, request []byte) {
		c := script(string(request))
		connections <- c
		<-c.closed
		c.mu.Lock()
		defer c.mu.Unlock()
		check(t, c.reply)
	})
}

// check fails unless the reply is a handler's, the contract's, or nothing.
func check(t *testing.T, reply []byte) {
	t.Helper()
	r := bufio.NewReader(bytes.NewReader(reply))
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return
		}
		about := &http.Request{Method: http.MethodGet}
		if bytes.Contains(reply, []byte("\r\nX-Handler: HEAD\r\n")) || bytes.HasSuffix(reply, []byte("\r\n\r\n")) {
			about.Method = http.MethodHead
		}
		resp, err := http.ReadResponse(r, about)
		if err != nil {
			t.Fatalf("%v in %q", err, reply)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatalf("%v in %q", err, reply)
		}
		if resp.StatusCode != http.StatusContinue && resp.Header.Get("X-Handler") == "" {
			verify(t, resp, string(body))
		}
	}
}
