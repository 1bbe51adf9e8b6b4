package requestid_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/requestid"
)

// server starts h on a connection of its own, and says how to reach it.
func server(t *testing.T, http2 bool, h http.Handler) (string, *http.Client) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	t.Cleanup(srv.Close)
	if http2 {
		srv.EnableHTTP2 = true
		srv.StartTLS()
	} else {
		srv.Start()
	}
	return srv.URL, srv.Client()
}

func TestTheIDReachesTheNextService(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		http2 bool
		proto string
	}{
		{"over HTTP/1.1", false, "HTTP/1.1"},
		{"over HTTP/2", true, "HTTP/2.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			backURL, back := server(t, tt.http2, requestid.Handler(http.HandlerFunc(
				func(w http.ResponseWriter, r *http.Request) {
					if r.Proto != tt.proto {
						t.Errorf("asked over %s", r.Proto)
					}
					io.Copy(w, r.Body)
				})))
			back.Transport = &requestid.Transport{Base: back.Transport}
			frontURL, front := server(t, tt.http2, requestid.Handler(relay(t, back, backURL)))

			id := requestid.New()
			req, err := http.NewRequestWithContext(t.Context(), "POST", frontURL, strings.NewReader("hello"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set(requestid.Header, id)
			resp, err := front.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || string(body) != "hello" {
				t.Errorf("body %q, error %v", body, err)
			}
			if resp.Proto != tt.proto {
				t.Errorf("answered over %s", resp.Proto)
			}
			if got := resp.Header.Get(requestid.Header); got != id {
				t.Errorf("the front echoed %q, want %q", got, id)
			}
			if got := resp.Header.Get("Backend-Id"); got != id {
				t.Errorf("the back echoed %q, want %q", got, id)
			}
		})
	}
}

// relay asks url on behalf of its caller, and says which ID it got back.
func relay(t *testing.T, c *http.Client, url string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, url, r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		w.Header().Set("Backend-Id", resp.Header.Get(requestid.Header))
		io.Copy(w, resp.Body)
	}
}

// A base answers every request with 204 or its error, and remembers what it was given.
type base struct {
	got    *http.Request
	err    error
	closed int
}

func (b *base) RoundTrip(r *http.Request) (*http.Response, error) {
	b.got = r
	if b.err != nil {
		return nil, b.err
	}
	return &http.Response{StatusCode: 204, Body: http.NoBody, Request: r}, nil
}

func (b *base) CloseIdleConnections() { b.closed++ }

// outbound is a request made while "served" was served.
func outbound(header http.Header) *http.Request {
	ctx := &reqstate.State{Context: context.Background(), RequestID: "served"}
	r, _ := http.NewRequestWithContext(ctx, "GET", "http://next.example/", nil)
	r.Header = header
	return r
}

func TestTransportHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		req  *http.Request
		want http.Header
	}{
		{"a request without one gets the ID", outbound(http.Header{"Accept": {"a"}}), http.Header{"Accept": {"a"}, "X-Request-Id": {"served"}}},
		{"so does a request without any header", outbound(nil), http.Header{"X-Request-Id": {"served"}}},

		{"a header that was copied is replaced", outbound(http.Header{"X-Request-Id": {"claimed"}}), http.Header{"X-Request-Id": {"served"}}},
		{"an empty one too", outbound(http.Header{"X-Request-Id": {""}}), http.Header{"X-Request-Id": {"served"}}},
		{"nil keeps the ID to ourselves", outbound(http.Header{"X-Request-Id": nil}), http.Header{"X-Request-Id": nil}},

		{"outside any request there is none", httptest.NewRequest("GET", "http://next.example/", nil), http.Header{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := new(base)
			before := maps.Clone(tt.req.Header)
			resp, err := (&requestid.Transport{Base: b}).RoundTrip(tt.req)
			if err != nil || resp.StatusCode != 204 {
				t.Fatalf("response %v, error %v", resp, err)
			}
			if !maps.EqualFunc(b.got.Header, tt.want, slices.Equal) {
				t.Errorf("sent %v, want %v", b.got.Header, tt.want)
			}
			if !maps.EqualFunc(tt.req.Header, before, slices.Equal) {
				t.Errorf("the caller's own request became %v", tt.req.Header)
			}
		})
	}
}

// A body counts how often it was closed.
type body struct {
	io.Reader
	closed int
}

func (b *body) Close() error {
	b.closed++
	return nil
}

func TestTransportLeavesTheBodyToItsBase(t *testing.T) {
	t.Parallel()
	in := &body{Reader: strings.NewReader("hello")}
	req := outbound(http.Header{})
	req.Body = in
	b := &base{err: errors.New("no route")}
	resp, err := (&requestid.Transport{Base: b}).RoundTrip(req)
	if resp != nil || !errors.Is(err, b.err) {
		t.Errorf("response %v, error %v", resp, err)
	}
	if b.got.Body != in || in.closed != 0 {
		t.Errorf("the base was given %v, which was closed %d times", b.got.Body, in.closed)
	}
}

func TestTransportClosesIdleConnections(t *testing.T) {
	t.Parallel()

	t.Run("of its base, when the client says so", func(t *testing.T) {
		t.Parallel()
		b := new(base)
		(&http.Client{Transport: &requestid.Transport{Base: b}}).CloseIdleConnections()
		if b.closed != 1 {
			t.Errorf("closed %d times", b.closed)
		}
	})

	t.Run("and not of a base that cannot", func(t *testing.T) {
		t.Parallel()
		(&requestid.Transport{Base: http.NewFileTransport(http.Dir("."))}).CloseIdleConnections()
	})
}

func TestTheZeroTransportSendsByDefault(t *testing.T) {
	t.Parallel()
	url, _ := server(t, false, requestid.Handler(http.HandlerFunc(nothing)))
	req := outbound(http.Header{}).Clone(&reqstate.State{Context: t.Context(), RequestID: "served"})
	var err error
	if req.URL, err = req.URL.Parse(url); err != nil {
		t.Fatal(err)
	}
	resp, err := new(requestid.Transport).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get(requestid.Header); got != "served" {
		t.Errorf("the server was given %q", got)
	}
}
