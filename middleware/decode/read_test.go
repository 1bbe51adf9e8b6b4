package decode_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware/decode"
)

// resolved returns the code that Standard answers an error with.
func resolved(err error) string {
	if err == nil {
		return ""
	}
	return string(errcatalog.Standard.Resolve(err).Code())
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	merge := []string{"application/json", "application/merge-patch+json"}
	tests := []struct {
		name  string
		types []string
		sent  string
		code  string
	}{
		{"any is taken by default", nil, "text/plain", ""},
		{"none is taken by default", nil, "", ""},
		{"one of those", merge, "application/merge-patch+json", ""},
		{"in another case, with parameters", merge, "Application/JSON; charset=utf-8", ""},
		{"with a parameter that is none", merge, "application/json; charset", ""},
		{"another one", merge, "application/x-www-form-urlencoded", "unsupported_media_type"},
		{"none", merge, "", "unsupported_media_type"},
		{"no media type", merge, "application/json, text/plain", "unsupported_media_type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
			if tt.sent != "" {
				r.Header.Set("Content-Type", tt.sent)
			}
			err := (&decode.Decoder{MediaTypes: tt.types}).JSON(r, &struct{}{})
			if resolved(err) != tt.code {
				t.Errorf("got %v, want %q", err, tt.code)
			}
			if tt.code != "" && param(err, "accept") != "[application/json application/merge-patch+json]" {
				t.Errorf("accept is %s", param(err, "accept"))
			}
		})
	}
}

func TestABodyOverTheLimitIsTooLarge(t *testing.T) {
	t.Parallel()
	text := func(n int) io.Reader { return strings.NewReader(`"` + strings.Repeat("x", n-2) + `"`) }
	unread := iotest.ErrReader(errors.New("it was read"))
	tests := []struct {
		name   string
		body   io.Reader
		length int64
		max    int64
		limit  int64 // of the error, 0 for none
	}{
		{"as long as it may be", text(1 << 20), 1 << 20, 0, 0},
		{"longer", text(1<<20 + 1), -1, 0, 1 << 20},
		{"it says that it is longer", unread, 1<<20 + 1, 0, 1 << 20},
		{"a small limit", text(9), -1, 8, 8},
		{"a small limit that is kept", text(8), -1, 8, 0},
		{"a large limit", text(3 << 20), -1, 3 << 20, 0},
		{"a length that is wrong", text(100), 7, 99, 99},
		{"the server's limit", http.MaxBytesReader(nil, io.NopCloser(text(9)), 8), -1, 0, 8},
		{"byte for byte", iotest.OneByteReader(text(2000)), -1, 1999, 1999},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/", tt.body)
			r.ContentLength = tt.length
			var v string
			err := (&decode.Decoder{MaxBytes: tt.max}).JSON(r, &v)
			var tooLarge *http.MaxBytesError
			switch {
			case tt.limit == 0 && err != nil:
				t.Errorf("got %v", err)
			case tt.limit != 0 && (!errors.As(err, &tooLarge) || tooLarge.Limit != tt.limit):
				t.Errorf("got %v, want a body over %d bytes", err, tt.limit)
			}
		})
	}
}

func TestARequestWithoutBodyIsEmpty(t *testing.T) {
	t.Parallel()
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		if err := decode.JSON(&http.Request{Body: body}, new(any)); !errors.Is(err, decode.ErrEmpty) {
			t.Errorf("got %v, want ErrEmpty", err)
		}
	}
}

