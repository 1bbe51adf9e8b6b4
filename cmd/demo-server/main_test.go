package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/contrite-go/contrite/internal/testutil"
)

func TestEachSystemSpeaksItsOwnContract(t *testing.T) {
	t.Parallel()
	s := testutil.Serve(t, newDemo("", 0).handler, false)
	tests := []struct {
		name, method, path, body string
		status                   int
		code, want               string
	}{
		{"so1 lists its agents", "GET", "/so1/v1/agents", "", 200, "", `{"agents":[{"id":"research-agent"`},
		{"so1 shows an agent", "GET", "/so1/v1/agents/locked-agent", "", 200, "", `{"id":"locked-agent","name":"Ledger"`},
		{"so1 has no such agent", "GET", "/so1/v1/agents/nobody", "", 404, "resource_not_found", `{"success":false,"error":{"code":"resource_not_found","message":"The requested resource doesn’t exist.","details":{}},"metadata":{"timestamp":"`},
		{"so1's unknown route is a resource that is not found", "GET", "/so1/v1/nowhere", "", 404, "resource_not_found", `{"success":false,`},
		{"so1's wrong method", "PUT", "/so1/v1/agents", "", 405, "method_not_allowed", `{"success":false,"error":{"code":"method_not_allowed"`},
		{"a method that nobody knows is so1's to refuse", "FOO", "/so1/v1/agents", "", 405, "method_not_allowed", `{"success":false,"error":{"code":"method_not_allowed"`},
		{"so1 has HEAD where it has GET", "HEAD", "/so1/v1/agents", "", 200, "", ""},
		{"so1's buggy agent panics", "POST", "/so1/v1/agents/buggy-agent/execute", `{"task":"x"}`, 500, "internal_server_error", `"details":{"retryable":true}`},
		{"so1's flaky agent fails", "POST", "/so1/v1/agents/flaky-agent/execute", `{"task":"x"}`, 500, "agent_execution_failed", `"details":{"retryable":true}`},
		{"so1 wants JSON", "POST", "/so1/v1/agents/research-agent/execute", `{"task":`, 400, "invalid_json", `"Request body is not valid JSON."`},
		{"so1 executes", "POST", "/so1/v1/agents/research-agent/execute", `{"task":"x"}`, 200, "", `{"agent":"research-agent","output":"done: x"}`},

		{"agenthuman lists its roles", "GET", "/agenthuman/v1/roles", "", 200, "", `{"roles":[{"id":"role_host","name":"Host","disabled":false}`},
		{"agenthuman shows a session", "GET", "/agenthuman/v1/sessions/ses_demo", "", 200, "", `{"id":"ses_demo"`},
		{"agenthuman has no such session", "GET", "/agenthuman/v1/sessions/123", "", 404, "session_not_found", `{"error":{"code":"session_not_found","message":"Session with ID '123' does not exist"}}`},
		{"agenthuman's unknown route", "GET", "/agenthuman/v1/", "", 404, "not_found", `{"error":{"code":"not_found"`},
		{"agenthuman's wrong method", "DELETE", "/agenthuman/v1/roles", "", 405, "method_not_allowed", `{"error":{"code":"method_not_allowed"`},
		{"agenthuman panics", "POST", "/agenthuman/v1/sessions/ses_demo/speak", `{"text":"panic"}`, 500, "internal_error", `"details":{"request_id":"req_`},
		{"agenthuman wants a text", "POST", "/agenthuman/v1/sessions/ses_demo/speak", `{}`, 400, "invalid_parameters", `{"error":{"code":"invalid_parameters","message":"The 'text' field is required","details":{"field":"text","requirement":"required"}}}`},

		{"onecli lists its agents", "GET", "/onecli/api/agents", "", 200, "", `{"agents":[{"id":"agent_1"`},
		{"onecli has no such agent", "GET", "/onecli/api/agents/nobody", "", 404, "agent_not_found", `{"error":"Agent not found"}`},
		{"onecli's unknown route", "GET", "/onecli/api/nowhere", "", 404, "not_found", `{"error":"Not found"}`},
		{"onecli's wrong method", "PATCH", "/onecli/api/agents", "", 405, "method_not_allowed", `{"error":"`},
		{"onecli panics", "POST", "/onecli/api/agents", `{"name":"B","identifier":"buggy-agent"}`, 500, "internal_server_error", `{"error":"Internal server error"}`},
		{"onecli goes on after the panic", "POST", "/onecli/api/agents", `{"name":"B","identifier":"b"}`, 201, "", `{"id":"agent_b"`},
		{"onecli knows the identifier", "POST", "/onecli/api/agents", `{"name":"D","identifier":"default"}`, 409, "agent_identifier_taken", `{"error":"Agent with this identifier already exists"}`},
		{"onecli wants a name", "POST", "/onecli/api/agents", `{"identifier":"x"}`, 400, "agent_name_invalid", `{"error":"Agent name must be 1-255 characters"}`},

		{"faos lists its agents", "GET", "/faos/v1/agents", "", 200, "", `{"agents":[{"id":"agt_abc123"`},
		{"faos has no such agent", "GET", "/faos/v1/agents/agt_x", "", 404, "agent_not_found", `{"error":{"code":"agent_not_found","message":"Agent with ID 'agt_x' does not exist","type":"resource_error","param":"agent_id","request_id":"req_`},
		{"faos's unknown route", "GET", "/faos/v1/nowhere", "", 404, "not_found", `"type":"resource_error"`},
		{"faos's wrong method", "PUT", "/faos/v1/agents", "", 405, "method_not_allowed", `"type":"validation_error"`},
		{"faos panics", "POST", "/faos/v1/agents/agt_abc123/execute", `{"input":{"action":"panic"}}`, 500, "internal_server_error", `"type":"server_error"`},
		{"faos's agent sleeps", "POST", "/faos/v1/agents/agt_paused/execute", `{"input":{}}`, 409, "agent_not_active", `"message":"Agent is currently paused"`},
		{"faos's agent learns", "POST", "/faos/v1/agents/agt_training/execute", `{"input":{}}`, 409, "agent_not_active", `"message":"Agent is currently in training mode"`},
		{"faos has guardrails", "POST", "/faos/v1/agents/agt_abc123/execute", `{"input":{"action":"delete_database"}}`, 403, "guardrail_violation", `"type":"authorization_error"`},

		{"outside the systems it is the standard", "GET", "/nowhere", "", 404, "route_not_found", `{"error":{"code":"route_not_found"`},
		{"the index has only GET", "POST", "/", "", 405, "method_not_allowed", `{"error":{"code":"method_not_allowed"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequest(tt.method, s.URL+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			resp, body := testutil.Do(t, s.Client(), r)
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

func TestEverySystemAnswersProblemDetailsToThoseWhoPreferThem(t *testing.T) {
	t.Parallel()
	s := testutil.Serve(t, newDemo("", 0).handler, false)
	for _, path := range []string{"/so1/v1/x", "/agenthuman/v1/x", "/onecli/api/x", "/faos/v1/x", "/x"} {
		r, _ := http.NewRequest("GET", s.URL+path, nil)
		r.Header.Set("Accept", "application/problem+json, application/json;q=0.5")
		resp, body := testutil.Do(t, s.Client(), r)
		if resp.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"status":404`) {
			t.Errorf("%s: got %s %s", path, resp.Header.Get("Content-Type"), body)
		}
	}
}

