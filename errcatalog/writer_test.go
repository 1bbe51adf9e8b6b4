package errcatalog_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
)

func TestTheZeroWriterAnswersWithStandard(t *testing.T) {
	t.Parallel()
	rec := serve((&Writer{}).Always(errcatalog.RouteNotFound), get())
	want := `{"error":{"code":"route_not_found","message":"The API has nothing at this path."}}`
	if rec.Code != 404 || rec.Body.String() != want {
		t.Errorf("it answers %d %s", rec.Code, rec.Body)
	}
}

func TestAReplyHasTheRequestsIDAndTheTime(t *testing.T) {
	t.Parallel()
	spec := extend()
	spec.Envelope = `{"id": $request_id, "at": $timestamp}`
	w := Writer{Catalog: build(t, spec)}
	before := time.Now().Truncate(time.Second)
	rec := serve(withID("req_1", w.Always(errcatalog.Gone)), get())
	got := decode(t, rec.Body.Bytes())
	at, err := time.Parse("2006-01-02T15:04:05Z", got["at"].(string))
	if got["id"] != "req_1" || err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("the body is %s", rec.Body)
	}
}

func TestATimeThatOnlyAParamShows(t *testing.T) {
	t.Parallel()
	spec := withParam(Param{Name: "at", From: "$timestamp", As: errcatalog.Unix, Public: true})
	w := Writer{Catalog: build(t, spec)}
	wantHas(t, serve(w.Always(Code("thing")), get()).Body.String(), `"at":1`)
	wantHas(t, serve(w.Always(errcatalog.Gone), get()).Body.String(), `"gone"`)
}

// withID gives requests an ID, as the suite's outermost middleware does.
func withID(id string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		st, rw, r := reqstate.Ensure(rw, r)
		st.RequestID = id
		next.ServeHTTP(rw, r)
	})
}

func TestHandle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		h      func(http.ResponseWriter, *http.Request) error
		status int
		body   string
	}{
		{"no error is the handler's own answer", func(rw http.ResponseWriter, _ *http.Request) error {
			return errcatalog.WriteJSON(rw, 201, map[string]int{"n": 1})
		}, 201, `{"n":1}`},
		{"no error and nothing written is an empty 200", func(http.ResponseWriter, *http.Request) error { return nil }, 200, ""},
		{"an error is answered", func(http.ResponseWriter, *http.Request) error { return errcatalog.Gone }, 410, `"gone"`},
		{"an error after a 1xx is answered", func(rw http.ResponseWriter, _ *http.Request) error {
			rw.WriteHeader(http.StatusEarlyHints)
			return errcatalog.Gone
		}, 410, `"gone"`},
		{"an error after the start is not", func(rw http.ResponseWriter, _ *http.Request) error {
			_, _ = io.WriteString(rw, "half")
			return errcatalog.Gone
		}, 200, "half"},
		{"an error after a status alone is not", func(rw http.ResponseWriter, _ *http.Request) error {
			rw.WriteHeader(202)
			return errcatalog.Gone
		}, 202, ""},
		{"an error after a flush is not", func(rw http.ResponseWriter, _ *http.Request) error {
			rw.(http.Flusher).Flush()
			return errcatalog.Gone
		}, 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := Writer{}
			silence(&w)
			res := serveReal(t, w.Handle(test.h), http.MethodGet)
			if res.status != test.status || test.body == "" && res.body != "" || !strings.Contains(res.body, test.body) {
				t.Errorf("it answers %d %q", res.status, res.body)
			}
		})
	}
}

// A result is a response as a client sees it.
type result struct {
	status int
	header http.Header
	body   string
	proto  int
	close  bool
}

