package reqstate_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// ensured wraps h in the suite's response.
func ensured(h func(w *reqstate.Response, r *http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st, _, r := reqstate.Ensure(w, r)
		h(st.Response(), r)
	})
}

// serving starts a server of the given protocol.
func serving(t *testing.T, http2 bool, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = http2
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	if http2 {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv
}

// onBoth runs f on HTTP/1.1 and on HTTP/2.
func onBoth(t *testing.T, f func(t *testing.T, http2 bool)) {
	for _, http2 := range []bool{false, true} {
		t.Run(map[bool]string{false: "HTTP 1.1", true: "HTTP 2"}[http2], func(t *testing.T) {
			t.Parallel()
			f(t, http2)
		})
	}
}

// fetch sends a request and reads the whole response.
func fetch(t *testing.T, srv *httptest.Server, method string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

// A spyListener remembers what its connections read from.
type spyListener struct {
	net.Listener
	mu      sync.Mutex
	sources []string
}

func (l *spyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &spyConn{conn.(*net.TCPConn), l}, nil
}

type spyConn struct {
	*net.TCPConn
	l *spyListener
}

func (c *spyConn) ReadFrom(src io.Reader) (int64, error) {
	n, err := c.TCPConn.ReadFrom(src)
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	c.l.sources = append(c.l.sources, fmt.Sprintf("%d bytes of a file: %v", n, isFile(src)))
	return n, err
}

// isFile reports whether the kernel can send src by itself.
func isFile(src io.Reader) bool {
	if limited, ok := src.(*io.LimitedReader); ok {
		src = limited.R
	}
	_, ok := src.(syscall.Conn)
	return ok
}

func TestAFileStillGoesOutBySendfile(t *testing.T) {
	t.Parallel()
	const size = 1_000_000
	for _, test := range []struct {
		name string
		send func(w http.ResponseWriter, r *http.Request, file *os.File)
	}{
		{"by io.Copy", func(w http.ResponseWriter, _ *http.Request, file *os.File) {
			w.Header().Set("Content-Length", strconv.Itoa(size))
			_, _ = io.Copy(w, file)
		}},
		{"by io.Copy after the status", func(w http.ResponseWriter, _ *http.Request, file *os.File) {
			w.Header().Set("Content-Length", strconv.Itoa(size))
			w.WriteHeader(200)
			_, _ = io.Copy(w, file)
		}},
		{"by http.ServeContent", func(w http.ResponseWriter, r *http.Request, file *os.File) {
			http.ServeContent(w, r, "file.txt", time.Time{}, file)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spied := func(h http.Handler) (string, int) {
				srv := httptest.NewUnstartedServer(h)
				spy := &spyListener{Listener: srv.Listener}
				srv.Listener = spy
				srv.Start()
				defer srv.Close()
				_, body := fetch(t, srv, http.MethodGet)
				srv.Close() // for the copy to have ended
				spy.mu.Lock()
				defer spy.mu.Unlock()
				return strings.Join(spy.sources, ", "), len(body)
			}
			var counted int64
			got, n := spied(ensured(func(w *reqstate.Response, r *http.Request) {
				test.send(w, r, fileOf(t, size))
				counted = w.Bytes()
			}))
			if n != size {
				t.Errorf("%d bytes arrived", n)
			}
			if counted != int64(n) {
				t.Errorf("%d bytes were counted, and %d arrived", counted, n)
			}
			if !strings.HasSuffix(got, "bytes of a file: true") {
				t.Errorf("the connection read from: %q", got)
			}
		})
	}
}

func TestBytesAndStatusOfRealResponses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, http2 bool) {
		file := fileOf(t, 5000)
		for _, test := range []struct {
			name string
			do   func(w *reqstate.Response)
			want string
		}{
			{"nothing", func(*reqstate.Response) {}, "0 0 false"},
			{"a write", func(w *reqstate.Response) { _, _ = w.Write([]byte("abc")) }, "200 3 true"},
			{"a status and a string", func(w *reqstate.Response) { w.WriteHeader(418); _, _ = w.WriteString("abcd") }, "418 4 true"},
			{"a file", func(w *reqstate.Response) {
				_, _ = file.Seek(0, io.SeekStart)
				_, _ = io.Copy(w, file)
			}, "200 5000 true"},
			{"a flush", func(w *reqstate.Response) { w.Flush() }, "200 0 true"},
		} {
			got := make(chan string, 1)
			srv := serving(t, http2, ensured(func(w *reqstate.Response, _ *http.Request) {
				test.do(w)
				got <- fmt.Sprint(w.Status(), w.Bytes(), w.Started())
			}))
			res, body := fetch(t, srv, http.MethodGet)
			seen := <-got
			if seen != test.want {
				t.Errorf("%s: it knows %s, want %s", test.name, seen, test.want)
			}
			var status, bytes int
			_, _ = fmt.Sscan(seen, &status, &bytes)
			if len(body) != bytes || status != 0 && res.StatusCode != status {
				t.Errorf("%s: %d and %d bytes arrived", test.name, res.StatusCode, len(body))
			}
		}
	})
}

