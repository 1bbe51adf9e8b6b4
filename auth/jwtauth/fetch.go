package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// maxSet is the size of the largest key set that is read.
const maxSet = 1 << 20

// get fetches the key set.
func (s *JWKS) get(ctx context.Context) (Static, error) {
	ctx, cancel := context.WithTimeout(ctx, orDefault(s.Timeout, 5*time.Second))
	defer cancel()
	text, err := s.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("jwtauth: fetching the key set: %w", err)
	}
	return parseSet(text)
}

// read reads the body of the reply.
func (s *JWKS) read(ctx context.Context) (text []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/jwk-set+json, application/json")
	// A round tripper of the user's that panics would end the process: nobody waits
	// for this goroutine.
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the client panicked: %v", v)
		}
	}()
	resp, err := s.client().Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the issuer answers %s", resp.Status)
	}
	text, err = io.ReadAll(io.LimitReader(resp.Body, maxSet+1))
	if err == nil && len(text) > maxSet {
		err = errors.New("it is larger than 1 MiB")
	}
	return text, err
}

// direct follows no redirects: they would lead to keys that are someone else's.
var direct = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (s *JWKS) client() *http.Client {
	if s.Client != nil {
		return s.Client
	}
	return direct
}

// isLoopback reports whether the host is this one.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
