package so1

import (
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// Lines returns a call for each code that the API can cause.
func Lines() []system.Line {
	const cycle = `{"name":"Report","steps":[{"id":"a","agent":"research-agent","depends_on":["b"]},{"id":"b","agent":"research-agent","depends_on":["a"]}]}`
	execute := func(agent string) string { return "/agents/" + agent + "/execute" }
	return append([]system.Line{
		{Code: so1.CodeMissingAuthorization, Call: system.Get("/agents").As("")},
		{Code: so1.CodeInvalidAPIKey, Call: system.Get("/agents").As("revoked")},
		{Code: so1.CodeExpiredAPIKey, Call: system.Get("/agents").As("expired")},
		{Code: so1.CodeInsufficientPermissions, Call: system.Post("/agents", `{"id":"scout","name":"Scout","domain":"news"}`).As("limited")},
		{Code: so1.CodeInvalidJSON, Call: system.Post("/agents", `{"id":"scout",}`)},
		{Code: so1.CodeMissingRequiredField, Call: system.Post("/agents", `{"id":"scout","name":"Scout"}`)},
		{Code: so1.CodeValidationError, Call: system.Post("/agents", `{"id":7,"name":"Scout"}`)},
		{Code: so1.CodeInvalidAgentConfiguration, Call: system.Post("/agents", `{"id":"scout","name":"Scout","domain":"news","config":{"timeout_seconds":1}}`)},
		{Code: so1.CodeResourceAlreadyExists, Call: system.Post("/agents", `{"id":"research-agent","name":"Scout","domain":"news"}`)},
		{Code: so1.CodeResourceNotFound, Call: system.Get("/agents/nobody")},
		{Code: so1.CodeResourceLocked, Call: system.Send("PATCH", "/agents/locked-agent", `{"name":"Books"}`)},
		{Code: so1.CodeAgentExecutionFailed, Call: system.Post(execute("flaky-agent"), `{"task":"summarize"}`)},
		{Code: so1.CodeTimeout, Call: system.Post(execute("research-agent"), `{"task":"sleep 10s","timeout_seconds":1}`)},
		{Code: so1.CodeBadGateway, Call: system.Post(execute("upstream-agent"), `{"task":"translate"}`)},
		{Code: so1.CodeInternalServerError, Call: system.Post(execute("buggy-agent"), `{"task":"find the last word"}`)},
		{Code: so1.CodeWorkflowValidationFailed, Call: system.Post("/workflows", cycle)},
		{Code: so1.CodeForgeGateFailure, Call: system.Post("/forge/gates/VERIFY/validate", `{"outputs":["test_report"]}`)},
	}, system.Everywhere("/agents", so1.CodeRateLimitExceeded, so1.CodeServiceUnavailable)...)
}
