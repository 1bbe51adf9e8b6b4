package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/contrite-go/contrite/cmd/demo-server/so1"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

func TestEachSystemSpeaksItsOwnContract(t *testing.T) {
	t.Parallel()
	_, base := open(t)
	tests := []struct {
		name, method, path string
		status             int
		code, want         string
	}{
		{"so1's unknown route is a resource that is not found", "GET", "/so1/v1/nowhere", 404, "resource_not_found", `{"success":false,"error":{"code":"resource_not_found","message":"The requested resource doesn’t exist.","details":{}},"metadata":{"timestamp":"`},
		{"so1's wrong method", "PUT", "/so1/v1/agents", 405, "method_not_allowed", `{"success":false,"error":{"code":"method_not_allowed"`},
		{"a method that nobody knows is so1's to refuse", "FOO", "/so1/v1/agents", 405, "method_not_allowed", `{"success":false,"error":{"code":"method_not_allowed"`},
		{"so1 wants a key", "GET", "/so1/v1/agents", 401, "missing_authorization", `{"success":false`},
		{"agenthuman's unknown route", "GET", "/agenthuman/v1/", 404, "not_found", `{"error":{"code":"not_found"`},
		{"agenthuman's wrong method", "DELETE", "/agenthuman/v1/roles", 405, "method_not_allowed", `{"error":{"code":"method_not_allowed"`},
		{"agenthuman wants a key", "GET", "/agenthuman/v1/roles", 401, "invalid_api_key", `{"error":{"code":"invalid_api_key"`},
		{"onecli's unknown route", "GET", "/onecli/api/nowhere", 404, "not_found", `{"error":"Not found"}`},
		{"onecli's wrong method", "PATCH", "/onecli/api/agents", 405, "method_not_allowed", `{"error":"`},
		{"onecli wants a key", "GET", "/onecli/api/agents", 401, "unauthorized", `{"error":"Unauthorized"}`},
		{"faos's unknown route", "GET", "/faos/v1/nowhere", 404, "not_found", `"type":"resource_error"`},
		{"faos's wrong method", "PUT", "/faos/v1/agents", 405, "method_not_allowed", `"documentation_url":"` + base + `/docs/faos#method_not_allowed"`},
		{"faos wants a key", "GET", "/faos/v1/agents", 401, "missing_authentication", `"message":"No authentication credentials provided"`},
		{"outside the systems it is the standard", "GET", "/nowhere", 404, "route_not_found", `{"error":{"code":"route_not_found"`},
		{"a prefix that is escaped is outside", "GET", "/onecli%2Fapi/agents", 404, "route_not_found", `{"error":{"code":"route_not_found"`},
		{"a prefix whose letters are escaped is outside", "GET", "/%6Fnecli/api/agents", 404, "route_not_found", `{"error":{"code":"route_not_found"`},
		{"a prefix alone is the system's", "GET", "/faos/v1", 404, "not_found", `"type":"resource_error"`},
		{"a longer word than a prefix is outside", "GET", "/faos/v12/agents", 404, "route_not_found", `{"error":{"code":"route_not_found"`},
		{"a target outside the systems that is too long", "GET", "/" + strings.Repeat("x", 8<<10), 414, "uri_too_long", `{"error":{"code":"uri_too_long"`},
		{"a target that is too long for the index", "GET", "/?" + strings.Repeat("x", 8<<10), 414, "uri_too_long", `{"error":{"code":"uri_too_long"`},
		{"a target that is just not too long", "GET", "/" + strings.Repeat("x", 8<<10-1), 404, "route_not_found", `{"error":{"code":"route_not_found"`},
		{"a target that is too long for so1", "GET", "/so1/v1/" + strings.Repeat("x", 8<<10), 414, "uri_too_long", `{"success":false,"error":{"code":"uri_too_long"`},
		{"the index has only GET", "POST", "/", 405, "method_not_allowed", `{"error":{"code":"method_not_allowed"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequest(tt.method, base+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, body := testutil.Do(t, http.DefaultClient, r)
			if resp.StatusCode != tt.status || resp.Header.Get("X-Error-Code") != tt.code {
				t.Errorf("got %d %q, want %d %q", resp.StatusCode, resp.Header.Get("X-Error-Code"), tt.status, tt.code)
			}
			if !strings.Contains(body, tt.want) {
				t.Errorf("got  %s\nwant %s in it", body, tt.want)
			}
			if id := resp.Header.Get("X-Request-Id"); !strings.HasPrefix(id, "req_") ||
				strings.Contains(body, `"request_id"`) && !strings.Contains(body, id) {
				t.Errorf("the request ID is %q in the header, and the body is %s", id, body)
			}
			if tt.status == 405 && resp.Header.Get("Allow") == "" {
				t.Error("a 405 without Allow")
			}
		})
	}
}

func TestTheKeysAreListed(t *testing.T) {
	t.Parallel()
	_, base := open(t)
	r, _ := http.NewRequest(http.MethodGet, base+"/demo/keys.json", nil)
	_, body := testutil.Do(t, http.DefaultClient, r)
	var keys map[string]map[string]string
	if err := json.Unmarshal([]byte(body), &keys); err != nil {
		t.Fatal(err)
	}
	for system, names := range map[string][]string{
		"so1": nil, "agenthuman": nil, "onecli": nil,
		"faos": {"starter", "access_token", "expired_token", "unscoped_token"},
	} {
		for _, name := range append(names, "full", "limited", "expired", "revoked", "test", "burst") {
			if keys[system][name] == "" {
				t.Errorf("%s has no key %s", system, name)
			}
		}
	}
}

func TestEverySystemAnswersProblemDetailsToThoseWhoPreferThem(t *testing.T) {
	t.Parallel()
	_, base := open(t)
	for _, path := range []string{"/so1/v1/x", "/agenthuman/v1/x", "/onecli/api/x", "/faos/v1/x", "/x"} {
		r, _ := http.NewRequest("GET", base+path, nil)
		r.Header.Set("Accept", "application/problem+json, application/json;q=0.5")
		resp, body := testutil.Do(t, http.DefaultClient, r)
		if resp.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"status":404`) {
			t.Errorf("%s: got %s %s", path, resp.Header.Get("Content-Type"), body)
		}
	}
}

