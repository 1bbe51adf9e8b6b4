package listener_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware/listener"
)

// traffic answers in all the ways that a handler can.
func traffic() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %q %v", r.Method, body, err)
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			_, _ = io.WriteString(w, strings.Repeat("large ", 20))
		}
	})
	mux.HandleFunc("/copied", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100000")
		_, _ = io.Copy(w, io.LimitReader(neverEnding('c'), 100_000))
	})
	mux.HandleFunc("/events", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			_ = http.NewResponseController(w).Flush()
		}
	})
	mux.HandleFunc("/trailer", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "body")
		w.Header().Set(http.TrailerPrefix+"Sum", "4")
	})
	mux.HandleFunc("/early", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>")
		w.WriteHeader(http.StatusEarlyHints)
	})
	mux.HandleFunc("/refused", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "400 Bad Request", http.StatusBadRequest)
	})
	mux.HandleFunc("/hijacked", func(w http.ResponseWriter, _ *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer c.Close()
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
		_ = rw.Flush()
		line, _ := rw.ReadString('\n')
		_, _ = c.Write([]byte("you said " + line))
	})
	return mux
}

// A neverEnding is a reader of one byte.
type neverEnding byte

func (b neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

var date = regexp.MustCompile(`Date: [^\r]*\r\n`)

func TestOrdinaryTrafficIsByteForByteWhatItWas(t *testing.T) {
	t.Parallel()
	bare := serve(t, traffic())
	ours := serve(t, traffic(), wrapped(nil))
	const last = "Host: a\r\nConnection: close\r\n\r\n"
	for name, request := range map[string]string{
		"GET":                        "GET /echo HTTP/1.1\r\n" + last,
		"GET in HTTP/1.0":            "GET /echo HTTP/1.0\r\n\r\n",
		"HEAD":                       "HEAD /large HTTP/1.1\r\n" + last,
		"POST":                       "POST /echo HTTP/1.1\r\nContent-Length: 4\r\n" + last + "body",
		"a chunked POST":             "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + last + "4\r\nbody\r\n0\r\n\r\n",
		"a chunk that is none":       "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + last + "x\r\n",
		"100-continue":               "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n" + last + "body",
		"a large response":           "GET /large HTTP/1.1\r\n" + last,
		"a large one in HTTP/1.0":    "GET /large HTTP/1.0\r\n\r\n",
		"a copied body":              "GET /copied HTTP/1.1\r\n" + last,
		"server-sent events":         "GET /events HTTP/1.1\r\n" + last,
		"trailers":                   "GET /trailer HTTP/1.1\r\nTE: trailers\r\n" + last,
		"early hints":                "GET /early HTTP/1.1\r\n" + last,
		"an error of the handler's":  "GET /refused HTTP/1.1\r\n" + last,
		"an error of the mux's":      "GET /nowhere HTTP/1.1\r\n" + last,
		"a path that is to be clean": "GET //echo HTTP/1.1\r\n" + last,
		"a hijack":                   "GET /hijacked HTTP/1.1\r\nHost: a\r\n\r\nhello\n",
		"OPTIONS *":                  "OPTIONS * HTTP/1.1\r\n" + last,
		"HTTP/2's preface":           "PRI * HTTP/2.0\r\n" + last,
		"requests in a row": "GET /echo HTTP/1.1\r\nHost: a\r\n\r\nGET /refused HTTP/1.1\r\nHost: a\r\n\r\n" +
			"HEAD /events HTTP/1.1\r\nHost: a\r\n\r\nGET /trailer HTTP/1.1\r\n" + last,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := date.ReplaceAllString(exchange(t, bare, request), "")
			got := date.ReplaceAllString(exchange(t, ours, request), "")
			if got != want || want == "" {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestARefusalAfterOtherRequestsOfTheConnection(t *testing.T) {
	t.Parallel()
	addr := serve(t, traffic(), wrapped(nil))
	const ok = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
	rest := exchange(t, addr, ok+ok+"garbage\r\n\r\n"+ok)
	for range 2 {
		var resp *http.Response
		var body string
		resp, body, rest = parse(t, rest, nil)
		if resp.StatusCode != 200 || body != `POST "x" <nil>` {
			t.Errorf("got %d %s", resp.StatusCode, body)
		}
	}
	resp, body, rest := parse(t, rest, nil)
	if code, _ := verify(t, resp, body); code != "bad_request" || rest != "" {
		t.Errorf("got %s, and then %q", body, rest)
	}
}

func TestHTTP2PassesThrough(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(net.Listener, *tls.Config) net.Listener{
		"a listener under TLS": func(l net.Listener, c *tls.Config) net.Listener {
			return tls.NewListener(listener.Wrap(l, nil), c)
		},
		"a listener around TLS": func(l net.Listener, c *tls.Config) net.Listener {
			return listener.Wrap(tls.NewListener(l, c), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lender := testutil.Serve(t, nil, true) // of its certificate, and of a client that trusts it
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			s := &http.Server{Handler: traffic()}
			go s.Serve(wrap(l, lender.TLS.Clone()))
			t.Cleanup(func() { s.Close() })
			r, err := http.NewRequest(http.MethodPost, "https://"+l.Addr().String()+"/echo", strings.NewReader("body"))
			if err != nil {
				t.Fatal(err)
			}
			resp, body := testutil.Do(t, lender.Client(), r)
			if resp.Proto != "HTTP/2.0" || resp.TLS == nil || body != `POST "body" <nil>` {
				t.Errorf("got %s %s", resp.Proto, body)
			}
		})
	}
}

func TestHTTP2InTheClearPassesThrough(t *testing.T) {
	t.Parallel()
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	addr := serve(t, traffic(), wrapped(nil), func(s *httptest.Server) { s.Config.Protocols = &protocols })
	client := http.Client{Transport: &http.Transport{Protocols: &protocols}}
	t.Cleanup(client.CloseIdleConnections)
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+"/echo", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	if resp, body := testutil.Do(t, &client, r); resp.Proto != "HTTP/2.0" || body != `POST "body" <nil>` {
		t.Errorf("got %s %s", resp.Proto, body)
	}
}
