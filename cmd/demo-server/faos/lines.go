package faos

import (
	"slices"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

// The beginnings of bodies.
const (
	scout   = `{"name":"Scout","type":"analyst","ontology":"retail","autonomy_level":`
	returns = `{"name":"Returns","steps":[{"id":"a","name":"Sort","type":"agent","agent_id":"agt_active","next":["b"]}`
	repay   = `,{"id":"b","name":"Repay","type":"integration","integration":"ledger","next":["a"]}`
)

// Lines causes every code that the API can answer, one or more times.
func Lines() []system.Line {
	return slices.Concat(
		callers(), requests(), work(),
		system.Everywhere("/agents", faos.CodeRateLimitExceeded, faos.CodeServiceUnavailable),
	)
}

// callers are refused for who they are.
func callers() []system.Line {
	return []system.Line{
		{Code: faos.CodeMissingAuthentication, Call: system.Get("/agents").As("")},
		{Code: faos.CodeInvalidToken, Call: system.Get("/agents").As("revoked")},
		{Code: faos.CodeInvalidToken, Call: system.Get("/agents").As("expired")},
		{Code: faos.CodeInvalidToken, Call: system.Get("/agents").As("expired_token")},
		{Code: faos.CodeInsufficientScope, Call: system.Post("/agents", scout+`"L1"}`).As("unscoped_token")},
		{Code: faos.CodeTierRestriction, Call: system.Post("/agents", scout+`"L4"}`).As("starter")},
	}
}

// requests are refused for what they say.
func requests() []system.Line {
	return []system.Line{
		{Code: faos.CodeNotFound, Call: system.Get("/nowhere")},
		{Code: faos.CodeAgentNotFound, Call: system.Get("/agents/agt_nobody")},
		{Code: faos.CodeWorkflowNotFound, Call: system.Get("/workflows/wfl_none")},
		{Code: faos.CodeWebhookNotFound, Call: system.Get("/webhooks/hook_none")},
		{Code: faos.CodeExecutionNotFound, Call: system.Get("/executions/exec_old")},
		{Code: faos.CodeInvalidRequestBody, Call: system.Post("/agents", `{"name":`)},
		{Code: faos.CodeMissingRequiredField, Call: system.Post("/agents", `{"name":"Scout"}`)},
		{Code: faos.CodeInvalidParameter, Call: system.Post("/agents", scout+`"high"}`)},
		{Code: faos.CodeInvalidAutonomyLevel, Call: system.Post("/agents", scout+`"L7"}`)},
		{Code: faos.CodeInvalidStepConfig, Call: system.Post("/workflows", returns+`]}`)},
		{Code: faos.CodeCircularDependency, Call: system.Post("/workflows", returns+repay+`]}`)},
		{Code: faos.CodeInvalidURL, Call: system.Post("/webhooks", `{"url":"http://example.com/hook","events":["agent.created"]}`)},
		{Code: faos.CodeInvalidEventType, Call: system.Post("/webhooks", `{"url":"https://example.com/hook","events":["agent.renamed"]}`)},
	}
}

// work is what fails as it is done.
func work() []system.Line {
	return []system.Line{
		{Code: faos.CodeAgentNotActive, Call: system.Post("/agents/agt_paused/execute", `{"input":{}}`)},
		{Code: faos.CodeGuardrailViolation, Call: system.Post("/agents/agt_active/execute", `{"input":{"action":"delete_database"}}`)},
		{Code: faos.CodeExecutionTimeout, Call: system.Post("/agents/agt_active/execute", `{"input":{"sleep_seconds":10},"timeout_seconds":1}`)},
		{Code: faos.CodeInternalServerError, Call: system.Post("/agents/agt_active/execute", `{"input":{"action":"panic"}}`)},
		{Code: faos.CodeWorkflowTimeout, Call: system.Post("/workflows/wfl_slow/run", `{"timeout_seconds":1}`)},
		{Code: faos.CodeStepFailed, Call: system.Post("/workflows/wfl_crm/run", "")},
		{Code: faos.CodeExternalAPIError, Call: system.Post("/integrations/crm/sync", "")},
		{Code: faos.CodeIntegrationNotConfigured, Call: system.Post("/integrations/salesforce/sync", "")},
		{Code: faos.CodeIntegrationAuthFailed, Call: system.Post("/integrations/hubspot/sync", "")},
	}
}