// serving serves the demo as the command does, and returns its address.
func serving(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	d, _ := open(t)
	served := make(chan error, 1)
	go func() { served <- serve(ctx, l, d.handler, drain) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func TestWhatNetHTTPRefusesIsInTheStandardContract(t *testing.T) {
	t.Parallel()
	addr := serving(t)
	for request, want := range map[string]string{
		"GET / HTTP/1.1\r\n\r\n":            "bad_request",
		"garbage\r\n\r\n":                   "bad_request",
		"GET / HTTP/3.0\r\nHost: a\r\n\r\n": "http_version_not_supported",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n": "not_implemented",
		"GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n":             "expectation_failed",
	} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, request)
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || !strings.HasPrefix(string(body), `{"error":{"code":"`+want+`",`) ||
			!strings.Contains(string(body), resp.Header.Get("X-Request-Id")) || !resp.Close {
			t.Errorf("%q: got %v %s, %v, want %s", request, resp.Header, body, err, want)
		}
	}
}

func TestWrongFlagsAndATakenPortAreSaidInOneLine(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"an unknown flag", []string{"-nope"}, 2, "flag provided but not defined: -nope"},
		{"an argument", []string{"serve"}, 2, `unexpected argument "serve"`},
		{"a flag without its value", []string{"-addr"}, 2, "flag needs an argument: -addr"},
		{"a rate of none", []string{"-rate", "0"}, 2, `invalid value "0" for flag -rate: it needs to be a whole number, at least 1`},
		{"a rate in words", []string{"-rate", "many"}, 2, `invalid value "many" for flag -rate: it needs to be a whole number, at least 1`},
		{"a log of another form", []string{"-log", "xml"}, 2, `invalid value "xml" for flag -log: it is text or json`},
		{"no address", []string{"-addr", "nonsense"}, 2, `invalid value "nonsense" for flag -addr: it needs to be host:port`},
		{"an empty address", []string{"-addr", ""}, 2, "it needs to be host:port"},
		{"an address without a port", []string{"-addr", "127.0.0.1:"}, 2, "it needs to be host:port"},
		{"a port that there is not", []string{"-addr", ":99999"}, 2, "it needs to be host:port"},
		{"a taken port", []string{"-addr", taken.Addr().String()}, 1, "address already in use; choose another address with -addr"},
		{"help", []string{"-help"}, 0, "the address to listen on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			if code := run(context.Background(), tt.args, io.Discard, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			said := stderr.String()
			if !strings.Contains(said, tt.want) {
				t.Errorf("said %q, want %q", said, tt.want)
			}
			if tt.code != 0 && (!strings.HasPrefix(said, "demo-server: ") || strings.Count(said, "\n") != 1) {
				t.Errorf("said %q, want one line", said)
			}
		})
	}
}

