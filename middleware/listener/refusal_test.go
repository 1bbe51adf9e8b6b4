package listener_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
)

// filled returns s with as many bytes added as a server reads of headers, so that
// it leaves none unread when it closes.
func filled(s string) string { return s + strings.Repeat("a", headerLimit-len(s)) }

// malformed are requests that net/http refuses by itself.
var malformed = []struct{ name, request, code, cause string }{
	{"no request line", "\r\n\r\n", "bad_request", "400 Bad Request"},
	{"one word", "garbage\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a request line without version", "GET /\r\n\r\n", "bad_request", "400 Bad Request"},
	{"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a path with a space", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a path with a broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a path with a control character", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a URL without a scheme's name", "GET ://a HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a target that is none", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a version in words", "GET / HTTP/one\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"another protocol", "GET / SPDY/1.1\r\nHost: a\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a TLS handshake", "\x16\x03\x01\x00\x05\x01\x00\n\r\n\r\n", "bad_request", "400 Bad Request"},

	{"no Host", "GET / HTTP/1.1\r\n\r\n", "bad_request", "missing required Host header"},
	{"a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "bad_request", "malformed Host header"},
	{"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "bad_request", "400 Bad Request"},

	{"a header without colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a header without name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a header's name with a space", "GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n", "bad_request", "invalid header name"},
	{"a header's name with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX\t: z\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a header's value with a control character", "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a header that starts with a fold", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "bad_request", "400 Bad Request"},

	{"a Content-Length in words", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ten\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a negative Content-Length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a Content-Length too high to count", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", "bad_request", "400 Bad Request"},
	{"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a Trailer that can't be one", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n", "bad_request", "400 Bad Request"},
	{"a Transfer-Encoding that nobody knows", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "not_implemented", "Unsupported transfer encoding"},
	{"two Transfer-Encodings", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", "not_implemented", "Unsupported transfer encoding"},

	{"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", "http_version_not_supported", "unsupported protocol version"},
	{"HTTP/2.0 on HTTP/1", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http_version_not_supported", "unsupported protocol version"},
	{"HTTP/9.9", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "http_version_not_supported", "unsupported protocol version"},

	{"a header that is too long", filled("GET / HTTP/1.1\r\nHost: a\r\nX: "), "headers_too_large", "431 Request Header Fields Too Large"},
	{"a path that is too long", filled("GET /"), "headers_too_large", "431 Request Header Fields Too Large"},

	{"an expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\nContent-Length: 2\r\n\r\n{}", "expectation_failed", "417 Expectation Failed"},
	{"an expectation in HTTP/1.0", "GET / HTTP/1.0\r\nExpect: cake\r\n\r\n", "expectation_failed", "417 Expectation Failed"},
	{"an expectation in HTTP/1.0 with keep-alive", "GET / HTTP/1.0\r\nExpect: cake\r\nConnection: keep-alive\r\n\r\n", "expectation_failed", "417 Expectation Failed"},
}

// handled is a handler that must not be asked.
func handled(t *testing.T) http.Handler {
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a handler was asked") })
}

func TestWhatNetHTTPRefusesIsAnsweredInTheContract(t *testing.T) {
	t.Parallel()
	for _, tt := range malformed {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log logbook
			reply := exchange(t, serve(t, handled(t), wrapped(log.writer())), tt.request)
			resp, body, rest := parse(t, reply, nil)
			code, id := verify(t, resp, body)
			if code != tt.code || rest != "" {
				t.Errorf("got %s %s, and then %q, want %s", code, body, rest, tt.code)
			}
			notes := log.all()
			if len(notes) != 1 || notes[0].code != tt.code || notes[0].id != id || notes[0].problem != "" {
				t.Fatalf("reported is %q, want %s of %s", notes, tt.code, id)
			}
			if cause := notes[0].cause; !strings.HasPrefix(cause, "listener: net/http refused a request from 127.0.0.1:") ||
				!strings.HasSuffix(cause, tt.cause) || strings.Contains(reply, cause) {
				t.Errorf("the cause is %q, want net/http's %q in it", cause, tt.cause)
			}
		})
	}
}

func TestAServerThatKeepsNothingAliveRefusesInTheContractToo(t *testing.T) {
	t.Parallel()
	addr := serve(t, handled(t), wrapped(new(logbook).writer()), func(s *httptest.Server) {
		s.Config.SetKeepAlivesEnabled(false)
	})
	for _, tt := range malformed {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp, body, rest := parse(t, exchange(t, addr, tt.request), nil)
			if code, _ := verify(t, resp, body); code != tt.code || rest != "" {
				t.Errorf("got %s %s, and then %q, want %s", code, body, rest, tt.code)
			}
		})
	}
}

func TestARefusedHEADGetsNoBody(t *testing.T) {
	t.Parallel()
	for _, keepAlive := range []bool{true, false} {
		addr := serve(t, handled(t), wrapped(new(logbook).writer()), func(s *httptest.Server) {
			s.Config.SetKeepAlivesEnabled(keepAlive)
		})
		for _, proto := range []string{"HTTP/1.0", "HTTP/1.1"} {
			reply := exchange(t, addr, "HEAD / "+proto+"\r\nHost: a\r\nExpect: cake\r\n\r\n")
			resp, _, rest := parse(t, reply, &http.Request{Method: http.MethodHead})
			if code, _ := verify(t, resp, ""); code != "expectation_failed" || rest != "" {
				t.Errorf("%s: got %q", proto, reply)
			}
			if resp.Proto != proto || resp.ContentLength <= 0 {
				t.Errorf("got %q, want what a GET would get, without the body", reply)
			}
		}
	}
}

func TestARequestInTheClearToAnHTTPSServer(t *testing.T) {
	t.Parallel()
	var log logbook
	s := unstarted(handled(t), wrapped(log.writer()))
	s.StartTLS()
	t.Cleanup(s.Close)
	resp, body, rest := parse(t, exchange(t, s.Listener.Addr().String(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), nil)
	if code, _ := verify(t, resp, body); code != "bad_request" || rest != "" {
		t.Errorf("got %s, and then %q", body, rest)
	}
	if notes := log.all(); len(notes) != 1 || !strings.HasSuffix(notes[0].cause, ": Client sent an HTTP request to an HTTPS server.") {
		t.Errorf("reported is %q", notes)
	}
}

// TestTLSKeepsItsOwnReplies is what the package's comment says of TLS: a change here
// belongs there.
func TestTLSKeepsItsOwnReplies(t *testing.T) {
	t.Parallel()
	s := unstarted(handled(t), wrapped(nil))
	s.StartTLS()
	t.Cleanup(s.Close)
	c, err := tls.Dial("tcp", s.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("garbage\r\n\r\n"))
	reply, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	resp, body, _ := parse(t, string(reply), nil)
	if resp.StatusCode != 400 || body != "400 Bad Request" {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
}

// An otherTLS is a connection of another TLS library.
type otherTLS struct{ *tls.Conn }

// An otherTLSListener accepts such connections, after their handshake.
type otherTLSListener struct {
	net.Listener
	config *tls.Config
}

func (l otherTLSListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := tls.Server(c, l.config)
	return otherTLS{s}, s.Handshake()
}

func TestAnotherTLSLibrarysConnectionsAreInReach(t *testing.T) {
	t.Parallel()
	lender := testutil.Serve(t, nil, true) // of its certificate
	config := &tls.Config{Certificates: lender.TLS.Certificates}
	addr := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.TLS != nil && r.TLS.HandshakeComplete)
	}), func(s *httptest.Server) { s.Listener = otherTLSListener{s.Listener, config} }, wrapped(nil))
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\ngarbage\r\n\r\n")
	reply, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	_, body, rest := parse(t, string(reply), nil)
	if body != "true" {
		t.Errorf("Request.TLS: %s", body)
	}
	resp, body, _ := parse(t, rest, nil)
	verify(t, resp, body)
}

