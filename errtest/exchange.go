package errtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody is how much of an error's body is read.
const maxBody = 1 << 20

// A client sends probes to a server.
type client struct {
	server  *server
	common  http.Header
	timeout time.Duration
	h2      *http.Transport // nil for HTTP/1.1
}

func newClient(s *server, common http.Header, timeout time.Duration, h2 bool) *client {
	c := &client{server: s, common: common, timeout: timeout}
	if h2 {
		c.h2 = &http.Transport{Protocols: protocols(true), DisableCompression: true}
	}
	return c
}

func (c *client) protocol() string {
	if c.h2 != nil {
		return "HTTP/2"
	}
	return "HTTP/1.1"
}

// send sends the probe and returns its reply, nil for one that leaves before.
func (c *client) send(p *probe) (*http.Response, []byte, error) {
	if c.h2 != nil {
		return c.send2(p)
	}
	conn, err := net.DialTimeout("tcp", c.server.addr, c.timeout)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return nil, nil, err
	}
	text := p.text(c.server.addr, c.common)
	if p.leave {
		_, err := io.WriteString(conn, text)
		return nil, nil, err
	}
	// The server may answer before it has read it all.
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(conn, text)
		if tcp, ok := conn.(*net.TCPConn); ok && p.half {
			_ = tcp.CloseWrite()
		}
	}()
	resp, body, err := receive(conn, p.request(c.common))
	conn.Close()
	<-sent
	return resp, body, err
}

// request is the probe as its reply is to be understood.
func (p *probe) request(common http.Header) *http.Request {
	r := &http.Request{Method: p.method(), Header: p.header(common)}
	if p.Raw != "" {
		r.Header = rawHeader(p.Raw)
	}
	return r
}

// rawHeader reads the headers that matter to a reply as far as they can be read.
func rawHeader(raw string) http.Header {
	if r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw))); err == nil {
		return r.Header
	}
	return nil
}

// receive reads a reply, and the body of one that is judged.
func receive(conn net.Conn, r *http.Request) (*http.Response, []byte, error) {
	reader := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(reader, r)
		if err != nil {
			return nil, nil, noReply(err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			body, err := readBody(resp)
			return resp, body, err
		}
	}
}

// readBody reads the body of a reply that is judged, and leaves those that may not end.
func readBody(resp *http.Response) ([]byte, error) {
	if resp.StatusCode < 400 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return body, fmt.Errorf("the body breaks off: %w", err)
	}
	return body, nil
}

// noReply says what is wrong with a reply that could not be read.
func noReply(err error) error {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.New("there is no reply in time")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the server closed the connection without a whole reply")
	}
	return fmt.Errorf("there is no reply that can be read: %w", err)
}

func (c *client) send2(p *probe) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), c.timeout)
	defer cancel()
	u, err := url.ParseRequestURI(p.target())
	if err != nil {
		return nil, nil, err
	}
	u.Scheme, u.Host = "http", c.server.addr
	r, err := http.NewRequestWithContext(ctx, p.method(), u.String(), strings.NewReader(p.Body))
	if err != nil {
		return nil, nil, err
	}
	r.URL, r.Header = u, p.header(c.common)
	if p.Body == "" {
		r.Body, r.ContentLength = nil, 0
	}
	resp, err := c.h2.RoundTrip(r)
	if err != nil {
		return nil, nil, noReply(err)
	}
	defer resp.Body.Close()
	body, err := readBody(resp)
	return resp, body, err
}
