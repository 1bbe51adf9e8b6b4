package onecli_test

import (
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/cmd/demo-server/system/systemtest"
)

// A row is one whose fields need no names here.
type row systemtest.Row

// e is the body of an error.
func e(message string) string { return `{"error":"` + message + `"}` }

// The messages that many rows have.
var (
	name        = e("Agent name must be 1-255 characters")
	identifier  = e("Identifier must be 1-50 characters, start with a letter, and contain only lowercase letters, numbers, and hyphens")
	taken       = e("Agent with this identifier already exists")
	noAgent     = e("Agent not found")
	noSecrets   = e("One or more secrets not found")
	unassigned  = e("Cannot use selective secret mode without assigned secrets")
	isURL       = e("Enter a hostname, not a URL (remove http:// or https://)")
	hasPath     = e("Enter a hostname only, not a path (use the path pattern field for paths)")
	hasSpaces   = e("Host pattern must not contain spaces")
	noInjection = e("At least one injection method (header/param) must be configured")
	noSecret    = e("Secret not found")
	nothing     = e("No fields to update")
	noRate      = e("rateLimit and rateLimitWindow are required when action is rate_limit")
	noField     = e("At least one field must be provided")
	noRule      = e("Policy rule not found")
	noFields    = e("Missing fields in request body")
	noJSON      = e("Request body is not valid JSON")
	noObject    = e("Request body must be an object")
	noMode      = e("mode must be all or selective")
	notIDs      = e("secretIds must be an array of strings")
	notLimit    = e("rateLimit must be an integer from 1 to 1000000000")
	notWindow   = e("rateLimitWindow must be a text such as minute, or a number of seconds")
	forbidden   = e("Forbidden")
	noClient    = e("clientId is required")
	userName    = e("User name must be 1-255 characters")
)

var get, post = system.Get, system.Post

func put(path, body string) system.Call   { return system.Send("PUT", path, body) }
func patch(path, body string) system.Call { return system.Send("PATCH", path, body) }
func del(path string) system.Call         { return system.Send("DELETE", path, "") }

// after are the calls before a row's own.
func after(calls ...system.Call) []system.Call { return calls }

// What rows have done before.
var (
	second   = post("/agents", `{"name":"Second","identifier":"second"}`) // agent_2
	aSecret  = post("/secrets", `{"name":"S","type":"generic","value":"s3cr3t","hostPattern":"*.example.com","pathPattern":"/v1/*","injectionConfig":{"headerName":"X-Key"}}`)
	aBlock   = post("/rules", `{"name":"R","hostPattern":"example.com","action":"block"}`)
	aLimit   = post("/rules", `{"name":"R","hostPattern":"example.com","action":"rate_limit","rateLimit":10,"rateLimitWindow":"minute"}`)
	assigned = put("/agents/agent_1/secrets", `{"secretIds":["secret_1"]}`)
	github   = post("/apps/github/connect", `{"fields":{"token":"s3cr3t"}}`)
	gmail    = put("/apps/gmail/config", `{"clientId":"c1","clientSecret":"s3cr3t"}`)
)

