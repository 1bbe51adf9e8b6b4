package so1

import (
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// Lines returns a call for each code that the API can cause.
func Lines() []system.Line {
	const cycle = `{"name":"Report","steps":[{"id":"a","agent":"research-agent","depends_on":["b"]},{"id":"b","agent":"research-agent","depends_on":["a"]}]}`
	agents, execute := "/agents", func(agent string) string { return "/agents/" + agent + "/execute" }
	return []system.Line{
		{Code: so1.CodeMissingAuthorization, Call: get("", agents)},
		{Code: so1.CodeInvalidAPIKey, Call: get("revoked", agents)},
		{Code: so1.CodeExpiredAPIKey, Call: get("expired", agents)},
		{Code: so1.CodeInsufficientPermissions, Call: post("limited", agents, `{"id":"scout","name":"Scout","domain":"news"}`)},
		{Code: so1.CodeInvalidJSON, Call: post("full", agents, `{"id":"scout",}`)},
		{Code: so1.CodeMissingRequiredField, Call: post("full", agents, `{"id":"scout","name":"Scout"}`)},
		{Code: so1.CodeValidationError, Call: post("full", agents, `{"id":7,"name":"Scout"}`)},
		{Code: so1.CodeInvalidAgentConfiguration, Call: post("full", agents, `{"id":"scout","name":"Scout","domain":"news","config":{"timeout_seconds":1}}`)},
		{Code: so1.CodeResourceAlreadyExists, Call: post("full", agents, `{"id":"research-agent","name":"Scout","domain":"news"}`)},
		{Code: so1.CodeResourceNotFound, Call: get("full", "/agents/nobody")},
		{Code: so1.CodeResourceLocked, Call: call("PATCH", "full", "/agents/locked-agent", `{"name":"Books"}`)},
		{Code: so1.CodeAgentExecutionFailed, Call: post("full", execute("flaky-agent"), `{"task":"summarize"}`)},
		{Code: so1.CodeTimeout, Call: post("full", execute("research-agent"), `{"task":"sleep 10s","timeout_seconds":1}`)},
		{Code: so1.CodeBadGateway, Call: post("full", execute("upstream-agent"), `{"task":"translate"}`)},
		{Code: so1.CodeInternalServerError, Call: post("full", execute("buggy-agent"), `{"task":"find the last word"}`)},
		{Code: so1.CodeWorkflowValidationFailed, Call: post("full", "/workflows", cycle)},
		{Code: so1.CodeForgeGateFailure, Call: post("full", "/forge/gates/VERIFY/validate", `{"outputs":["test_report"]}`)},
		{Code: so1.CodeRateLimitExceeded, Call: times(6, get("burst", agents))},
		system.UnderMaintenance(so1.CodeServiceUnavailable, get("full", agents)),
		{Code: inherited(errcatalog.MethodNotAllowed), Call: call("DELETE", "full", agents, "")},
		{Code: inherited(errcatalog.PayloadTooLarge), Call: post("full", agents, `{"id":"`+strings.Repeat("x", 1<<20))},
		{Code: inherited(errcatalog.URITooLong), Call: get("full", "/agents/"+strings.Repeat("x", 8<<10))},
		{Code: inherited(errcatalog.UnsupportedMediaType), Call: typed("text/plain", post("full", agents, "scout"))},
	}
}

// inherited returns the code of a kind that the API's own text does not name.
func inherited(k errcatalog.Kind) errcatalog.Code { return so1.Catalog.Resolve(k).Code() }

func call(method, key, path, body string) system.Call {
	return system.Call{Method: method, Path: path, Key: key, Body: body}
}

func get(key, path string) system.Call        { return call(http.MethodGet, key, path, "") }
func post(key, path, body string) system.Call { return call(http.MethodPost, key, path, body) }

// times is a call that is sent n times.
func times(n int, c system.Call) system.Call {
	c.Times = n
	return c
}

// typed is a call whose body is of a media type.
func typed(media string, c system.Call) system.Call {
	c.Header = http.Header{"Content-Type": {media}}
	return c
}