// serveReal serves one request over a connection, HTTP/1.1 or, if asked for, HTTP/2.
func serveReal(t *testing.T, h http.Handler, method string, http2 ...bool) result {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = len(http2) > 0
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	if srv.EnableHTTP2 {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	r, err := http.NewRequestWithContext(t.Context(), method, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return result{res.StatusCode, res.Header, string(text), res.ProtoMajor, res.Close}
}

func TestAnErrorClosesTheConnectionOnlyOnHTTP1(t *testing.T) {
	t.Parallel()
	w := Writer{}
	if res := serveReal(t, w.Always(errcatalog.PayloadTooLarge), http.MethodGet); res.status != 413 || !res.close || res.proto != 1 {
		t.Errorf("HTTP/1: %d, closed: %v", res.status, res.close)
	}
	if res := serveReal(t, w.Always(errcatalog.Gone), http.MethodGet); res.status != 410 || res.close {
		t.Errorf("HTTP/1, another status: %d, closed: %v", res.status, res.close)
	}
	connections := map[string]bool{}
	srv := httptest.NewUnstartedServer(w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		connections[r.RemoteAddr] = true
		rw.Header().Set("Connection", "close") // as a middleware without thought would
		return errcatalog.PayloadTooLarge
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for range 3 {
		res, err := srv.Client().Get(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.ProtoMajor != 2 || res.StatusCode != 413 || res.Header["Connection"] != nil {
			t.Errorf("HTTP/%d: %d, Connection: %q", res.ProtoMajor, res.StatusCode, res.Header["Connection"])
		}
	}
	if len(connections) != 1 {
		t.Errorf("HTTP/2: %d connections for 3 requests", len(connections))
	}
}

func TestHEADGetsTheHeadersAlone(t *testing.T) {
	t.Parallel()
	w := Writer{}
	for _, http2 := range [][]bool{nil, {true}} {
		whole := serveReal(t, w.Always(errcatalog.Gone), http.MethodGet, http2...)
		head := serveReal(t, w.Always(errcatalog.Gone), http.MethodHead, http2...)
		if head.status != 410 || head.body != "" {
			t.Errorf("it answers %d %q", head.status, head.body)
		}
		if got := head.header.Get("Content-Length"); got != strconv.Itoa(len(whole.body)) || got != whole.header.Get("Content-Length") {
			t.Errorf("Content-Length is %s, and GET has %d bytes and says %s", got, len(whole.body), whole.header.Get("Content-Length"))
		}
		for name := range whole.header {
			if name != "Date" && whole.header.Get(name) != head.header.Get(name) {
				t.Errorf("%s is %q for GET and %q for HEAD", name, whole.header[name], head.header[name])
			}
		}
	}
	rec, _ := respond(Writer{}, httptest.NewRequest(http.MethodHead, "/", nil), errcatalog.Gone)
	if rec.Body.Len() > 0 {
		t.Errorf("the handler wrote %q", rec.Body)
	}
}

func TestAStaleContentLengthDoesNotCutTheError(t *testing.T) {
	t.Parallel()
	w := Writer{}
	res := serveReal(t, w.Handle(func(rw http.ResponseWriter, _ *http.Request) error {
		rw.Header().Set("Content-Length", "3")
		rw.Header().Set("Content-Encoding", "gzip")
		return errcatalog.Gone
	}), http.MethodGet)
	if res.status != 410 || !strings.HasSuffix(res.body, "}}") || res.header.Get("Content-Encoding") != "" {
		t.Errorf("it answers %d %q, %v", res.status, res.body, res.header)
	}
}

func TestWhatReportIsTold(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	hijack := func(rw http.ResponseWriter) {
		conn, _, err := rw.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	}
	for _, test := range []struct {
		name string
		rw   http.ResponseWriter
		h    func(w *Writer, rw http.ResponseWriter, r *http.Request) error
		want []string
	}{
		{
			"an error that was sent", nil, func(*Writer, http.ResponseWriter, *http.Request) error { return errcatalog.Gone },
			[]string{"gone: <nil>"},
		},
		{"no error at all", nil, func(*Writer, http.ResponseWriter, *http.Request) error { return nil }, nil},
		{"a second error", nil, func(w *Writer, rw http.ResponseWriter, r *http.Request) error {
			w.WriteError(rw, r, errcatalog.Gone)
			return errcatalog.Conflict
		}, []string{"gone: <nil>", "conflict: " + errcatalog.ErrSecond.Error()}},
		{"a third", nil, func(w *Writer, rw http.ResponseWriter, r *http.Request) error {
			w.WriteError(rw, r, errcatalog.Gone)
			w.WriteError(rw, r, errRoot)
			return Code("nothing")
		}, []string{"gone: <nil>", "internal_error: " + errcatalog.ErrSecond.Error(), "internal_error: " + errcatalog.ErrSecond.Error()}},
		{"an error after the start", nil, func(_ *Writer, rw http.ResponseWriter, _ *http.Request) error {
			rw.WriteHeader(200)
			return errcatalog.Gone
		}, []string{"gone: " + errcatalog.ErrStarted.Error()}},
		{"an unknown error after the start", nil, func(_ *Writer, rw http.ResponseWriter, _ *http.Request) error {
			rw.WriteHeader(200)
			return errRoot
		}, []string{"internal_error: " + errcatalog.ErrStarted.Error()}},
		{"an error after a hijack", &hijackable{}, func(_ *Writer, rw http.ResponseWriter, _ *http.Request) error {
			hijack(rw)
			return errcatalog.Gone
		}, []string{"gone: " + errcatalog.ErrHijacked.Error()}},
		{"two errors after a hijack", &hijackable{}, func(w *Writer, rw http.ResponseWriter, r *http.Request) error {
			hijack(rw)
			w.WriteError(rw, r, errcatalog.Gone)
			return errcatalog.Gone
		}, []string{"gone: " + errcatalog.ErrHijacked.Error(), "gone: " + errcatalog.ErrHijacked.Error()}},
		{
			"an error that no rule knows", nil, func(*Writer, http.ResponseWriter, *http.Request) error { return errRoot },
			[]string{"internal_error: " + errcatalog.ErrUnrecognized.Error()},
		},
		{
			"a code that is not declared", nil, func(*Writer, http.ResponseWriter, *http.Request) error { return Code("nothing") },
			[]string{"internal_error: " + errcatalog.ErrUndeclared.Error()},
		},
		{
			"a connection that breaks", &brokenWriter{err: broken}, func(*Writer, http.ResponseWriter, *http.Request) error { return errcatalog.Gone },
			[]string{"gone: connection reset"},
		},
		{
			"a connection that breaks under an unknown error", &brokenWriter{err: broken}, func(*Writer, http.ResponseWriter, *http.Request) error { return errRoot },
			[]string{"internal_error: connection reset"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := Writer{}
			reports := observe(&w)
			rw := test.rw
			if rw == nil {
				rw = httptest.NewRecorder()
			}
			w.Handle(func(rw http.ResponseWriter, r *http.Request) error { return test.h(&w, rw, r) }).ServeHTTP(rw, get())
			var got []string
			for _, r := range *reports {
				got = append(got, fmt.Sprintf("%s: %v", r.err.Code(), r.problem))
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("it was told\n%q, want\n%q", got, test.want)
			}
			if rec, ok := rw.(*httptest.ResponseRecorder); ok && strings.Count(rec.Body.String(), `"code"`) > 1 {
				t.Errorf("two errors were written: %s", rec.Body)
			}
		})
	}
}

// A hijackable writer gives its connection away.
type hijackable struct{ httptest.ResponseRecorder }

func (*hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, _ := net.Pipe()
	return conn, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn)), nil
}

func (*hijackable) Header() http.Header { return http.Header{} }

// A brokenWriter fails to write.
type brokenWriter struct{ err error }

func (*brokenWriter) Header() http.Header           { return http.Header{} }
func (*brokenWriter) WriteHeader(int)               {}
func (w *brokenWriter) Write(p []byte) (int, error) { return 0, w.err }

func TestReportGetsTheRequestsContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	var got any
	w := Writer{Report: func(ctx context.Context, _ *errcatalog.Error, _ error) { got = ctx.Value(key{}) }}
	r := get()
	serve(w.Always(errcatalog.Gone), r.WithContext(context.WithValue(r.Context(), key{}, "here")))
	if got != "here" {
		t.Errorf("it has %v", got)
	}
}

func TestAClientThatLeavesARealServer(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		told := make(chan *errcatalog.Error, 1)
		started := make(chan struct{})
		w := Writer{Report: func(_ context.Context, e *errcatalog.Error, _ error) { told <- e }}
		srv := httptest.NewUnstartedServer(w.Handle(func(_ http.ResponseWriter, r *http.Request) error {
			close(started)
			<-r.Context().Done()
			return fmt.Errorf("query: %w", r.Context().Err())
		}))
		srv.EnableHTTP2 = http2
		srv.StartTLS()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-started; cancel() }()
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL, nil)
		if res, err := srv.Client().Do(r); err == nil {
			_ = res.Body.Close()
			t.Error("the request was answered")
		}
		if e := <-told; e.Kind() != errcatalog.ClientClosed || e.Status() != 499 {
			t.Errorf("HTTP/2 %v: it is %s with %d", http2, e.Kind(), e.Status())
		}
		srv.Close()
	}
}

