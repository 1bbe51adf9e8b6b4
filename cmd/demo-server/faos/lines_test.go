package faos_test

import (
	"net/http"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/errcatalog"
	catalog "github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware"
)

// absent are the codes that no call of the API has, and why.
func absent() map[errcatalog.Code]string {
	reasons := map[errcatalog.Code]string{
		"bad_request":                "what net/http refuses belongs to no system",
		"headers_too_large":          "what net/http refuses belongs to no system",
		"expectation_failed":         "what net/http refuses belongs to no system",
		"misdirected_request":        "what net/http refuses belongs to no system",
		"not_implemented":            "what net/http refuses belongs to no system",
		"request_timeout":            "what net/http refuses belongs to no system",
		"client_closed_request":      "nobody is there to see it",
		"not_acceptable":             "no handler negotiates its success",
		"precondition_failed":        "no record has a version",
		"precondition_required":      "no record has a version",
		"range_not_satisfiable":      "no record has ranges",
		"forbidden":                  "what is forbidden has a scope, a tier or a guardrail",
		"http_version_not_supported": "what net/http refuses belongs to no system",
	}
	for _, code := range []errcatalog.Code{
		"payment_required", "conflict", "gone", "length_required", "unprocessable_content", "locked",
		"failed_dependency", "too_early", "upgrade_required", "unavailable_for_legal_reasons",
	} {
		reasons[code] = "no call of the contract has it"
	}
	return reasons
}

func TestEveryCodeHasACallThatCausesIt(t *testing.T) {
	t.Parallel()
	coverage := errtest.NewCoverage(catalog.Catalog, "127.0.0.1", "goroutine")
	t.Run("calls", func(t *testing.T) {
		for _, line := range faos.Lines() {
			t.Run(string(line.Code)+" "+line.Key, func(t *testing.T) {
				t.Parallel()
				a := open(t, coverage.Handler)
				for _, call := range line.Before {
					if resp, body := a.send(call); resp.StatusCode >= 400 {
						t.Fatalf("%s %s: got %d %s", call.Method, call.Path, resp.StatusCode, body)
					}
				}
				resp, body := a.send(line.Call)
				if got := resp.Header.Get("X-Error-Code"); got != string(line.Code) {
					t.Errorf("got %q: %s", got, body)
				}
			})
		}
	})
	coverage.Check(t, absent())
}

func TestTheContractHoldsAgainstEveryClient(t *testing.T) {
	t.Parallel()
	sys := newSystem(t, 1<<40)
	errtest.Suite{
		Catalog: catalog.Catalog,
		Header:  http.Header{"Authorization": {"Bearer " + sys.Credentials()["full"]}},
		Routes: []string{
			"GET /agents", "POST /agents", "GET /agents/agt_active", "PATCH /agents/agt_paused", "DELETE /agents/agt_zero",
			"POST /agents/agt_training/pause", "POST /agents/agt_active/activate", "POST /agents/agt_active/execute",
			"GET /executions/exec_old", "POST /workflows", "GET /workflows/wfl_crm", "POST /workflows/wfl_crm/run",
			"POST /webhooks", "GET /webhooks/hook_zero", "DELETE /webhooks/hook_zero",
			"POST /integrations/salesforce/sync", "POST /integrations/hubspot/sync", "POST /integrations/crm/sync",
		},
		Canaries: []string{"127.0.0.1", "goroutine", "sk_live_"},
	}.Run(t, middleware.Stack{Errors: sys.Errors}.Handler(sys))
}