func TestWhatNetHTTPRefusesIsInTheStandardContract(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, l, newDemo("", 0).handler) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	for request, want := range map[string]string{
		"GET / HTTP/1.1\r\n\r\n":            "bad_request",
		"garbage\r\n\r\n":                   "bad_request",
		"GET / HTTP/3.0\r\nHost: a\r\n\r\n": "http_version_not_supported",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n": "not_implemented",
		"GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n":             "expectation_failed",
	} {
		c, err := net.Dial("tcp", l.Addr().String())
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
		{"a taken port", []string{"-addr", taken.Addr().String()}, 1, "address already in use; choose another address with -addr"},
		{"no address", []string{"-addr", "nonsense"}, 1, "choose another address with -addr"},
		{"help", []string{"-help"}, 0, "the address to listen on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			if code := run(context.Background(), tt.args, io.Discard, &stderr); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(stderr.String(), tt.want) {
				t.Errorf("said %q, want %q", stderr.String(), tt.want)
			}
		})
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

	// A request whose body is not all there is in flight while the signal comes.
	pr, pw := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Post(base+"/so1/v1/agents/research-agent/execute", "application/json", pr)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		answered <- resp.Status
	}()
	if _, err := io.WriteString(pw, `{"task":`); err != nil { // returns once the client reads
		t.Fatal(err)
	}
	waitUntilServed(t, base)
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

// waitUntilServed returns when the server has answered a request that was sent
// after the one in flight.
func waitUntilServed(t *testing.T, base string) {
	t.Helper()
	resp, err := http.Get(base + "/so1/v1/agents")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
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
