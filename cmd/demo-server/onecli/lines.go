package onecli

import (
	"slices"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog/onecli"
)

// Lines returns a line for each code that the API can be made to answer.
func Lines() []system.Line {
	return slices.Concat(
		general(), ofAgents(), ofSecretsAndRules(), ofAppsAndUser(),
		system.Everywhere("/agents", onecli.CodeRateLimitExceeded, onecli.CodeServiceUnavailable),
	)
}

// general is what any call can come to.
func general() []system.Line {
	return []system.Line{
		{Code: onecli.CodeInvalidJSON, Call: system.Post("/agents", `{"name":`)},
		{Code: onecli.CodeRequestInvalid, Call: system.Send("PUT", "/agents/agent_1/secret-mode", `{"mode":"some"}`)},
		{Code: onecli.CodeUnauthorized, Call: system.Get("/agents").As("")},
		{Code: onecli.CodeForbidden, Call: system.Post("/agents", `{"name":"Helper","identifier":"helper"}`).As("limited")},
		{Code: onecli.CodeNotFound, Call: system.Get("/nowhere")},
		{Code: onecli.CodeInternalServerError, Call: system.Post("/agents", `{"name":"Buggy","identifier":"buggy-agent"}`)},
	}
}

func ofAgents() []system.Line {
	return []system.Line{
		{Code: onecli.CodeAgentNameInvalid, Call: system.Post("/agents", `{"name":"","identifier":"helper"}`)},
		{Code: onecli.CodeAgentIdentifierInvalid, Call: system.Post("/agents", `{"name":"Helper","identifier":"7 helpers"}`)},
		{Code: onecli.CodeAgentIdentifierTaken, Call: system.Post("/agents", `{"name":"Helper","identifier":"default"}`)},
		{Code: onecli.CodeAgentDefaultNotDeletable, Call: system.Send("DELETE", "/agents/agent_1", "")},
		{Code: onecli.CodeAgentAlreadyDefault, Call: system.Post("/agents/agent_1/default", "")},
		{Code: onecli.CodeAgentSecretsUnassigned, Call: system.Send("PUT", "/agents/agent_1/secret-mode", `{"mode":"selective"}`)},
		{Code: onecli.CodeAgentSecretsNotFound, Call: system.Send("PUT", "/agents/agent_1/secrets", `{"secretIds":["secret_0"]}`)},
		{Code: onecli.CodeAgentNotFound, Call: system.Get("/agents/nobody")},
	}
}

func ofSecretsAndRules() []system.Line {
	return []system.Line{
		{Code: onecli.CodeSecretHostPatternIsURL, Call: system.Post("/secrets", `{"name":"Key","hostPattern":"https://api.example.com"}`)},
		{Code: onecli.CodeSecretHostPatternHasPath, Call: system.Post("/secrets", `{"name":"Key","hostPattern":"api.example.com/v1"}`)},
		{Code: onecli.CodeSecretHostPatternHasSpaces, Call: system.Post("/secrets", `{"name":"Key","hostPattern":"api example"}`)},
		{Code: onecli.CodeSecretInjectionMissing, Call: system.Post("/secrets", `{"name":"Key","type":"generic","injectionConfig":{}}`)},
		{Code: onecli.CodeSecretUpdateEmpty, Before: []system.Call{system.Post("/secrets", `{"name":"Key"}`)}, Call: system.Send("PATCH", "/secrets/secret_1", `{}`)},
		{Code: onecli.CodeSecretNotFound, Call: system.Send("DELETE", "/secrets/secret_0", "")},
		{Code: onecli.CodeRuleRateLimitMissing, Call: system.Post("/rules", `{"name":"Slowly","action":"rate_limit","rateLimit":10}`)},
		{Code: onecli.CodeRuleUpdateEmpty, Before: []system.Call{system.Post("/rules", `{"name":"Never","action":"block"}`)}, Call: system.Send("PATCH", "/rules/rule_1", `{}`)},
		{Code: onecli.CodeRuleNotFound, Call: system.Send("DELETE", "/rules/rule_0", "")},
	}
}

func ofAppsAndUser() []system.Line {
	return []system.Line{
		{Code: onecli.CodeProviderUnknown, Call: system.Post("/apps/gitlab/connect", `{"fields":{}}`)},
		{Code: onecli.CodeProviderNotAvailable, Call: system.Post("/apps/legacy-crm/connect", `{"fields":{}}`)},
		{Code: onecli.CodeAppFieldsMissing, Call: system.Post("/apps/github/connect", `{}`)},
		{Code: onecli.CodeAppFieldRequired, Call: system.Post("/apps/github/connect", `{"fields":{"token":""}}`)},
		{Code: onecli.CodeConnectionIDRequired, Call: system.Send("DELETE", "/apps/github/connect", "")},
		{Code: onecli.CodeConnectionNotFound, Call: system.Send("DELETE", "/apps/github/connect?connectionId=conn_0", "")},
		{Code: onecli.CodeClientIDRequired, Call: system.Send("PUT", "/apps/gmail/config", `{"clientSecret":"s"}`)},
		{Code: onecli.CodeClientSecretRequired, Call: system.Send("PUT", "/apps/gmail/config", `{"clientId":"c"}`)},
		{Code: onecli.CodeUserNameInvalid, Call: system.Send("PATCH", "/user", `{"name":""}`)},
	}
}
