package onecli_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/onecli"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/cmd/demo-server/system/systemtest"
	"github.com/contrite-go/contrite/errcatalog"
	catalog "github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware"
)

// unseen are the codes that the demo can't cause, and why.
var unseen = map[errcatalog.Code]string{
	"payment_required":              "the demo is free",
	"not_acceptable":                "no handler has more than one representation",
	"request_timeout":               "clients may be slow",
	"conflict":                      "every conflict has a code of its own",
	"gone":                          "nothing is remembered that is gone",
	"length_required":               "a body may be of any length up to the limit",
	"precondition_failed":           "there are no conditions",
	"range_not_satisfiable":         "there are no ranges",
	"expectation_failed":            "net/http answers it, before the API is known",
	"misdirected_request":           "the demo answers for every host",
	"unprocessable_content":         "what won't do is a 400",
	"locked":                        "there are no locks",
	"failed_dependency":             "no request depends on another",
	"too_early":                     "there is no TLS, and so no early data",
	"upgrade_required":              "HTTP/1.1 is enough",
	"precondition_required":         "there are no conditions",
	"headers_too_large":             "net/http answers it, before the API is known",
	"unavailable_for_legal_reasons": "the demo breaks no law",
	"client_closed_request":         "no client sees it",
	"not_implemented":               "net/http answers it, before the API is known",
	"bad_gateway":                   "there is no upstream server",
	"gateway_timeout":               "nothing is slow",
	"http_version_not_supported":    "net/http answers it, before the API is known",
}

func TestEveryCallIsAnsweredToTheLetter(t *testing.T) {
	t.Parallel()
	coverage := errtest.NewCoverage(catalog.Catalog, "s3cr3t")
	t.Cleanup(func() { coverage.Check(t, unseen) })
	for _, r := range rows {
		systemtest.Row(r).Run(t, onecli.New, coverage)
	}
}

func TestEveryLineCausesItsCode(t *testing.T) {
	t.Parallel()
	systemtest.Lines(t, onecli.New, onecli.Lines(), unseen)
}

func TestAnAPIKeyIsRegeneratedOnce(t *testing.T) {
	t.Parallel()
	s := systemtest.Serve(t, onecli.New, nil)
	resp, body := s.Send(t, post("/user/api-key/regenerate", ""))
	key, ok := strings.CutPrefix(strings.TrimSuffix(body, `"}`), `{"apiKey":"`)
	if resp.StatusCode != 200 || !ok || !strings.HasPrefix(key, "oc_live_") || key == s.Keys["full"] || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %v %s", resp.StatusCode, resp.Header, body)
	}
	resp, _ = s.Send(t, get("/agents"))
	if want := `Bearer error="invalid_token"`; resp.StatusCode != 401 || !strings.HasPrefix(resp.Header.Get("WWW-Authenticate"), want) {
		t.Errorf("the old key got %d %q, want 401 %s…", resp.StatusCode, resp.Header.Get("WWW-Authenticate"), want)
	}
	renewed := post("/agents", `{"name":"A","identifier":"a"}`).As("").Having("Authorization", "Bearer "+key)
	if resp, body := s.Send(t, renewed); resp.StatusCode != 201 {
		t.Errorf("the new key got %d %s", resp.StatusCode, body)
	}
	if resp, _ := s.Send(t, get("/agents").As("burst")); resp.StatusCode != 200 {
		t.Errorf("another key got %d", resp.StatusCode)
	}
}

func TestOneOfManyRegeneratesTheKey(t *testing.T) {
	t.Parallel()
	s := systemtest.Serve(t, onecli.New, nil)
	var got, refused atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			switch resp, body := s.Send(t, post("/user/api-key/regenerate", "")); resp.StatusCode {
			case 200:
				got.Add(1)
			case 401:
				refused.Add(1)
			default:
				t.Errorf("got %d %s", resp.StatusCode, body)
			}
		})
	}
	group.Wait()
	if got.Load() != 1 || refused.Load() != 7 {
		t.Errorf("%d got a key, and %d were refused", got.Load(), refused.Load())
	}
}

func TestARefusedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	for path, calls := range map[string][]system.Call{
		"/agents": {
			patch("/agents/agent_1", `{"name":"New","identifier":"No"}`),
			put("/agents/agent_1/secrets", `{"secretIds":["secret_1","x"]}`),
			put("/agents/agent_1/secret-mode", `{"mode":"selective"}`),
		},
		"/secrets": {
			patch("/secrets/secret_1", `{"name":"New","hostPattern":"a b"}`),
			patch("/secrets/secret_1", `{"name":"New","injectionConfig":{}}`),
		},
		"/rules": {
			patch("/rules/rule_1", `{"name":"New","action":"rate_limit"}`),
			patch("/rules/rule_1", `{"name":"New","rateLimit":0}`),
		},
	} {
		s := systemtest.Serve(t, onecli.New, nil)
		s.Send(t, aSecret)
		s.Send(t, aBlock)
		_, before := s.Send(t, get(path))
		for _, c := range calls {
			if resp, body := s.Send(t, c); resp.StatusCode != 400 {
				t.Errorf("%s %s got %d %s", c.Method, c.Path, resp.StatusCode, body)
			}
		}
		if _, after := s.Send(t, get(path)); after != before {
			t.Errorf("before %s\nafter  %s", before, after)
		}
	}
}

func TestCallsAtOnceDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	var calls []system.Call
	for _, r := range rows {
		if r.Status < 500 {
			calls = append(calls, r.Call)
		}
	}
	systemtest.AtOnce(t, onecli.New, calls)
}

func TestChallengesSayWhetherATokenWasSent(t *testing.T) {
	t.Parallel()
	s := systemtest.Serve(t, onecli.New, nil)
	for name, test := range map[string]struct {
		call system.Call
		want string
	}{
		"none":               {get("/agents").As(""), `Bearer`},
		"an expired one":     {get("/agents").As("expired"), `Bearer error="invalid_token", error_description="The credentials have expired"`},
		"one of no form":     {get("/agents").As("").Having("Authorization", "Bearer a b"), `Bearer error="invalid_token"`},
		"one that may read":  {post("/agents", `{}`).As("limited"), `Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="write"`},
		"of another scheme":  {get("/agents").As("").Having("Authorization", "Basic eDp5"), `Bearer`},
		"of another API":     {get("/agents").As("").Having("Authorization", "Bearer sk_live_x"), `Bearer error="invalid_token", error_description="The credentials are not valid"`},
		"one in a wrong key": {get("/agents").As("").Having("X-Api-Key", "x"), `Bearer`},
	} {
		resp, _ := s.Send(t, test.call)
		if got := resp.Header.Values("WWW-Authenticate"); len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: the challenge is %q, want %q", name, got, test.want)
		}
	}
}

func TestNoReplyLeavesTheContract(t *testing.T) {
	t.Parallel()
	s := onecli.New(system.Options{Upstreams: new(system.Upstreams), Rate: 1 << 40})
	errtest.Suite{
		Catalog: catalog.Catalog,
		Header:  http.Header{"Authorization": {"Bearer " + s.Keys["full"]}},
		Routes: []string{
			"GET /agents", "POST /agents", "GET /agents/agent_1", "PATCH /agents/agent_1", "DELETE /agents/agent_1",
			"POST /agents/agent_1/default", "PUT /agents/agent_1/secret-mode", "PUT /agents/agent_1/secrets",
			"GET /secrets", "POST /secrets", "PATCH /secrets/x", "DELETE /secrets/x",
			"GET /rules", "POST /rules", "PATCH /rules/x", "DELETE /rules/x",
			"GET /apps", "POST /apps/github/connect", "DELETE /apps/github/connect", "PUT /apps/gmail/config", "PATCH /user",
		},
	}.Run(t, middleware.Stack{Errors: s.Errors}.Handler(s))
}
