package onecli

import (
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// Lines returns a line for each code that the API can be made to answer.
func Lines() []system.Line {
	call := func(code errcatalog.Code, method, path, body string) system.Line {
		return system.Line{Code: code, Call: system.Call{Method: method, Path: path, Key: "full", Body: body}}
	}
	with := func(line system.Line, key string) system.Line {
		line.Key = key
		return line
	}
	after := func(line system.Line, method, path, body string) system.Line {
		line.Before = []system.Call{{Method: method, Path: path, Key: "full", Body: body}}
		return line
	}
	typed := call("unsupported_media_type", "POST", "/agents", "Helper")
	typed.Header = http.Header{"Content-Type": {"text/plain"}}
	sixth := with(call(onecli.CodeRateLimitExceeded, "GET", "/agents", ""), "burst")
	sixth.Times = 6

	return []system.Line{
		call(onecli.CodeInvalidJSON, "POST", "/agents", `{"name":`),
		call(onecli.CodeRequestInvalid, "PUT", "/agents/agent_1/secret-mode", `{"mode":"some"}`),
		with(call(onecli.CodeUnauthorized, "GET", "/agents", ""), ""),
		with(call(onecli.CodeForbidden, "POST", "/agents", `{"name":"Helper","identifier":"helper"}`), "limited"),
		call(onecli.CodeNotFound, "GET", "/nowhere", ""),

		call(onecli.CodeAgentNameInvalid, "POST", "/agents", `{"name":"","identifier":"helper"}`),
		call(onecli.CodeAgentIdentifierInvalid, "POST", "/agents", `{"name":"Helper","identifier":"7 helpers"}`),
		call(onecli.CodeAgentIdentifierTaken, "POST", "/agents", `{"name":"Helper","identifier":"default"}`),
		call(onecli.CodeAgentDefaultNotDeletable, "DELETE", "/agents/agent_1", ""),
		call(onecli.CodeAgentAlreadyDefault, "POST", "/agents/agent_1/default", ""),
		call(onecli.CodeAgentSecretsUnassigned, "PUT", "/agents/agent_1/secret-mode", `{"mode":"selective"}`),
		call(onecli.CodeAgentSecretsNotFound, "PUT", "/agents/agent_1/secrets", `{"secretIds":["secret_0"]}`),
		call(onecli.CodeAgentNotFound, "GET", "/agents/nobody", ""),

		call(onecli.CodeSecretHostPatternIsURL, "POST", "/secrets", `{"name":"Key","hostPattern":"https://api.example.com"}`),
		call(onecli.CodeSecretHostPatternHasPath, "POST", "/secrets", `{"name":"Key","hostPattern":"api.example.com/v1"}`),
		call(onecli.CodeSecretHostPatternHasSpaces, "POST", "/secrets", `{"name":"Key","hostPattern":"api example"}`),
		call(onecli.CodeSecretInjectionMissing, "POST", "/secrets", `{"name":"Key","type":"generic","injectionConfig":{}}`),
		after(call(onecli.CodeSecretUpdateEmpty, "PATCH", "/secrets/secret_1", `{}`), "POST", "/secrets", `{"name":"Key"}`),
		call(onecli.CodeSecretNotFound, "DELETE", "/secrets/secret_0", ""),

		call(onecli.CodeRuleRateLimitMissing, "POST", "/rules", `{"name":"Slowly","action":"rate_limit","rateLimit":10}`),
		after(call(onecli.CodeRuleUpdateEmpty, "PATCH", "/rules/rule_1", `{}`), "POST", "/rules", `{"name":"Never","action":"block"}`),
		call(onecli.CodeRuleNotFound, "DELETE", "/rules/rule_0", ""),

		call(onecli.CodeProviderUnknown, "POST", "/apps/gitlab/connect", `{"fields":{}}`),
		call(onecli.CodeProviderNotAvailable, "POST", "/apps/legacy-crm/connect", `{"fields":{}}`),
		call(onecli.CodeAppFieldsMissing, "POST", "/apps/github/connect", `{}`),
		call(onecli.CodeAppFieldRequired, "POST", "/apps/github/connect", `{"fields":{"token":""}}`),
		call(onecli.CodeConnectionIDRequired, "DELETE", "/apps/github/connect", ""),
		call(onecli.CodeConnectionNotFound, "DELETE", "/apps/github/connect?connectionId=conn_0", ""),
		call(onecli.CodeClientIDRequired, "PUT", "/apps/gmail/config", `{"clientSecret":"s"}`),
		call(onecli.CodeClientSecretRequired, "PUT", "/apps/gmail/config", `{"clientId":"c"}`),
		call(onecli.CodeUserNameInvalid, "PATCH", "/user", `{"name":""}`),

		sixth,
		call(onecli.CodeInternalServerError, "POST", "/agents", `{"name":"Buggy","identifier":"buggy-agent"}`),
		system.UnderMaintenance(onecli.CodeServiceUnavailable, call("", "GET", "/agents", "").Call),
		call("method_not_allowed", "PUT", "/agents", ""),
		call("payload_too_large", "POST", "/agents", strings.Repeat("x", 1<<20+1)),
		call("uri_too_long", "GET", "/agents?"+strings.Repeat("x", 8<<10), ""),
		typed,
	}
}
