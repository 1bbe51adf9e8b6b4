// Package testutil has what the suite's tests share: real servers over real
// connections, for HTTP/1.1 and HTTP/2.
package testutil

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Protocols runs f as a parallel subtest for each protocol. h2 says that it is
// HTTP/2.
func Protocols(t *testing.T, f func(t *testing.T, h2 bool)) {
	t.Helper()
	for name, h2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, h2)
		})
	}
}

// Serve starts a server with h, which stops at the end of the test. With h2 it
// speaks HTTP/2 to its own client. What net/http would log is dropped.
func Serve(t *testing.T, h http.Handler, h2 bool) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = h2
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if h2 {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// Get fetches a path of the server and returns the response with its body read.
func Get(t *testing.T, s *httptest.Server, path string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Do(t, s.Client(), r)
}

// Do sends a request and returns the response with its body read.
func Do(t *testing.T, c *http.Client, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}