// A limited is a connection of a listener around the package's.
type limited struct{ net.Conn }

type limitedListener struct{ net.Listener }

func (l limitedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &limited{c}, err
}

func (c *limited) Write(p []byte) (int, error) { return c.Conn.Write(p) }

func TestAListenerAroundThePackagesChangesNothing(t *testing.T) {
	t.Parallel()
	addr := serve(t, handled(t), wrapped(nil), func(s *httptest.Server) { s.Listener = limitedListener{s.Listener} })
	for _, request := range []string{"garbage\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n"} {
		resp, body, _ := parse(t, exchange(t, addr, request), nil)
		verify(t, resp, body)
	}
}

func TestACatalogueNamesItsRefusalsItself(t *testing.T) {
	t.Parallel()
	catalog := errcatalog.Must(errcatalog.New(errcatalog.Spec{
		Name: "shop", Extends: errcatalog.Standard,
		Envelope: `{"wrong": $code}`,
		Errors: []errcatalog.Entry{{
			Code: "unreadable", Covers: []errcatalog.Kind{errcatalog.BadRequest}, Status: 422,
			Messages: []errcatalog.Message{{Text: "What?"}},
		}},
	}))
	addr := serve(t, handled(t), wrapped(&errcatalog.Writer{Catalog: catalog}))
	resp, body, _ := parse(t, exchange(t, addr, "garbage\r\n\r\n"), nil)
	if resp.Status != "422 Unprocessable Entity" || body != `{"wrong":"unreadable"}` {
		t.Errorf("got %s %s", resp.Status, body)
	}
}

func TestANilWriterAnswersWithTheStandard(t *testing.T) {
	t.Parallel()
	resp, body, _ := parse(t, exchange(t, serve(t, handled(t), wrapped(nil)), "garbage\r\n\r\n"), nil)
	verify(t, resp, body)
}
