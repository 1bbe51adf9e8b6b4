package faos

import (
	"net/http"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// get and post are calls with the key that may do everything.
func get(path string) system.Call { return system.Call{Method: "GET", Path: path, Key: "full"} }

func post(path, body string) system.Call {
	return system.Call{Method: "POST", Path: path, Key: "full", Body: body}
}

// as returns the call with another key.
func as(key string, c system.Call) system.Call {
	c.Key = key
	return c
}

// line is a call that causes a code by itself.
func line(code errcatalog.Code, c system.Call) system.Line { return system.Line{Code: code, Call: c} }

// The beginnings of bodies.
const (
	scout   = `{"name":"Scout","type":"analyst","ontology":"retail","autonomy_level":`
	returns = `{"name":"Returns","steps":[{"id":"a","name":"Sort","type":"agent","agent_id":"agt_active","next":["b"]}`
	repay   = `,{"id":"b","name":"Repay","type":"integration","integration":"ledger","next":["a"]}`
)

// Lines causes every code that the API can answer, one or more times.
func Lines() []system.Line {
	return slices.Concat(callers(), requests(), work(), everywhere())
}

// callers are refused for who they are.
func callers() []system.Line {
	return []system.Line{
		line(faos.CodeMissingAuthentication, as("", get("/agents"))),
		line(faos.CodeInvalidToken, as("revoked", get("/agents"))),
		line(faos.CodeInvalidToken, as("expired", get("/agents"))),
		line(faos.CodeInvalidToken, as("expired_token", get("/agents"))),
		line(faos.CodeInsufficientScope, as("unscoped_token", post("/agents", scout+`"L1"}`))),
		line(faos.CodeTierRestriction, as("starter", post("/agents", scout+`"L4"}`))),
		{
			Code:   faos.CodeRateLimitExceeded,
			Before: []system.Call{{Method: "GET", Path: "/agents", Key: "burst", Times: 5}},
			Call:   as("burst", get("/agents")),
		},
	}
}

// requests are refused for what they say.
func requests() []system.Line {
	return []system.Line{
		line(faos.CodeAgentNotFound, get("/agents/agt_nobody")),
		line(faos.CodeWorkflowNotFound, get("/workflows/wfl_none")),
		line(faos.CodeWebhookNotFound, get("/webhooks/hook_none")),
		line(faos.CodeExecutionNotFound, get("/executions/exec_old")),
		line(faos.CodeInvalidRequestBody, post("/agents", `{"name":`)),
		line(faos.CodeMissingRequiredField, post("/agents", `{"name":"Scout"}`)),
		line(faos.CodeInvalidParameter, post("/agents", scout+`"high"}`)),
		line(faos.CodeInvalidAutonomyLevel, post("/agents", scout+`"L7"}`)),
		line(faos.CodeInvalidStepConfig, post("/workflows", returns+`]}`)),
		line(faos.CodeCircularDependency, post("/workflows", returns+repay+`]}`)),
		line(faos.CodeInvalidURL, post("/webhooks", `{"url":"http://example.com/hook","events":["agent.created"]}`)),
		line(faos.CodeInvalidEventType, post("/webhooks", `{"url":"https://example.com/hook","events":["agent.renamed"]}`)),
	}
}

// work is what fails as it is done.
func work() []system.Line {
	return []system.Line{
		line(faos.CodeAgentNotActive, post("/agents/agt_paused/execute", `{"input":{}}`)),
		line(faos.CodeGuardrailViolation, post("/agents/agt_active/execute", `{"input":{"action":"delete_database"}}`)),
		line(faos.CodeExecutionTimeout, post("/agents/agt_active/execute", `{"input":{"sleep_seconds":10},"timeout_seconds":1}`)),
		line(faos.CodeInternalServerError, post("/agents/agt_active/execute", `{"input":{"action":"panic"}}`)),
		line(faos.CodeWorkflowTimeout, post("/workflows/wfl_slow/run", `{"timeout_seconds":1}`)),
		line(faos.CodeStepFailed, post("/workflows/wfl_crm/run", "")),
		line(faos.CodeExternalAPIError, post("/integrations/crm/sync", "")),
		line(faos.CodeIntegrationNotConfigured, post("/integrations/salesforce/sync", "")),
		line(faos.CodeIntegrationAuthFailed, post("/integrations/hubspot/sync", "")),
	}
}

// everywhere is what every HTTP server refuses.
func everywhere() []system.Line {
	return []system.Line{
		line(faos.CodeNotFound, get("/nowhere")),
		line("method_not_allowed", system.Call{Method: "PUT", Path: "/agents", Key: "full"}),
		line("payload_too_large", post("/agents", strings.Repeat("a", 1<<20+1))),
		line("uri_too_long", get("/agents?q="+strings.Repeat("a", 8<<10))),
		line("unsupported_media_type", system.Call{
			Method: "POST", Path: "/agents", Key: "full", Header: http.Header{"Content-Type": {"text/plain"}}, Body: "hello",
		}),
		system.UnderMaintenance(faos.CodeServiceUnavailable, get("/agents")),
	}
}
