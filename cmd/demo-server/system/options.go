package system

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/ratelimit"
)

// Options are what the demo server tells each API.
type Options struct {
	// Rate is how many requests a minute a key has. Zero is 60.
	Rate int64
	// DocsURL is the page that documentation URLs point to.
	DocsURL string
	// Upstreams runs the servers that the API calls.
	Upstreams *Upstreams
	// Keys has the API's keys, and Limits the counts of its rate limit, where several
	// processes serve it. Nil is this process's memory.
	Keys   auth.KeyStore
	Limits ratelimit.Store
}

// Upstreams are servers of their own that stand for those of others, on the loopback
// interface. The zero Upstreams has none. It is used by one goroutine.
type Upstreams struct {
	servers []*http.Server
	err     error
}

// Start starts a server and returns its URL.
func (u *Upstreams) Start(h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		u.err = errors.Join(u.err, err)
		return ""
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	u.servers = append(u.servers, server)
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String()
}

// Err returns why a server did not start.
func (u *Upstreams) Err() error { return u.err }

// Close ends the servers.
func (u *Upstreams) Close() {
	for _, server := range u.servers {
		_ = server.Close()
	}
}

// Client calls upstream servers. It keeps enough connections that a busy API does not
// run out of ports.
var Client = &http.Client{
	Timeout:   5 * time.Second,
	Transport: &http.Transport{MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Minute},
}