func TestABodyThatDoesNotArriveHasItsReason(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(context.Background())
	leave()
	tests := []struct {
		name string
		ctx  context.Context
		err  error
		code string
	}{
		{"the request's context is done", gone, errors.New("broken"), "client_closed_request"},
		{"the client stopped sending", t.Context(), io.ErrUnexpectedEOF, "client_closed_request"},
		{"the connection is gone", t.Context(), &net.OpError{Op: "read", Err: syscall.ECONNRESET}, "client_closed_request"},
		{"the client is too slow", t.Context(), &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, "request_timeout"},
		{"the framing is wrong", t.Context(), errors.New("malformed chunked encoding"), "bad_request"},
		{"the handler closed the body", t.Context(), http.ErrBodyReadAfterClose, "internal_error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader("{"), iotest.ErrReader(tt.err)))
			err := decode.JSON(r.WithContext(tt.ctx), new(any))
			e := (&errcatalog.Writer{}).Reply(err, errcatalog.Meta{})
			if !errors.Is(err, tt.err) {
				t.Errorf("the cause of %v is not %v", err, tt.err)
			}
			if tt.ctx.Err() != nil {
				if !errors.Is(err, tt.ctx.Err()) {
					t.Errorf("%v is not the context's error", err)
				}
			} else if got := e.Header.Get("X-Error-Code"); got != tt.code {
				t.Errorf("got %s, want %s", got, tt.code)
			}
		})
	}
}

func TestRawRequestsOverAConnection(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}
	s := testutil.Serve(t, errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		var v map[string]int
		if err := decode.JSON(r, &v); err != nil {
			return err
		}
		return errcatalog.WriteJSON(w, http.StatusOK, v)
	}), false)
	const head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
	tests := []struct{ name, request, status, code string }{
		{"a body", head + "Content-Length: 7\r\n\r\n{\"a\":1}", "200 OK", ""},
		{"chunks", head + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n", "200 OK", ""},
		{"no body", head + "\r\n", "400 Bad Request", "invalid_json"},
		{"a chunk that is none", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400 Bad Request", "bad_request"},
		{"less than was said", head + "Content-Length: 70\r\n\r\n{\"a\":1}", "499", "client_closed_request"},
		{"more than may be", head + "Content-Length: 7000000\r\n\r\n", "413 Request Entity Too Large", "payload_too_large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprint(conn, tt.request)
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if !strings.HasPrefix(resp.Status, tt.status) || resp.Header.Get("X-Error-Code") != tt.code {
				t.Errorf("got %s %s, want %s %s", resp.Status, resp.Header.Get("X-Error-Code"), tt.status, tt.code)
			}
		})
	}
}

// TestRequestsShareNothing has many requests at once, of which each must keep what
// it decoded after the buffers went to others.
func TestRequestsShareNothing(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			kept := map[string]workflow{}
			for i := range 50 {
				name := fmt.Sprintf("%d-%d \u00e9\\\"", g, i)
				body := fmt.Sprintf(`{"name":%q,"steps":[{"id":%q,"agent":"a"}],"tags":{%q:"x"}}`, name, name, name)
				var w workflow
				if err := decode.JSON(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)), &w); err != nil {
					t.Error(err)
				}
				kept[name] = w
				if err := decode.JSON(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"name":[{"`+name)), &w); err == nil {
					t.Error("half a body passes")
				}
			}
			for name, w := range kept {
				want := workflow{Name: name, Steps: []workflowStep{{ID: name, Agent: "a"}}, Tags: map[string]string{name: "x"}}
				if !reflect.DeepEqual(w, want) {
					t.Errorf("got %+v, want %+v", w, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestAClientThatLeavesIsToldInTheLog(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		reading, reported := make(chan struct{}), make(chan error, 1)
		errs := &errcatalog.Writer{Report: func(_ context.Context, e *errcatalog.Error, _ error) { reported <- e }}
		s := testutil.Serve(t, errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
			close(reading)
			return decode.JSON(r, new(any))
		}), h2)
		ctx, leave := context.WithCancel(t.Context())
		body, fill := io.Pipe()
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			fmt.Fprint(fill, `{"a":`)
			<-reading
			leave()
			fill.CloseWithError(ctx.Err()) // the client waits for what it sends
		}()
		if resp, err := s.Client().Do(r); err == nil {
			resp.Body.Close()
			t.Errorf("got %s, want no response", resp.Status)
		}
		if err := <-reported; !errors.Is(err, errcatalog.ClientClosed) {
			t.Errorf("reported %v, want ClientClosed", err)
		}
	})
}
