package upgrade_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	suite "github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// proxyTo returns a proxy inside the suite, and what it reports.
func proxyTo(t *testing.T, address string, set func(*httputil.ReverseProxy)) (http.Handler, *reports) {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	got := new(reports)
	errs := &errcatalog.Writer{Report: got.add}
	p := httputil.NewSingleHostReverseProxy(target)
	p.Transport = &http.Transport{DisableKeepAlives: true}
	p.ErrorHandler = upgrade.ProxyError(errs.WriteError)
	set(p)
	u := upgrade.Replies{OnError: errs.WriteError, Report: got.pass}
	return suite.Stack{Errors: errs}.Handler(u.Handler(p)), got
}

// listen starts a server that does one thing to each connection.
func listen(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			do(conn)
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

func TestAProxysFailuresAreNamed(t *testing.T) {
	t.Parallel()
	plain := func(*httputil.ReverseProxy) {}
	for _, test := range []struct {
		name   string
		target func(*testing.T) string
		set    func(*httputil.ReverseProxy)
		kind   errcatalog.Kind
	}{
		{"nobody listens", func(t *testing.T) string {
			address := httptest.NewServer(http.NotFoundHandler())
			address.Close()
			return address.URL
		}, plain, errcatalog.Unavailable},
		{"the connection closes at once", func(t *testing.T) string { return listen(t, func(net.Conn) {}) }, plain, errcatalog.UpstreamInvalid},
		{"no HTTP", func(t *testing.T) string {
			return listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n\r\n") })
		}, plain, errcatalog.UpstreamInvalid},
		{"no answer in time", func(t *testing.T) string {
			return testutil.Serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), false).URL
		}, func(p *httputil.ReverseProxy) {
			p.Transport = &http.Transport{ResponseHeaderTimeout: time.Millisecond}
		}, errcatalog.UpstreamTimeout},
		{"no answer before the deadline", func(t *testing.T) string {
			return testutil.Serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), false).URL
		}, func(p *httputil.ReverseProxy) {
			p.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
				ctx, cancel := context.WithTimeout(r.Context(), time.Millisecond)
				defer cancel()
				return http.DefaultTransport.RoundTrip(r.WithContext(ctx))
			})
		}, errcatalog.UpstreamTimeout},
		{"an error of the contract", func(t *testing.T) string { return testutil.Serve(t, bareNothing, false).URL }, func(p *httputil.ReverseProxy) {
			p.ModifyResponse = func(*http.Response) error { return errcatalog.Maintenance }
		}, errcatalog.Maintenance},
		{"another error", func(t *testing.T) string { return testutil.Serve(t, bareNothing, false).URL }, func(p *httputil.ReverseProxy) {
			p.ModifyResponse = func(*http.Response) error { return io.ErrUnexpectedEOF }
		}, errcatalog.UpstreamInvalid},
		{"without ProxyError", func(t *testing.T) string { return listen(t, func(net.Conn) {}) }, func(p *httputil.ReverseProxy) {
			p.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
		}, errcatalog.UpstreamInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, got := proxyTo(t, test.target(t), test.set)
			resp, body := testutil.Get(t, testutil.Serve(t, h, false), "/")
			want := errcatalog.Standard.Resolve(test.kind)
			if resp.StatusCode != want.Status() || codeOf(body) != string(want.Code()) || strings.Contains(body, "127.0.0.1") {
				t.Errorf("got %d %s, want %v", resp.StatusCode, body, want)
			}
			if e, problem := got.only(t); !errors.Is(e, test.kind) || problem != nil || errors.Unwrap(e) == nil && test.kind != errcatalog.Maintenance {
				t.Errorf("reported %v because of %v (%v)", e, errors.Unwrap(e), problem)
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAProxiedBodyOverItsLimitIsTooLarge(t *testing.T) {
	t.Parallel()
	h, _ := proxyTo(t, testutil.Serve(t, http.HandlerFunc(readAll), false).URL, func(*httputil.ReverseProxy) {})
	s := testutil.Serve(t, http.MaxBytesHandler(h, 4), false)
	r := request(t, s, http.MethodPost, "/")
	r.Body = io.NopCloser(strings.NewReader("too long"))
	resp, body := testutil.Do(t, s.Client(), r)
	isContract(t, resp, body, 413)
}

func TestAClientThatLeavesAProxyIsNoFailureOfTheUpstream(t *testing.T) {
	t.Parallel()
	drained := errors.New("drained")
	for _, test := range []struct {
		name        string
		cause, want error
	}{
		{"a client that left", nil, errcatalog.ClientClosed},
		{"a contract error as the cause", errcatalog.Overloaded, errcatalog.Overloaded},
		{"another cause", drained, drained},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(test.cause)
		var got error
		r := httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx)
		upgrade.ProxyError(func(_ http.ResponseWriter, _ *http.Request, err error) { got = err })(nil, r, context.Canceled)
		if !errors.Is(got, test.want) || !errors.Is(got, context.Canceled) {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

func TestAnUpstreamsOwnErrors(t *testing.T) {
	t.Parallel()
	upstream := func(status int, contentType, body string, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const json = "application/json"
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		status  int // with ProxyResponse
		kind    errcatalog.Kind
		header  string
		passes  bool // without
	}{
		{"a success", upstream(200, json, "{}"), 200, "", "", true},
		{"500 in JSON", upstream(500, json, "{}"), 502, errcatalog.UpstreamInvalid, "", true},
		{"500 in text", upstream(500, "text/plain", "x"), 502, errcatalog.UpstreamInvalid, "", false},
		{"503 in JSON", upstream(503, json, "{}", "Retry-After", "7"), 503, errcatalog.Unavailable, "Retry-After: 7", true},
		{"504 in text", upstream(504, "text/plain", ""), 504, errcatalog.UpstreamTimeout, "", false},
		{"404 in text", upstream(404, "text/plain", "x"), 404, errcatalog.NotFound, "", false},
		{"401 in JSON", upstream(401, json, "{}", "Www-Authenticate", `Basic realm="x"`), 401, errcatalog.Unauthenticated, `Www-Authenticate: Basic realm="x"`, true},
		{"416 in text", upstream(416, "text/plain", "x", "Content-Range", "bytes */9"), 416, errcatalog.RangeNotSatisfiable, "Content-Range: bytes */9", false},
		{"416 without a length", upstream(416, "text/plain", "x"), 400, errcatalog.BadRequest, "", false},
		{"599 in HTML", upstream(599, "text/html", strings.Repeat("x", 100_000)), 502, errcatalog.UpstreamInvalid, "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			target := testutil.Serve(t, test.handler, false).URL
			h, got := proxyTo(t, target, func(p *httputil.ReverseProxy) { p.ModifyResponse = upgrade.ProxyResponse })
			resp, body := testutil.Get(t, testutil.Serve(t, h, false), "/")
			if test.status == 200 {
				if resp.StatusCode != 200 || body != "{}" {
					t.Errorf("got %d %s", resp.StatusCode, body)
				}
				got.none(t)
				return
			}
			isContract(t, resp, body, test.status)
			if name, value, ok := strings.Cut(test.header, ": "); ok && resp.Header.Get(name) != value {
				t.Errorf("got %s: %q, want %q", name, resp.Header.Get(name), value)
			}
			if e, _ := got.only(t); e.Kind() != test.kind || len(causeOf(t, e).Body) > 64<<10 {
				t.Errorf("reported %v because of %d bytes", e, len(causeOf(t, e).Body))
			}
			for _, flushed := range []time.Duration{0, -1} {
				h, _ := proxyTo(t, target, func(p *httputil.ReverseProxy) { p.FlushInterval = flushed })
				resp, body := testutil.Get(t, testutil.Serve(t, h, false), "/")
				if passed := resp.Header.Get("X-Error-Code") == ""; passed != test.passes || !passed && codeOf(body) == "" {
					t.Errorf("without: got %d %v %.100s", resp.StatusCode, resp.Header, body)
				}
			}
		})
	}
}