var rows = []row{
	{"the default agent is there", nil, get("/agents"), 200, "", `{"agents":[{"id":"agent_1","name":"Default","identifier":"default","isDefault":true,"secretMode":"all","secretIds":[]}]}`},
	{"an agent is made", nil, second, 201, "", `{"id":"agent_2","name":"Second","identifier":"second","isDefault":false,"secretMode":"all","secretIds":[]}`},
	{"a made agent is listed last", after(second), get("/agents").As("limited"), 200, "", `…,{"id":"agent_2",…`},
	{"a made agent is shown", after(second), get("/agents/agent_2"), 200, "", `{"id":"agent_2","name":"Second",…`},
	{"an agent has members that nobody knows", nil, post("/agents", `{"name":"X","identifier":"x","color":1}`), 201, "", `{"id":"agent_2",…`},
	{"an agent needs a name", nil, post("/agents", `{"identifier":"x"}`), 400, "agent_name_invalid", name},
	{"an empty name", nil, post("/agents", `{"name":"","identifier":"x"}`), 400, "agent_name_invalid", name},
	{"a name that is null", nil, post("/agents", `{"name":null,"identifier":"x"}`), 400, "agent_name_invalid", name},
	{"a name that is no text", nil, post("/agents", `{"name":["a"],"identifier":"x"}`), 400, "agent_name_invalid", name},
	{"a name of 255", nil, post("/agents", `{"name":"`+strings.Repeat("é", 255)+`","identifier":"x"}`), 201, "", `{"id":"agent_2",…`},
	{"a blank name", nil, post("/agents", `{"name":" \t ","identifier":"x"}`), 400, "agent_name_invalid", name},
	{"a name of 256", nil, post("/agents", `{"name":"`+strings.Repeat("n", 256)+`","identifier":"x"}`), 400, "agent_name_invalid", name},
	{"an agent needs an identifier", nil, post("/agents", `{"name":"X"}`), 400, "agent_identifier_invalid", identifier},
	{"an empty identifier", nil, post("/agents", `{"name":"X","identifier":""}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier that is no text", nil, post("/agents", `{"name":"X","identifier":7}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier of 50", nil, post("/agents", `{"name":"X","identifier":"a`+strings.Repeat("-", 48)+`9"}`), 201, "", `{"id":"agent_2",…`},
	{"an identifier of 51", nil, post("/agents", `{"name":"X","identifier":"a`+strings.Repeat("b", 50)+`"}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier in capitals", nil, post("/agents", `{"name":"X","identifier":"aB"}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier that starts with a digit", nil, post("/agents", `{"name":"X","identifier":"1a"}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier that starts with a hyphen", nil, post("/agents", `{"name":"X","identifier":"-a"}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier with a line break", nil, post("/agents", `{"name":"X","identifier":"a\n"}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier with an underscore", nil, post("/agents", `{"name":"X","identifier":"a_b"}`), 400, "agent_identifier_invalid", identifier},
	{"an identifier beyond ASCII", nil, post("/agents", `{"name":"X","identifier":"é"}`), 400, "agent_identifier_invalid", identifier},
	{"the name is told first", nil, post("/agents", `{}`), 400, "agent_name_invalid", name},
	{"an identifier that is taken", nil, post("/agents", `{"name":"X","identifier":"default"}`), 409, "agent_identifier_taken", taken},
	{"an identifier that was taken since", after(second), second, 409, "agent_identifier_taken", taken},
	{"an identifier that is free again", after(second, del("/agents/agent_2")), second, 201, "", `{"id":"agent_3",…`},
	{"the demo has a bug", nil, post("/agents", `{"name":"B","identifier":"buggy-agent"}`), 500, "internal_server_error", e("Internal server error")},
	{"the bug is for those who may", nil, post("/agents", `{"name":"B","identifier":"buggy-agent"}`).As("limited"), 403, "forbidden", forbidden},
	{"no body", nil, post("/agents", ""), 400, "invalid_json", noJSON},
	{"a body that breaks off", nil, post("/agents", `{"name"`), 400, "invalid_json", noJSON},
	{"a body that goes on", nil, post("/agents", `{"name":"X","identifier":"x"}{}`), 400, "invalid_json", noJSON},
	{"a body that is no object", nil, post("/agents", `["a"]`), 400, "request_invalid", noObject},
	{"a name that is given twice", nil, post("/agents", `{"name":"a","name":"b","identifier":"x"}`), 400, "request_invalid", e("name must not be given twice")},
	{"who may only read makes no agent", nil, post("/agents", `{`).As("limited"), 403, "forbidden", forbidden},

	{"no such agent to show", nil, get("/agents/nobody"), 404, "agent_not_found", noAgent},
	{"no such agent to change", nil, patch("/agents/nobody", `{`), 404, "agent_not_found", noAgent},
	{"no such agent to delete", nil, del("/agents/nobody"), 404, "agent_not_found", noAgent},
	{"no such agent to be the default", nil, post("/agents/nobody/default", ""), 404, "agent_not_found", noAgent},
	{"no such agent to have a mode", nil, put("/agents/nobody/secret-mode", `{}`), 404, "agent_not_found", noAgent},
	{"no such agent to have secrets", nil, put("/agents/nobody/secrets", `{}`), 404, "agent_not_found", noAgent},
	{"an agent is renamed", nil, patch("/agents/agent_1", `{"name":"New"}`), 200, "", `{"id":"agent_1","name":"New","identifier":"default",…`},
	{"an agent keeps its identifier", nil, patch("/agents/agent_1", `{"identifier":"default"}`), 200, "", `{"id":"agent_1",…`},
	{"an agent gets another identifier", nil, patch("/agents/agent_1", `{"identifier":"other"}`), 200, "", `…"identifier":"other"…`},
	{"an agent is not changed", nil, patch("/agents/agent_1", `{}`), 200, "", `{"id":"agent_1","name":"Default",…`},
	{"an agent can't take an identifier", after(second), patch("/agents/agent_2", `{"identifier":"default"}`), 409, "agent_identifier_taken", taken},
	{"an agent can't lose its name", nil, patch("/agents/agent_1", `{"name":""}`), 400, "agent_name_invalid", name},
	{"an agent's name can't be null", nil, patch("/agents/agent_1", `{"name":null}`), 400, "agent_name_invalid", name},
	{"an agent can't get a wrong identifier", nil, patch("/agents/agent_1", `{"identifier":"No"}`), 400, "agent_identifier_invalid", identifier},
	{"who may only read changes no agent", nil, patch("/agents/agent_1", `{"name":"N"}`).As("limited"), 403, "forbidden", forbidden},
	{"an agent is deleted", after(second), del("/agents/agent_2"), 204, "", ""},
	{"an agent is deleted once", after(second, del("/agents/agent_2")), del("/agents/agent_2"), 404, "agent_not_found", noAgent},
	{"the default agent stays", nil, del("/agents/agent_1"), 400, "agent_default_not_deletable", e("Cannot delete the default agent")},
	{"an agent that was the default goes", after(second, post("/agents/agent_2/default", "")), del("/agents/agent_1"), 204, "", ""},
	{"an agent that became the default stays", after(second, post("/agents/agent_2/default", "")), del("/agents/agent_2"), 400, "agent_default_not_deletable", e("Cannot delete the default agent")},
	{"who may only read deletes no agent", nil, del("/agents/nobody").As("limited"), 403, "forbidden", forbidden},
	{"an agent becomes the default", after(second), post("/agents/agent_2/default", ""), 200, "", `{"id":"agent_2","name":"Second","identifier":"second","isDefault":true,…`},
	{"there is one default", after(second, post("/agents/agent_2/default", "")), get("/agents/agent_1"), 200, "", `…"isDefault":false…`},
	{"the default agent is that already", nil, post("/agents/agent_1/default", "{}"), 400, "agent_already_default", e("Agent is already the default")},

	{"a mode is set", nil, put("/agents/agent_1/secret-mode", `{"mode":"all"}`), 200, "", `…"secretMode":"all"…`},
	{"the selective mode needs secrets", nil, put("/agents/agent_1/secret-mode", `{"mode":"selective"}`), 400, "agent_secrets_unassigned", unassigned},
	{"the selective mode has secrets", after(aSecret, assigned), put("/agents/agent_1/secret-mode", `{"mode":"selective"}`), 200, "", `…"secretMode":"selective","secretIds":["secret_1"]}…`},
	{"secrets that are gone are not assigned", after(aSecret, assigned, del("/secrets/secret_1")), put("/agents/agent_1/secret-mode", `{"mode":"selective"}`), 400, "agent_secrets_unassigned", unassigned},
	{"a mode that there is not", nil, put("/agents/agent_1/secret-mode", `{"mode":"None"}`), 400, "request_invalid", noMode},
	{"no mode", nil, put("/agents/agent_1/secret-mode", `{}`), 400, "request_invalid", noMode},
	{"a mode that is no text", nil, put("/agents/agent_1/secret-mode", `{"mode":1}`), 400, "request_invalid", noMode},
	{"secrets are assigned", after(aSecret), assigned, 200, "", `…"secretIds":["secret_1"]…`},
	{"secrets are assigned once", after(aSecret), put("/agents/agent_1/secrets", `{"secretIds":["secret_1","secret_1"]}`), 200, "", `…"secretIds":["secret_1"]…`},
	{"no secrets are assigned", after(aSecret, assigned), put("/agents/agent_1/secrets", `{"secretIds":[]}`), 200, "", `…"secretIds":[]…`},
	{"an unknown secret", after(aSecret), put("/agents/agent_1/secrets", `{"secretIds":["secret_1","x"]}`), 400, "agent_secrets_not_found", noSecrets},
	{"secrets without a list", nil, put("/agents/agent_1/secrets", `{}`), 400, "request_invalid", notIDs},
	{"secrets by number", nil, put("/agents/agent_1/secrets", `{"secretIds":[1]}`), 400, "request_invalid", notIDs},
	{"who may only read assigns nothing", nil, assigned.As("limited"), 403, "forbidden", forbidden},

	{"there are no secrets", nil, get("/secrets"), 200, "", `{"secrets":[]}`},
	{"a secret is made, and not shown", nil, aSecret, 201, "", `{"id":"secret_1","name":"S","type":"generic","hostPattern":"*.example.com","pathPattern":"/v1/*","injectionConfig":{"headerName":"X-Key"}}`},
	{"a made secret is listed, and not shown", after(aSecret), get("/secrets"), 200, "", `{"secrets":[{"id":"secret_1","name":"S","type":"generic","hostPattern":"*.example.com","pathPattern":"/v1/*","injectionConfig":{"headerName":"X-Key"}}]}`},
	{"a secret of Anthropic's", nil, post("/secrets", `{"name":"S","type":"anthropic","value":"s3cr3t","hostPattern":"api.anthropic.com"}`), 201, "", `{"id":"secret_1","name":"S","type":"anthropic","hostPattern":"api.anthropic.com","pathPattern":"","injectionConfig":null}`},
	{"a secret in a parameter", nil, post("/secrets", `{"type":"generic","injectionConfig":{"paramName":"key","more":1}}`), 201, "", `…"injectionConfig":{"paramName":"key"}…`},
	{"a host that is a URL", nil, post("/secrets", `{"hostPattern":"http://example.com"}`), 400, "secret_host_pattern_is_url", isURL},
	{"a host that is a URL in capitals", nil, post("/secrets", `{"hostPattern":"HTTPS://example.com"}`), 400, "secret_host_pattern_is_url", isURL},
	{"a host that is a URL with a path", nil, post("/secrets", `{"hostPattern":"https://example.com/a b"}`), 400, "secret_host_pattern_is_url", isURL},
	{"a host with a path", nil, post("/secrets", `{"hostPattern":"example.com/v1"}`), 400, "secret_host_pattern_has_path", hasPath},
	{"a host with a slash and a space", nil, post("/secrets", `{"hostPattern":"example .com/"}`), 400, "secret_host_pattern_has_path", hasPath},
	{"a host with a space", nil, post("/secrets", `{"hostPattern":"example .com"}`), 400, "secret_host_pattern_has_spaces", hasSpaces},
	{"a host with a space at the end", nil, post("/secrets", `{"hostPattern":"example.com\u00a0"}`), 400, "secret_host_pattern_has_spaces", hasSpaces},
	{"a host that is no text", nil, post("/secrets", `{"hostPattern":["a"]}`), 400, "request_invalid", e("hostPattern must be a string")},
	{"the host is told before the injection", nil, post("/secrets", `{"type":"generic","hostPattern":"a/b"}`), 400, "secret_host_pattern_has_path", hasPath},
	{"a generic secret goes nowhere", nil, post("/secrets", `{"type":"generic"}`), 400, "secret_injection_missing", noInjection},
	{"a generic secret goes to null", nil, post("/secrets", `{"type":"generic","injectionConfig":null}`), 400, "secret_injection_missing", noInjection},
	{"a generic secret goes to empty names", nil, post("/secrets", `{"type":"generic","injectionConfig":{"headerName":"","paramName":" "}}`), 400, "secret_injection_missing", noInjection},
	{"a generic secret goes to a number", nil, post("/secrets", `{"type":"generic","injectionConfig":{"headerName":1}}`), 400, "request_invalid", e("injectionConfig must be an object of the strings headerName and paramName")},
	{"a type that there is not", nil, post("/secrets", `{"type":"oauth"}`), 400, "request_invalid", e("type must be anthropic or generic")},
	{"who may only read makes no secret", nil, aSecret.As("limited"), 403, "forbidden", forbidden},
	{"a secret is changed", after(aSecret), patch("/secrets/secret_1", `{"hostPattern":"example.org","value":"s3cr3t"}`), 200, "", `{"id":"secret_1","name":"S","type":"generic","hostPattern":"example.org","pathPattern":"/v1/*","injectionConfig":{"headerName":"X-Key"}}`},
	{"a change of nothing", after(aSecret), patch("/secrets/secret_1", `{}`), 400, "secret_update_empty", nothing},
	{"a change of no body", after(aSecret), patch("/secrets/secret_1", ""), 400, "secret_update_empty", nothing},
	{"a change of what is unknown", after(aSecret), patch("/secrets/secret_1", `{"x":1}`), 400, "secret_update_empty", nothing},
	{"a change that is no JSON", after(aSecret), patch("/secrets/secret_1", `{`), 400, "invalid_json", noJSON},
	{"a change to a URL", after(aSecret), patch("/secrets/secret_1", `{"hostPattern":"https://a"}`), 400, "secret_host_pattern_is_url", isURL},
	{"a change to nowhere", after(aSecret), patch("/secrets/secret_1", `{"injectionConfig":{}}`), 400, "secret_injection_missing", noInjection},
	{"a change to a generic one", after(post("/secrets", `{}`)), patch("/secrets/secret_1", `{"type":"generic"}`), 400, "secret_injection_missing", noInjection},
	{"no such secret to change", nil, patch("/secrets/secret_1", `{}`), 404, "secret_not_found", noSecret},
	{"a secret is deleted", after(aSecret), del("/secrets/secret_1"), 204, "", ""},
	{"a secret is deleted once", after(aSecret, del("/secrets/secret_1")), del("/secrets/secret_1"), 404, "secret_not_found", noSecret},
	{"a deleted secret is taken from agents", after(aSecret, assigned, del("/secrets/secret_1")), get("/agents/agent_1"), 200, "", `…"secretIds":[]…`},

	{"there are no rules", nil, get("/rules"), 200, "", `{"rules":[]}`},
	{"a rule blocks", nil, aBlock, 201, "", `{"id":"rule_1","name":"R","hostPattern":"example.com","action":"block","rateLimit":null,"rateLimitWindow":null}`},
	{"a rule limits", nil, aLimit, 201, "", `{"id":"rule_1","name":"R","hostPattern":"example.com","action":"rate_limit","rateLimit":10,"rateLimitWindow":"minute"}`},
	{"a rule limits by seconds", nil, post("/rules", `{"action":"rate_limit","rateLimit":1,"rateLimitWindow":60}`), 201, "", `…"rateLimit":1,"rateLimitWindow":60}…`},
	{"made rules are listed", after(aBlock, aLimit), get("/rules").As("limited"), 200, "", `…,{"id":"rule_2",…`},
	{"a limit without a rate", nil, post("/rules", `{"action":"rate_limit"}`), 400, "rule_rate_limit_missing", noRate},
	{"a limit without a window", nil, post("/rules", `{"action":"rate_limit","rateLimit":5}`), 400, "rule_rate_limit_missing", noRate},
	{"a limit without a limit", nil, post("/rules", `{"action":"rate_limit","rateLimitWindow":"hour"}`), 400, "rule_rate_limit_missing", noRate},
	{"a limit of null", nil, post("/rules", `{"action":"rate_limit","rateLimit":null,"rateLimitWindow":"hour"}`), 400, "rule_rate_limit_missing", noRate},
	{"a limit of none", nil, post("/rules", `{"action":"rate_limit","rateLimit":0,"rateLimitWindow":"hour"}`), 400, "request_invalid", notLimit},
	{"a limit of a half", nil, post("/rules", `{"action":"rate_limit","rateLimit":0.5,"rateLimitWindow":"hour"}`), 400, "request_invalid", notLimit},
	{"a limit with a fraction of zero", nil, post("/rules", `{"action":"rate_limit","rateLimit":30.0,"rateLimitWindow":"hour"}`), 400, "request_invalid", notLimit},
	{"a limit beyond all integers", nil, post("/rules", `{"action":"rate_limit","rateLimit":1000000000000000000000000000000,"rateLimitWindow":"hour"}`), 400, "request_invalid", notLimit},
	{"a limit beyond what a rule can have", nil, post("/rules", `{"action":"rate_limit","rateLimit":1000000001,"rateLimitWindow":"hour"}`), 400, "request_invalid", notLimit},
	{"a limit of a billion", nil, post("/rules", `{"action":"rate_limit","rateLimit":1000000000,"rateLimitWindow":"hour"}`), 201, "", `{"id":"rule_1",…`},
	{"a limit in words", nil, post("/rules", `{"action":"rate_limit","rateLimit":"ten","rateLimitWindow":"hour"}`), 400, "request_invalid", notLimit},
	{"a window that is none", nil, post("/rules", `{"action":"rate_limit","rateLimit":5,"rateLimitWindow":[1]}`), 400, "request_invalid", notWindow},
	{"a window that goes back", nil, post("/rules", `{"action":"rate_limit","rateLimit":5,"rateLimitWindow":-1}`), 400, "request_invalid", notWindow},
	{"an action that there is not", nil, post("/rules", `{"action":"allow"}`), 400, "request_invalid", e("action must be block or rate_limit")},
	{"a rule that is no JSON", nil, post("/rules", `action=block`), 400, "invalid_json", noJSON},
	{"who may only read makes no rule", nil, aBlock.As("limited"), 403, "forbidden", forbidden},
	{"a rule is changed", after(aLimit), patch("/rules/rule_1", `{"rateLimit":20}`), 200, "", `{"id":"rule_1","name":"R","hostPattern":"example.com","action":"rate_limit","rateLimit":20,"rateLimitWindow":"minute"}`},
	{"a rule is changed to a limit", after(aBlock), patch("/rules/rule_1", `{"action":"rate_limit","rateLimit":1,"rateLimitWindow":"hour"}`), 200, "", `…"action":"rate_limit"…`},
	{"a rule is changed to half a limit", after(aBlock), patch("/rules/rule_1", `{"action":"rate_limit","rateLimit":1}`), 400, "rule_rate_limit_missing", noRate},
	{"a rule's change of nothing", after(aBlock), patch("/rules/rule_1", `{}`), 400, "rule_update_empty", noField},
	{"a rule's change of no body", after(aBlock), patch("/rules/rule_1", ""), 400, "rule_update_empty", noField},
	{"a rule's change of what is unknown", after(aBlock), patch("/rules/rule_1", `{"x":1}`), 400, "rule_update_empty", noField},
	{"no such rule to change", nil, patch("/rules/rule_1", `{"name":"N"}`), 404, "rule_not_found", noRule},
	{"a rule is deleted", after(aBlock), del("/rules/rule_1"), 204, "", ""},
	{"no such rule to delete", nil, del("/rules/rule_1"), 404, "rule_not_found", noRule},

	{"apps are listed", nil, get("/apps"), 200, "", `{"apps":[{"provider":"github","name":"GitHub","available":true,"fields":["token"],"byoc":false,"configured":false,"connections":[]},{"provider":"gmail",…`},
	{"an app is connected", nil, github, 201, "", `{"id":"conn_1","provider":"github"}`},
	{"a connected app has its connection", after(github), get("/apps"), 200, "", `…"connections":[{"id":"conn_1","provider":"github"}]}…`},
	{"an app with a needless field", nil, post("/apps/github/connect", `{"fields":{"token":"t","x":1},"y":2}`), 201, "", `{"id":"conn_1",…`},
	{"an unknown app", nil, post("/apps/gitlab/connect", `{`), 404, "provider_unknown", e("Unknown provider: gitlab")},
	{"an unknown app with a slash", nil, post("/apps/a%2Fb/connect", `{}`), 404, "provider_unknown", e("Unknown provider: a/b")},
	{"an unknown app with quotes", nil, post("/apps/%22%27%5C/connect", `{}`), 404, "provider_unknown", e(`Unknown provider: \"'\\`)},
	{"an unknown app with a percent", nil, del("/apps/%2525%252F/connect"), 404, "provider_unknown", e("Unknown provider: %25%2F")},
	{"an unknown app with braces", nil, put("/apps/%7Bprovider%7D/config", `{}`), 404, "provider_unknown", e("Unknown provider: {provider}")},
	{"an unknown app with a line break", nil, put("/apps/a%0D%0Ab/config", `{}`), 404, "provider_unknown", e(`Unknown provider: a\r\nb`)},
	{"an unknown app beyond ASCII", nil, del("/apps/%E2%98%83%20x/connect"), 404, "provider_unknown", e("Unknown provider: ☃ x")},
	{"an unknown app that is long", nil, del("/apps/" + strings.Repeat("a", 5000) + "/connect"), 404, "provider_unknown", e("Unknown provider: " + strings.Repeat("a", 5000))},
	{"an app in capitals is another", nil, connect("GitHub"), 404, "provider_unknown", e("Unknown provider: GitHub")},
	{"an app that is not available", nil, post("/apps/legacy-crm/connect", `{}`), 400, "provider_not_available", e(`Provider \"legacy-crm\" is not available`)},
	{"an app that can't be configured", nil, put("/apps/legacy-crm/config", `{}`), 400, "provider_not_available", e(`Provider \"legacy-crm\" is not available`)},
	{"an app without fields", nil, post("/apps/github/connect", `{}`), 400, "app_fields_missing", noFields},
	{"an app without a body", nil, post("/apps/github/connect", ""), 400, "app_fields_missing", noFields},
	{"an app with a body that is no object", nil, post("/apps/github/connect", `[]`), 400, "app_fields_missing", noFields},
	{"an app with fields of null", nil, post("/apps/github/connect", `{"fields":null}`), 400, "app_fields_missing", noFields},
	{"an app with fields that are no object", nil, post("/apps/github/connect", `{"fields":["token"]}`), 400, "app_fields_missing", noFields},
	{"an app with a body that is no JSON", nil, post("/apps/github/connect", `fields`), 400, "invalid_json", noJSON},
	{"an app without its field", nil, post("/apps/github/connect", `{"fields":{}}`), 400, "app_field_required", e("token is required")},
	{"an app with an empty field", nil, post("/apps/github/connect", `{"fields":{"token":" "}}`), 400, "app_field_required", e("token is required")},
	{"an app that needs a client", nil, post("/apps/gmail/connect", `{"fields":{}}`), 400, "client_id_required", noClient},
	{"an app that has its client", after(gmail), post("/apps/gmail/connect", `{"fields":{}}`), 201, "", `{"id":"conn_1","provider":"gmail"}`},
	{"who may only read connects nothing", nil, connect("nobody").As("limited"), 403, "forbidden", forbidden},
	{"an app is disconnected", after(github), del("/apps/github/connect?connectionId=conn_1"), 204, "", ""},
	{"an app is disconnected once", after(github, del("/apps/github/connect?connectionId=conn_1")), del("/apps/github/connect?connectionId=conn_1"), 404, "connection_not_found", e("Connection not found")},
	{"another app's connection", after(github), del("/apps/gmail/connect?connectionId=conn_1"), 404, "connection_not_found", e("Connection not found")},
	{"disconnecting needs an ID", nil, del("/apps/github/connect"), 400, "connection_id_required", e("connectionId query parameter is required")},
	{"disconnecting needs more than nothing", nil, del("/apps/github/connect?connectionId="), 400, "connection_id_required", e("connectionId query parameter is required")},
	{"a client is configured, and its secret not shown", nil, gmail, 200, "", `{"clientId":"c1","configured":true,"provider":"gmail"}`},
	{"a client needs an ID", nil, put("/apps/gmail/config", `{"clientSecret":"x"}`), 400, "client_id_required", noClient},
	{"a client needs a secret", nil, put("/apps/gmail/config", `{"clientId":"x","clientSecret":""}`), 400, "client_secret_required", e("clientSecret is required")},
	{"the client's ID is told first", nil, put("/apps/gmail/config", `{}`), 400, "client_id_required", noClient},
	{"a client that is no JSON", nil, put("/apps/gmail/config", ""), 400, "invalid_json", noJSON},

	{"the user is renamed", nil, patch("/user", `{"name":"Ada"}`), 200, "", `{"id":"user_1","name":"Ada"}`},
	{"a user's name of 255", nil, patch("/user", `{"name":"`+strings.Repeat("𝒜", 255)+`"}`), 200, "", `{"id":"user_1",…`},
	{"a user's blank name", nil, patch("/user", `{"name":"  "}`), 400, "user_name_invalid", userName},
	{"a user's name of 256", nil, patch("/user", `{"name":"`+strings.Repeat("𝒜", 256)+`"}`), 400, "user_name_invalid", userName},
	{"a user needs a name", nil, patch("/user", `{}`), 400, "user_name_invalid", userName},
	{"a user's name is not empty", nil, patch("/user", `{"name":""}`), 400, "user_name_invalid", userName},
	{"a user's name is text", nil, patch("/user", `{"name":true}`), 400, "user_name_invalid", userName},
	{"who may only read does not rename the user", nil, patch("/user", `{"name":"Ada"}`).As("limited"), 403, "forbidden", forbidden},
	{"who may only read gets no new key", nil, post("/user/api-key/regenerate", "").As("limited"), 403, "forbidden", forbidden},

	{"no key", nil, get("/agents").As(""), 401, "unauthorized", e("Unauthorized")},
	{"a wrong key", nil, get("/agents").As("").Having("Authorization", "Bearer oc_live_x"), 401, "unauthorized", e("Unauthorized")},
	{"a key that can't be one", nil, get("/agents").As("").Having("Authorization", "Bearer a b"), 401, "unauthorized", e("Unauthorized")},
	{"two keys", nil, system.Call{Method: "GET", Path: "/agents", Header: http.Header{"Authorization": {"Bearer a", "Bearer b"}}}, 401, "unauthorized", e("Unauthorized")},
	{"an expired key", nil, get("/agents").As("expired"), 401, "unauthorized", e("Unauthorized")},
	{"a revoked key", nil, post("/agents", `{`).As("revoked"), 401, "unauthorized", e("Unauthorized")},
	{"a test key", nil, get("/agents/nobody").As("test"), 401, "unauthorized", e("Unauthorized")},
	{"an unknown route", nil, get("/nowhere"), 404, "not_found", e("Not found")},
	{"a wrong method", nil, put("/agents", ""), 405, "method_not_allowed", e("The resource does not have this method.")},
	{"a body that is too large", nil, post("/agents", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`), 413, "payload_too_large", e("The request body is larger than 1048576 bytes.")},
	{"a target that is too long", nil, get("/agents?" + strings.Repeat("x", 8<<10)), 414, "uri_too_long", e("The request target is too long.")},
	{"a body of another type", nil, post("/agents", `{}`).Having("Content-Type", "text/xml"), 415, "unsupported_media_type", e("The request body is of a media type that the resource does not take.")},
	{"the sixth request of a minute", nil, sixth(), 429, "rate_limit_exceeded", e("Too many requests")},
	{"maintenance", after(put("/admin/maintenance", `{"enabled":true}`)), get("/agents"), 503, "service_unavailable", e("Service unavailable")},
	{"maintenance needs to be told what", nil, put("/admin/maintenance", `{}`), 400, "request_invalid", e("enabled is required")},
	{"problem details for those who prefer them", nil, get("/agents/x").Having("Accept", "application/problem+json"), 404, "agent_not_found", `{"type":"https://docs.test#agent_not_found","title":"Agent not found","status":404,"detail":"Agent not found","code":"agent_not_found",…`},
}

func connect(provider string) system.Call {
	return post("/apps/"+provider+"/connect", `{"fields":{"token":"t"}}`)
}

func sixth() system.Call {
	c := get("/agents").As("burst")
	c.Times = 6
	return c
}
