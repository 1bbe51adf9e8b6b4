package middleware_test

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/listener"
)

// silent answers in the contract, and reports to nobody.
var silent = &errcatalog.Writer{Report: new(reports).add}

// serveRaw serves h within the stack, behind the listener, and returns the address.
func serveRaw(t *testing.T, s middleware.Stack, h http.Handler) string {
	t.Helper()
	if s.Errors == nil {
		s.Errors = silent
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	server := httptest.NewUnstartedServer(s.Handler(h))
	server.Listener = listener.Wrap(server.Listener, s.Errors)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// A rawReply is a reply with its body read, as far as it came.
type rawReply struct {
	*http.Response
	body   string
	broken error // what ended the body before its end
}

// exchange sends the text on a connection of its own and returns the replies that come
// until the server closes it: as to requests of these methods, and as to GET beyond.
func exchange(t *testing.T, addr, text string, methods ...string) (replies []rawReply) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(conn, text) // of which the server may not want all
	}()
	defer func() { conn.Close(); <-sent }()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	for r := bufio.NewReader(conn); ; {
		method := http.MethodGet
		if len(methods) > 0 {
			method = methods[0]
		}
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after %d replies the connection hangs", len(replies))
		}
		if err != nil {
			return replies
		}
		if resp.StatusCode >= 200 && len(methods) > 0 {
			methods = methods[1:]
		}
		body, err := io.ReadAll(resp.Body)
		replies = append(replies, rawReply{resp, string(body), err})
		if err != nil {
			return replies
		}
	}
}

// judge fails for each reply of 400 or more that is not in the contract or not whole,
// and for a request ID that two replies have.
func judge(t *testing.T, replies []rawReply) {
	t.Helper()
	ids := map[string]bool{}
	for i, reply := range replies {
		if reply.StatusCode < 200 {
			continue
		}
		id := reply.Header.Get("X-Request-Id")
		if ids[id] {
			t.Errorf("reply %d has the request ID %s of another", i, id)
		}
		ids[id] = true
		if reply.StatusCode < 400 {
			continue
		}
		for _, fault := range errtest.Check(nil, reply.Response, []byte(reply.body)) {
			t.Errorf("reply %d: %v in %s %v %q", i, fault, reply.Status, reply.Header, shortened(reply.body))
		}
		if reply.broken != nil {
			t.Errorf("reply %d breaks off: %v", i, reply.broken)
		}
	}
}

func shortened(s string) string { return s[:min(len(s), 300)] }

// statuses are those of the replies, 1xx among them.
func statuses(replies []rawReply) (all []int) {
	for _, reply := range replies {
		all = append(all, reply.StatusCode)
	}
	return all
}

// get is a request as it is sent, with further headers that end with a line break.
func get(path, headers string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n"
}

// last is get for a request that ends its connection.
func last(path string) string { return get(path, "Connection: close\r\n") }

// post is a request with a body, in chunks if they have a size.
func post(path, headers, body string, chunk int) string {
	var b strings.Builder
	b.WriteString("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers)
	if chunk == 0 {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
		return b.String()
	}
	b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	for body != "" {
		n := min(chunk, len(body))
		b.WriteString(strconv.FormatInt(int64(n), 16) + "\r\n" + body[:n] + "\r\n")
		body = body[n:]
	}
	b.WriteString("0\r\n\r\n")
	return b.String()
}