func TestARequestThatTakesTooLongToStopIsAnswered(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, _ := open(t)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			stop() // while it is in flight
			d.handler.ServeHTTP(w, r)
		}), 0)
	}()
	r, _ := http.NewRequest("POST", "http://"+l.Addr().String()+"/faos/v1/workflows/wfl_slow/run", nil)
	r.Header.Set("Authorization", "Bearer "+d.systems[3].Keys["full"])
	if resp, body := testutil.Do(t, http.DefaultClient, r); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestAnAnswerForTheWholeServerHasARequestIDToo(t *testing.T) {
	t.Parallel()
	r, _ := http.NewRequest(http.MethodOptions, "http://"+serving(t), nil)
	r.URL.Opaque = "*"
	resp, body := testutil.Do(t, http.DefaultClient, r)
	if resp.StatusCode != http.StatusNoContent || resp.Header.Get("X-Request-Id") == "" || body != "" {
		t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
	}
}

func TestTheLogHasTheRouteOfARequest(t *testing.T) {
	t.Parallel()
	d := newDemo("http://localhost", 0)
	t.Cleanup(d.upstreams.Close)
	for target, route := range map[string]string{
		"/so1/v1/agents/nobody":      "/agents/{id}",
		"/agenthuman/v1/sessions/7":  "/sessions/{id}",
		"/onecli/api/agents":         "/agents",
		"/faos/v1/executions/exec_7": "/executions/{id}",
		"/docs/faos":                 "/docs/{system}",
		"/faos/v1/nowhere":           "",
	} {
		var log bytes.Buffer
		observed := middleware.Observe(slog.New(slog.NewJSONHandler(&log, nil)))(d.handler)
		observed.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, target, nil))
		var record struct{ Path, Route string }
		if err := json.Unmarshal(log.Bytes(), &record); err != nil || record.Path != target || record.Route != route {
			t.Errorf("%s: the log has %s, want the route %q", target, log.Bytes(), route)
		}
	}
}

// TestASignalEndsTheServerAfterTheRequestsInFlight runs the real binary.
func TestASignalEndsTheServerAfterTheRequestsInFlight(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "demo-server")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cmd := exec.Command(bin, "-addr", "127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSpace(line[strings.Index(line, "http://"):])

	key := so1.New(system.Options{Upstreams: new(system.Upstreams)}).Keys["full"]
	// A request whose body is not all there is in flight while the signal comes. The client
	// sends the body when the server has read so far.
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	defer client.CloseIdleConnections()
	pr, pw := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		r, _ := http.NewRequest(http.MethodPost, base+"/so1/v1/agents/research-agent/execute", pr)
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Expect", "100-continue")
		resp, err := client.Do(r)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		answered <- resp.Status
	}()
	if _, err := io.WriteString(pw, `{"task":`); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitUntilRefused(t, strings.TrimPrefix(base, "http://"))
	_, _ = io.WriteString(pw, `"x"}`)
	pw.Close()
	if got := <-answered; got != "200 OK" {
		t.Errorf("the request in flight got %q, want 200 OK", got)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v, want exit code 0", err)
	}
}

// waitUntilRefused returns when nobody listens any more.
func waitUntilRefused(t *testing.T, addr string) {
	t.Helper()
	for {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		conn.Close()
	}
}
