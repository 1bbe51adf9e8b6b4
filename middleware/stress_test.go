package middleware_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/requestid"
)

// busy is a server whose handlers do all that handlers do, and name the request in
// each reply.
func busy() http.Handler {
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "id=%s\n", requestid.FromContext(r.Context()))
	}
	mux.HandleFunc("/success", say)
	mux.Handle("/error", errs.Always(errcatalog.Conflict))
	mux.HandleFunc("/text", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) })
	mux.HandleFunc("/long", func(w http.ResponseWriter, r *http.Request) {
		for range 300 {
			say(w, r)
		}
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			say(w, r)
			_ = http.NewResponseController(w).Flush()
			runtime.Gosched()
		}
	})
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		id := requestid.FromContext(r.Context())
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nX-Request-Id: %s\r\nConnection: close\r\n\r\nid=%[1]s\n", id)
	})
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic(canary) })
	mux.HandleFunc("/late-panic", func(w http.ResponseWriter, r *http.Request) {
		say(w, r)
		_ = http.NewResponseController(w).Flush()
		panic(canary)
	})
	mux.HandleFunc("/timeout", func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		say(w, r)
		panic(canary)
	})
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			say(w, r)
		}
	})
	return mux
}

// A caller has a connection of its own, and asks for one thing after the other.
type caller struct {
	t      *testing.T
	client *http.Client
	url    string
	name   string
	h2     bool
	seen   *sync.Map // of statuses

	opening chan struct{} // has room for those that may connect at once
}

func (c *caller) run() {
	paths := []string{"stream", "error", "abort", "long", "panic", "upload", "text", "late-panic", "timeout", "hijack", "success"}
	// net/http gives a client of HTTP/2 two seconds for its first frame, which is little
	// for 200 handshakes at once on a slow machine.
	c.opening <- struct{}{}
	c.ask("success", c.name+"-first")
	<-c.opening
	for i, path := range paths {
		if path == "hijack" && c.h2 {
			continue
		}
		c.ask(path, fmt.Sprintf("%s-%d-%s", c.name, i, path))
	}
	c.client.CloseIdleConnections()
}

// ask sends one request, and checks that the reply is its own.
func (c *caller) ask(path, id string) {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	var body io.Reader
	aborts := path == "abort"
	switch path {
	case "abort":
		path = "timeout"
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { leave() }})
	case "upload":
		reader, writer := io.Pipe()
		defer reader.Close()
		go func() { _, _ = io.WriteString(writer, "the beginning") }()
		body = reader
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/"+path, body)
	if err != nil {
		c.t.Error(err)
		return
	}
	r.Header.Set("X-Request-Id", id)
	resp, err := c.client.Do(r)
	if err != nil {
		if !aborts || !errors.Is(err, context.Canceled) {
			c.t.Errorf("%s: %v", id, err)
		}
		return
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if (err != nil) != (path == "late-panic" && resp.StatusCode == 200) && !aborts {
		c.t.Errorf("%s: reading ended with %v", id, err)
	}
	if got := resp.Header["X-Request-Id"]; len(got) != 1 || got[0] != id {
		c.t.Errorf("%s: got a reply to %q", id, got)
	}
	c.check(path, id, resp.StatusCode, string(text))
}

// check checks a reply. A machine that is very slow may have any of them time out.
func (c *caller) check(path, id string, status int, text string) {
	want := map[string]int{"error": 409, "text": 403, "panic": 500, "timeout": 504, "upload": 504}[path]
	if want == 0 {
		want = 200
	}
	if status != want && status != http.StatusGatewayTimeout {
		c.t.Errorf("%s: got %d %s", id, status, text)
	}
	c.seen.Store(status, true)
	for line := range strings.Lines(text) {
		if status == 200 && line != "id="+id+"\n" || status != 200 && !strings.Contains(line, `"request_id":"`+id+`"`) {
			c.t.Errorf("%s: got %d %s", id, status, line)
		}
	}
}

// TestManyRequestsOfAllKindsDoNotMix counts goroutines, and so is not parallel.
func TestManyRequestsOfAllKindsDoNotMix(t *testing.T) {
	const connections = 200
	for _, h2 := range []bool{false, true} {
		t.Run(fmt.Sprint("HTTP/2 ", h2), func(t *testing.T) {
			before := runtime.NumGoroutine()
			h := middleware.Stack{
				Errors: errs, Logger: new(journal).logger(), MaxURI: 8000, MaxBody: 1 << 20,
				Deadline: 2 * time.Second, Timeout: 500 * time.Millisecond,
			}.Handler(busy())
			s := testutil.Serve(t, h, h2)
			var wg sync.WaitGroup
			var seen sync.Map
			opening := make(chan struct{}, 4)
			for i := range connections {
				c := &caller{t: t, client: clientOf(s), url: s.URL, name: fmt.Sprint("c", i), h2: h2, seen: &seen, opening: opening}
				wg.Go(c.run)
			}
			wg.Wait()
			for _, status := range []int{200, 403, 409, 500, 504} {
				if _, ok := seen.Load(status); !ok {
					t.Errorf("no reply was a %d", status)
				}
			}
			s.CloseClientConnections()
			s.Close()
			settles(t, before)
		})
	}
}

// clientOf returns a client of the server with a connection of its own.
func clientOf(s *httptest.Server) *http.Client {
	return &http.Client{Transport: s.Client().Transport.(*http.Transport).Clone()}
}

// settles waits until there are no more goroutines than before.
func settles(t *testing.T, before int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before; <-tick.C {
		if time.Now().After(deadline) {
			var stacks strings.Builder
			_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
			t.Fatalf("%d goroutines are left, and %d were there before:\n%s", runtime.NumGoroutine(), before, &stacks)
		}
	}
}
