package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/listener"
	"github.com/contrite-go/contrite/ratelimit"
)

func TestAStreamEndsWhenItsClientLeaves(t *testing.T) {
	t.Parallel()
	for which, s := range stacks() {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				var log journal
				s := s
				s.Errors, s.Logger = silent, log.logger()
				served := make(chan struct{})
				h := s.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					for r.Context().Err() == nil {
						_, _ = io.WriteString(w, "data: 1\n\n")
						_ = http.NewResponseController(w).Flush()
					}
					http.Error(w, r.Context().Err().Error(), 500)
				}))
				server := testutil.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer close(served)
					h.ServeHTTP(w, r)
				}), h2)
				ctx, leave := context.WithCancel(t.Context())
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := server.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "data: 1\n" {
					t.Errorf("got %q, %v", line, err)
				}
				leave()
				<-served
				shows(t, log.only(t), map[string]any{"status": 200.0, "level": "INFO", "code": nil})
			})
		})
	}
}

func TestASwitchLeavesRequestsInFlightAlone(t *testing.T) {
	t.Parallel()
	for which, s := range stacks() {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			var closed middleware.Maintenance
			s := s
			s.Maintenance = &closed
			s.Shed = (&ratelimit.Shed{Limit: 1, OnError: silent.WriteError}).Handler
			s.Errors, s.Logger = silent, slog.New(slog.DiscardHandler)
			entered, proceed := make(chan struct{}), make(chan struct{})
			server := testutil.Serve(t, s.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				entered <- struct{}{}
				<-proceed
				_, _ = io.WriteString(w, "done")
			})), false)
			slow := make(chan string)
			go func() {
				resp, err := server.Client().Get(server.URL)
				if err != nil {
					slow <- err.Error()
					return
				}
				defer resp.Body.Close()
				body, _ := io.ReadAll(resp.Body)
				slow <- string(body)
			}()
			<-entered
			refused := func(code string) {
				resp, body := testutil.Get(t, server, "/")
				if faults := errtest.Check(nil, resp, []byte(body)); faults != nil || resp.Header.Get("X-Error-Code") != code {
					t.Errorf("got %s %s, want %s: %v", resp.Status, body, code, faults)
				}
			}
			refused("service_unavailable")
			closed.On(time.Minute)
			refused("service_unavailable") // by another
			close(proceed)
			if body := <-slow; body != "done" {
				t.Errorf("the request in flight got %q", body)
			}
			closed.Off()
			go func() { <-entered }()
			if resp, body := testutil.Get(t, server, "/"); resp.StatusCode != 200 {
				t.Errorf("afterwards: got %s %s", resp.Status, body)
			}
		})
	}
}

// TestARefusalDoesNotWaitForABodyThatWaitsForIt has clients that send their body only
// after a 100.
func TestARefusalDoesNotWaitForABodyThatWaitsForIt(t *testing.T) {
	t.Parallel()
	nobody := auth.Require(&auth.Keys{Store: new(auth.Memory)}, silent.WriteError)
	none := httprate.LimitBy(1, time.Hour, httprate.Key("*"))(ok)
	none.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	for name, test := range map[string]struct {
		s      middleware.Stack
		h      http.Handler
		status int
	}{
		"too large":       {middleware.Stack{MaxBody: 5}, ok, 413},
		"of another type": {middleware.Stack{MediaTypes: []string{"text/csv"}}, ok, 415},
		"unknown":         {middleware.Stack{}, nobody(ok), 401},
		"too many":        {middleware.Stack{}, none, 429},
		"a bare status":   {middleware.Stack{}, fails["a bare status"], 500},
		"a panic":         {middleware.Stack{}, fails["a panic"], 500},
	} {
		for which, timeout := range map[string]time.Duration{"": 0, ", with a timeout": time.Hour} {
			t.Run(name+which, func(t *testing.T) {
				t.Parallel()
				s := test.s
				s.Timeout = timeout
				addr := serveRaw(t, s, test.h)
				conn, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
				_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				judge(t, []rawReply{{resp, string(body), err}})
				if resp.StatusCode != test.status || !resp.Close {
					t.Errorf("got %s, closing: %v", resp.Status, resp.Close)
				}
			})
		}
	}
}

// TestUnencryptedHTTP2KeepsToTheContract has the listener around connections of both
// protocols.
func TestUnencryptedHTTP2KeepsToTheContract(t *testing.T) {
	t.Parallel()
	for which, s := range map[string]middleware.Stack{"the zero Stack": {}, "all limits": limits} {
		t.Run(which, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			for name, fail := range fails {
				mux.Handle(path("", name), fail)
			}
			s := s
			s.Errors, s.Logger = silent, slog.New(slog.DiscardHandler)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			var both, h2 http.Protocols
			both.SetHTTP1(true)
			both.SetUnencryptedHTTP2(true)
			h2.SetUnencryptedHTTP2(true)
			server := &http.Server{Handler: s.Handler(mux), Protocols: &both, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
			go func() { _ = server.Serve(listener.Wrap(l, silent)) }()
			t.Cleanup(func() { _ = server.Close() })
			client := &http.Client{Transport: &http.Transport{Protocols: &h2}}
			t.Cleanup(client.CloseIdleConnections)
			for name := range fails {
				for _, method := range []string{"GET", "HEAD", "POST"} {
					r, err := http.NewRequest(method, "http://"+l.Addr().String()+path("", name), strings.NewReader("a body"))
					if err != nil {
						t.Fatal(err)
					}
					resp, body := testutil.Do(t, client, r)
					faults := errtest.Check(nil, resp, []byte(body))
					if faults != nil || resp.StatusCode < 400 || resp.ProtoMajor != 2 {
						t.Errorf("%s: %s: got %s %s: %v", name, method, resp.Proto, resp.Status, faults)
					}
				}
			}
			judge(t, exchange(t, l.Addr().String(), get("/nowhere", "")+"BAD\r\n\r\n"))
		})
	}
}

func TestAPanicAfterAHijackLeavesTheConnectionAlone(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{"text": "no", "an abort": http.ErrAbortHandler, "nil": nil, "an error": errors.New("no")} {
		for which, s := range stacks() {
			t.Run(name+", "+which, func(t *testing.T) {
				t.Parallel()
				addr := serveRaw(t, s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					conn, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmine")
					_ = conn.Close()
					panic(value)
				}))
				if replies := exchange(t, addr, get("/", "")); len(replies) != 1 || replies[0].body != "mine" {
					t.Errorf("got the statuses %v", statuses(replies))
				}
			})
		}
	}
}

// TestAStackWithinOthersMiddlewaresKeepsToTheContract has wrappers outside of the Stack.
func TestAStackWithinOthersMiddlewaresKeepsToTheContract(t *testing.T) {
	t.Parallel()
	for wrapper, wrap := range wrappers {
		t.Run(wrapper, func(t *testing.T) {
			t.Parallel()
			s := limits
			s.Errors, s.Logger = silent, slog.New(slog.DiscardHandler)
			for name, fail := range fails {
				if wrapper == "TimeoutHandler" && strings.HasPrefix(name, "hints") {
					continue
				}
				server := testutil.Serve(t, wrap(s.Handler(fail)), false)
				r, err := http.NewRequest(http.MethodGet, server.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Accept-Encoding", "gzip")
				resp, body := testutil.Do(t, server.Client(), r)
				if faults := errtest.Check(nil, resp, []byte(body)); faults != nil || resp.StatusCode < 400 {
					t.Errorf("%s: got %s %v %q: %v", name, resp.Status, resp.Header, body, faults)
				}
			}
		})
	}
}