func TestABodyOverTheLimitOfARealServer(t *testing.T) {
	t.Parallel()
	w := Writer{}
	srv := httptest.NewServer(w.Handle(func(rw http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, http.MaxBytesReader(rw, r.Body, 10))
		return err
	}))
	defer srv.Close()
	res, err := srv.Client().Post(srv.URL, "text/plain", strings.NewReader(strings.Repeat("x", 100)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != 413 || !res.Close {
		t.Errorf("it answers %d, closed: %v", res.StatusCode, res.Close)
	}
	wantHas(t, string(text), `"max_bytes":10`)
}

func TestAnErrorOverTLSIsTheSameOnBothProtocols(t *testing.T) {
	t.Parallel()
	w := Writer{}
	h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || r.TLS.Version < tls.VersionTLS12 {
			t.Error("no TLS")
		}
		w.WriteError(rw, r, errcatalog.Gone)
	})
	res := serveReal(t, h, http.MethodGet, true)
	if plain := serveReal(t, w.Always(errcatalog.Gone), http.MethodGet); res.proto != 2 || res.body != plain.body || res.status != plain.status {
		t.Errorf("HTTP/%d: %d %s", res.proto, res.status, res.body)
	}
}

func TestReplySaysWhatWriteErrorSends(t *testing.T) {
	t.Parallel()
	spec := extend(thing())
	spec.Docs, spec.Headers = "https://docs.test", map[string]string{"X-Id": "$request_id", "X-Code": "$code"}
	w := Writer{Catalog: build(t, spec), Rules: errcatalog.CommonRules(), DocsURL: "https://my.test"}
	silence(&w)
	for _, err := range []error{nil, io.EOF, errRoot, Code("thing"), errcatalog.KeyExpired, errcatalog.MethodNotAllowed, errcatalog.PayloadTooLarge, errcatalog.Maintenance, &http.MaxBytesError{Limit: 5}} {
		for _, accept := range [][]string{nil, {problemJSON}} {
			reply := w.Reply(err, errcatalog.Meta{RequestID: "r1", Accept: accept})
			r := get()
			r.Header["Accept"] = accept
			rec := serve(withID("r1", w.Always(err)), r)
			if rec.Code != reply.Status || rec.Body.String() != string(reply.Body) || fmt.Sprint(rec.Header()) != fmt.Sprint(reply.Header) {
				t.Errorf("%v: sent\n%d %v %s, and the reply is\n%d %v %s", err, rec.Code, rec.Header(), rec.Body, reply.Status, reply.Header, reply.Body)
			}
		}
	}
}