func TestASourceThatFailsAtOnceLeavesRoomForAnError(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, http2 bool) {
		srv := serving(t, http2, ensured(func(w *reqstate.Response, _ *http.Request) {
			closed := fileOf(t, 1000)
			_ = closed.Close()
			if _, err := io.Copy(w, closed); err == nil || w.Started() {
				t.Errorf("the copy returned %v, and the response started: %v", err, w.Started())
			}
			http.Error(w, "sorry", http.StatusInternalServerError)
		}))
		if res, body := fetch(t, srv, http.MethodGet); res.StatusCode != 500 || string(body) != "sorry\n" {
			t.Errorf("it answers %d %q", res.StatusCode, body)
		}
	})
}

func TestAFlushReachesTheClientWhileTheHandlerRuns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, http2 bool) {
		seen := make(chan struct{})
		srv := serving(t, http2, ensured(func(w *reqstate.Response, r *http.Request) {
			_, _ = w.WriteString("first\n")
			if err := http.NewResponseController(openWriter{w}).Flush(); err != nil {
				t.Error(err)
			}
			select {
			case <-seen:
			case <-r.Context().Done():
			}
			_, _ = w.WriteString("second\n")
		}))
		res, err := srv.Client().Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		lines := bufio.NewReader(res.Body)
		if line, err := lines.ReadString('\n'); line != "first\n" || err != nil {
			t.Errorf("it read %q, %v", line, err)
		}
		close(seen)
		if rest, err := io.ReadAll(lines); string(rest) != "second\n" || err != nil {
			t.Errorf("it read %q, %v", rest, err)
		}
	})
}

func TestEarlyHintsDoNotStartTheResponse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, http2 bool) {
		srv := serving(t, http2, ensured(func(w *reqstate.Response, _ *http.Request) {
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			if w.Started() {
				t.Error("the response started")
			}
			w.WriteHeader(http.StatusGone)
		}))
		var hints []int
		trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
			hints = append(hints, code)
			return nil
		}}
		r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != 410 || len(hints) != 1 || hints[0] != 103 {
			t.Errorf("it got %v and %d", hints, res.StatusCode)
		}
	})
}

func TestDeadlinesReachTheConnection(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, http2 bool) {
		srv := serving(t, http2, ensured(func(w *reqstate.Response, r *http.Request) {
			rc := http.NewResponseController(openWriter{w})
			for name, err := range map[string]error{
				"SetReadDeadline":  rc.SetReadDeadline(time.Now().Add(time.Hour)),
				"SetWriteDeadline": rc.SetWriteDeadline(time.Now().Add(time.Hour)),
				"EnableFullDuplex": rc.EnableFullDuplex(),
			} {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			// A deadline that has passed ends the reading of the body.
			if err := rc.SetReadDeadline(time.Now().Add(-time.Second)); err != nil {
				t.Error(err)
			}
			if _, err := io.ReadAll(r.Body); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("reading the body returns %v", err)
			}
		}))
		body, feed := io.Pipe()
		defer feed.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := srv.Client().Do(r); err == nil {
			_ = res.Body.Close()
		}
	})
}

func TestHijackingARealConnection(t *testing.T) {
	t.Parallel()
	srv := serving(t, false, ensured(func(w *reqstate.Response, _ *http.Request) {
		conn, rw, err := http.NewResponseController(openWriter{w}).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = rw.WriteString("HTTP/1.1 299 Mine\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
		_ = rw.Flush()
		if n, err := w.Write([]byte("lost")); !errors.Is(err, http.ErrHijacked) || n != 0 {
			t.Errorf("a write returns %d, %v", n, err)
		}
		if !w.Hijacked() || w.Status() != 0 || w.Bytes() != 0 {
			t.Errorf("hijacked %v, status %d, %d bytes", w.Hijacked(), w.Status(), w.Bytes())
		}
	}))
	if res, body := fetch(t, srv, http.MethodGet); res.StatusCode != 299 || string(body) != "ok" {
		t.Errorf("it answers %d %q", res.StatusCode, body)
	}
}

func TestHTTP2CannotBeHijacked(t *testing.T) {
	t.Parallel()
	srv := serving(t, true, ensured(func(w *reqstate.Response, _ *http.Request) {
		if _, _, err := w.Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("it returns %v", err)
		}
		if w.Started() {
			t.Error("the response started")
		}
		w.WriteHeader(204)
	}))
	if res, _ := fetch(t, srv, http.MethodGet); res.StatusCode != 204 || res.ProtoMajor != 2 {
		t.Errorf("it answers %d by HTTP/%d", res.StatusCode, res.ProtoMajor)
	}
}

func TestABodyOverTheLimitStillClosesTheConnection(t *testing.T) {
	t.Parallel()
	srv := serving(t, false, ensured(func(w *reqstate.Response, r *http.Request) {
		var tooLarge *http.MaxBytesError
		if _, err := io.ReadAll(http.MaxBytesReader(w.Unwrap(), r.Body, 10)); !errors.As(err, &tooLarge) {
			t.Errorf("reading returns %v", err)
		}
		w.WriteHeader(413)
	}))
	res, err := srv.Client().Post(srv.URL, "text/plain", bytes.NewReader(make([]byte, 100)))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != 413 || !res.Close {
		t.Errorf("it answers %d, closed: %v", res.StatusCode, res.Close)
	}
}
