package errtest

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// A server is one that probes are sent to, on a port of the loopback interface.
type server struct {
	addr string
	http *http.Server
	log  panicLog
}

// serve starts a server. With h2 it takes HTTP/2, in clear text, and no other.
func serve(h http.Handler, wrap func(net.Listener) net.Listener, h2 bool) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		if l, err = net.Listen("tcp6", "[::1]:0"); err != nil {
			return nil, fmt.Errorf("errtest: no port of the loopback interface can be listened on: %w", err)
		}
	}
	s := &server{addr: l.Addr().String()}
	if wrap != nil {
		l = wrap(l)
	}
	s.http = &http.Server{Handler: h, ErrorLog: log.New(&s.log, "", 0), Protocols: protocols(h2)}
	go func() { _ = s.http.Serve(l) }()
	return s, nil
}

func protocols(h2 bool) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(!h2)
	p.SetUnencryptedHTTP2(h2)
	return p
}

// stop ends the server, and returns an error if a handler did not end in time.
func (s *server) stop(timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	_ = s.http.Close()
	return err
}

// A panicLog keeps the first lines of what net/http logs of panics.
type panicLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *panicLog) Write(p []byte) (int, error) {
	if line, _, _ := bytes.Cut(p, []byte("\n")); bytes.Contains(line, []byte("panic serving")) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.lines = append(l.lines, string(line))
	}
	return len(p), nil
}

// panics returns what was kept.
func (l *panicLog) panics() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines
}
