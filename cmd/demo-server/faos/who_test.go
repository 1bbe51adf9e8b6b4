package faos_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
)

func TestWhoIsRefusedIsRefusedToTheLetter(t *testing.T) {
	t.Parallel()
	const challenge = `Bearer error="invalid_token", error_description="`
	agent := agentWith("")
	for _, tt := range []struct {
		name       string
		credential string // the whole header, or the name of a key
		want       refusal
		challenge  string
	}{
		{"no header", "", noAuth, "Bearer"},
		{"another scheme", "Basic dTpw", noAuth, "Bearer"},
		{"a scheme alone", "Bearer", badToken, challenge + `The credentials are not valid"`},
		{"two tokens", "Bearer a b", badToken, challenge + `The credentials are not valid"`},
		{"a token that is nothing", "Bearer nonsense", badToken, challenge + `The credentials are not valid"`},
		{"a key that is unknown", "Bearer sk_live_nobodynobody0000000000", badToken, challenge + `The credentials are not valid"`},
		{"a revoked key", "revoked", badToken, challenge + `The credentials have been revoked"`},
		{"a key of the test environment", "test", badToken, challenge + `The credentials are not valid"`},
		{"an expired key", "expired", refusal{
			401, "invalid_token", invalidToken, authentication, "", `"expires_at":"2026-03-01T00:00:00Z"`,
		}, challenge + `The credentials have expired"`},
		{"an expired token", "expired_token", refusal{
			401, "invalid_token", "The access token expired at 2025-12-21T10:00:00Z", authentication, "", lateToken,
		}, challenge + `The credentials have expired"`},
		{"a token without scopes", "unscoped_token", lacks("agents:write"), `Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="agents:write"`},
		{"a key that may only read", "limited", lacks("agents:write"), `Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="agents:write"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			c := system.Call{Method: "POST", Path: "/agents", Body: agent}
			if a.credentials[tt.credential] != "" {
				c.Key = tt.credential
			} else if tt.credential != "" {
				c.Header = http.Header{"Authorization": {tt.credential}}
			}
			resp, body := a.send(c)
			a.check(resp, body, tt.want)
			if got := resp.Header.Get("WWW-Authenticate"); got != tt.challenge {
				t.Errorf("the challenge is %s, want %s", got, tt.challenge)
			}
		})
	}
}

func TestWhoMayWriteIsAccepted(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, key := range []string{"full", "burst", "starter", "access_token"} {
		resp, body := a.send(system.Call{Method: "POST", Path: "/agents", Key: key, Body: agentWith(`,"autonomy_level":"L3"`)})
		if resp.StatusCode != 201 {
			t.Errorf("%s: got %d %s", key, resp.StatusCode, body)
		}
	}
	for _, key := range []string{"full", "access_token"} {
		resp, body := a.send(system.Call{Method: "POST", Path: "/agents", Key: key, Body: agentWith(`,"autonomy_level":"L4"`)})
		if resp.StatusCode != 201 {
			t.Errorf("%s: got %d %s for L4", key, resp.StatusCode, body)
		}
	}
}

func TestEveryCredentialReadsAndOnlySomeWrite(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, key := range []string{"limited", "unscoped_token"} {
		for _, path := range []string{"/agents", "/agents/agt_paused", "/workflows/wfl_crm", "/executions/exec_recent"} {
			if resp, body := a.send(system.Call{Method: "GET", Path: path, Key: key}); resp.StatusCode != 200 {
				t.Errorf("%s: GET %s: got %d %s", key, path, resp.StatusCode, body)
			}
		}
		for call, scope := range map[string]string{
			"POST /agents": "agents:write", "PATCH /agents/agt_active": "agents:write", "DELETE /agents/agt_zero": "agents:write",
			"POST /agents/agt_active/pause": "agents:write", "POST /agents/agt_active/activate": "agents:write",
			"POST /agents/agt_active/execute": "agents:write",
			"POST /workflows":                 "workflows:write", "POST /workflows/wfl_crm/run": "workflows:write",
			"POST /webhooks": "webhooks:write", "DELETE /webhooks/hook_zero": "webhooks:write",
			"POST /integrations/crm/sync": "integrations:write",
			"PUT /admin/maintenance":      "admin",
		} {
			method, path, _ := strings.Cut(call, " ")
			resp, body := a.send(system.Call{Method: method, Path: path, Key: key, Body: "nonsense"})
			a.check(resp, body, lacks(scope))
		}
	}
}

func TestTheAccessTokensAreTheSameAtEveryStart(t *testing.T) {
	t.Parallel()
	a, b := open(t), open(t)
	for _, name := range []string{"access_token", "expired_token", "unscoped_token"} {
		if one, other := a.credentials[name], b.credentials[name]; one != other || strings.Count(one, ".") != 2 {
			t.Errorf("%s is %q, and then %q", name, one, other)
		}
	}
}

func TestAKeyThatAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	a := open(t)
	for range 5 {
		if resp, body := a.send(system.Call{Method: "GET", Path: "/agents", Key: "burst"}); resp.StatusCode != 200 || resp.Header.Get("X-RateLimit-Limit") != "5" {
			t.Fatalf("got %d %s, %v", resp.StatusCode, body, resp.Header)
		}
	}
	resp, body := a.send(system.Call{Method: "GET", Path: "/agents", Key: "burst"})
	_, at, _ := strings.Cut(body, `"reset_at":"`)
	at, _, _ = strings.Cut(at, `"`)
	a.check(resp, body, refusal{
		429, "rate_limit_exceeded", "Rate limit exceeded: 5 requests per minute", limit, "", `"limit":5,"remaining":0,"reset_at":"` + at + `"`,
	})
	for _, name := range []string{"Retry-After", "X-RateLimit-Reset", "RateLimit", "RateLimit-Policy"} {
		if resp.Header.Get(name) == "" {
			t.Errorf("a 429 without %s: %v", name, resp.Header)
		}
	}
}

func TestMaintenanceStopsEveryCall(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.do(200, "PUT", "/admin/maintenance", `{"enabled":true,"retry_after":42}`)
	resp, body := a.send(system.Call{Method: "GET", Path: "/agents"})
	a.check(resp, body, refusal{503, "service_unavailable", "Service temporarily unavailable", server, "", ""})
	if got := resp.Header.Get("Retry-After"); got != "42" {
		t.Errorf("Retry-After is %q", got)
	}
	a.do(200, "PUT", "/admin/maintenance", `{"enabled":false}`)
	a.do(200, "GET", "/agents", "")
}
