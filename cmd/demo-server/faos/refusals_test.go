package faos_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
)

// The types of errors.
const (
	authentication = "authentication_error"
	authorization  = "authorization_error"
	resource       = "resource_error"
	validation     = "validation_error"
	limit          = "rate_limit_error"
	server         = "server_error"
	integration    = "integration_error"
)

const (
	invalidToken = "The API key or access token is invalid or expired"
	levels       = "Invalid value for 'autonomy_level': must be L1, L2, L3, or L4"
	stepFields   = "Workflow step configuration is invalid"
	circle       = "Workflow contains circular references"
	httpsOnly    = "Webhook URL must be a valid HTTPS URL"
	onlyJSON     = "Request body is not valid JSON"
	l4           = "L4 autonomy requires Business tier or higher"
	starterTier  = `"current_tier":"starter","required_tier":"business","upgrade_url":"https://app.faosx.ai/upgrade"`
)

// The refusals that many calls have in common.
func missing(field, required string) refusal {
	return refusal{400, "missing_required_field", "Missing required field: '" + field + "'", validation, field, `"required_fields":` + required}
}

func invalid(field, requirement string) refusal {
	return refusal{400, "invalid_parameter", "Invalid value for '" + field + "': " + requirement, validation, field, ""}
}

func notFound(what, id string) refusal {
	title := strings.ToUpper(what[:1]) + what[1:]
	return refusal{404, what + "_not_found", title + " with ID '" + id + "' does not exist", resource, what + "_id", ""}
}

func lacks(scope string) refusal {
	return refusal{403, "insufficient_scope", "The access token lacks required scope: '" + scope + "'", authorization, "", `"required_scope":"` + scope + `"`}
}

var (
	badToken    = refusal{401, "invalid_token", invalidToken, authentication, "", ""}
	noAuth      = refusal{401, "missing_authentication", "No authentication credentials provided", authentication, "", ""}
	noL4        = refusal{403, "tier_restriction", l4, authorization, "", starterTier}
	badStep     = refusal{422, "invalid_step_config", stepFields, validation, "", ""}
	circular    = refusal{422, "circular_dependency", circle, validation, "", ""}
	badURL      = refusal{400, "invalid_url", httpsOnly, validation, "url", ""}
	badBody     = refusal{400, "invalid_request_body", onlyJSON, validation, "", ""}
	noObject    = refusal{400, "invalid_parameter", "Invalid request body: must be an object", validation, "", ""}
	noRoute     = refusal{404, "not_found", "The requested resource does not exist", resource, "", ""}
	noMethod    = refusal{405, "method_not_allowed", "The resource does not have this method.", validation, "", ""}
	guardrail   = refusal{403, "guardrail_violation", "Action blocked by agent guardrails", authorization, "", ""}
	unexpected  = refusal{500, "internal_server_error", "An unexpected error occurred", server, "", ""}
	execTimeout = refusal{408, "execution_timeout", "Agent execution exceeded timeout limit", server, "", ""}
	externalAPI = refusal{502, "external_api_error", "External service returned error", integration, "", ""}
	integrAuth  = refusal{502, "integration_auth_failed", "Integration authentication failed", integration, "", ""}
	lateToken   = `"expires_at":"2025-12-21T10:00:00Z"`
)

func level(l string) refusal {
	return refusal{400, "invalid_autonomy_level", "Invalid autonomy level '" + l + "'", validation, "autonomy_level", ""}
}

func event(e string) refusal {
	return refusal{422, "invalid_event_type", "Unknown event type '" + e + "'", validation, "events", ""}
}

func notConfigured(name string) refusal {
	return refusal{503, "integration_not_configured", "Integration '" + name + "' is not configured", integration, "", ""}
}

func agentWith(rest string) string {
	return `{"name":"Scout","type":"analyst","ontology":"retail"` + rest + `}`
}

func steps(list string) string { return `{"name":"Returns","steps":[` + list + `]}` }

func hook(url string) string { return `{"url":` + url + `,"events":["agent.created"]}` }

func TestWhatIsRefusedIsRefusedToTheLetter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, method, path, key, body string
		want                          refusal
	}{
		{"no route", "GET", "/nowhere", "full", "", noRoute},
		{"the root is no route", "GET", "/", "full", "", noRoute},
		{"a slash at the end is another route", "GET", "/agents/", "full", "", noRoute},
		{"an unknown route without a key", "GET", "/nowhere", "", "", noRoute},
		{"no such method", "PUT", "/agents", "full", "{}", noMethod},
		{"no such method of a record", "POST", "/agents/agt_active", "full", "{}", noMethod},
		{"no method that anybody knows", "BREW", "/agents", "full", "", noMethod},
		{"an execution can't be deleted", "DELETE", "/executions/exec_old", "full", "", noMethod},
		{"a run can't be read", "GET", "/workflows/wfl_crm/run", "full", "", noMethod},

		{"no agent", "GET", "/agents/agt_zero", "full", "", notFound("agent", "agt_zero")},
		{"no agent of a hostile ID", "GET", `/agents/%3Cscript%3E'"%0A`, "full", "", notFound("agent", "<script>'\"\n")},
		{"no agent of an ID with a slash", "GET", "/agents/a%2Fb", "full", "", notFound("agent", "a/b")},
		{"no agent of an ID with a percent", "GET", "/agents/100%25", "full", "", notFound("agent", "100%")},
		{"no agent of an ID in Unicode", "GET", "/agents/%E6%97%A5%E6%9C%AC", "full", "", notFound("agent", "日本")},
		{"case matters", "GET", "/agents/AGT_ACTIVE", "full", "", notFound("agent", "AGT_ACTIVE")},
		{"no agent to change", "PATCH", "/agents/agt_zero", "full", `{"name":""}`, notFound("agent", "agt_zero")},
		{"no agent to delete", "DELETE", "/agents/agt_zero", "full", "", notFound("agent", "agt_zero")},
		{"no agent to pause", "POST", "/agents/agt_zero/pause", "full", "", notFound("agent", "agt_zero")},
		{"no agent to activate", "POST", "/agents/agt_zero/activate", "full", "", notFound("agent", "agt_zero")},
		{"no agent to execute", "POST", "/agents/agt_zero/execute", "full", `{"input":{}}`, notFound("agent", "agt_zero")},
		{"no execution", "GET", "/executions/exec_zero", "full", "", notFound("execution", "exec_zero")},
		{"an execution that is too old", "GET", "/executions/exec_old", "full", "", notFound("execution", "exec_old")},
		{"no workflow", "GET", "/workflows/wfl_zero", "full", "", notFound("workflow", "wfl_zero")},
		{"no workflow to run", "POST", "/workflows/wfl_zero/run", "full", "{}", notFound("workflow", "wfl_zero")},
		{"no webhook", "GET", "/webhooks/hook_zero", "full", "", notFound("webhook", "hook_zero")},
		{"no webhook to delete", "DELETE", "/webhooks/hook_zero", "full", "", notFound("webhook", "hook_zero")},

		{"an agent of nothing", "POST", "/agents", "full", "", badBody},
		{"an agent of blanks", "POST", "/agents", "full", " \n", badBody},
		{"an agent that breaks off", "POST", "/agents", "full", `{"name":"A"`, badBody},
		{"an agent and more", "POST", "/agents", "full", agentWith("") + "{}", badBody},
		{"an agent that is no UTF-8", "POST", "/agents", "full", "{\"name\":\"\xff\"}", badBody},
		{"an agent that is a list", "POST", "/agents", "full", "[]", noObject},
		{"an agent that is null", "POST", "/agents", "full", "null", noObject},
		{"an agent with nothing", "POST", "/agents", "full", "{}", missing("name", `["name","type","ontology"]`)},
		{"an agent without name", "POST", "/agents", "full", `{"type":"a","ontology":"b"}`, missing("name", `["name","type","ontology"]`)},
		{"an agent without type", "POST", "/agents", "full", `{"ontology":"b","name":"a"}`, missing("type", `["name","type","ontology"]`)},
		{"an agent without ontology", "POST", "/agents", "full", `{"name":"a","type":"b"}`, missing("ontology", `["name","type","ontology"]`)},
		{"an agent without two", "POST", "/agents", "full", `{"name":"a"}`, missing("type", `["name","type","ontology"]`)},
		{"an agent whose type is null", "POST", "/agents", "full", `{"name":"a","type":null,"ontology":"b"}`, missing("type", `["name","type","ontology"]`)},
		{"an agent that lacks one and has one wrong", "POST", "/agents", "full", `{"name":7,"type":"a"}`, missing("ontology", `["name","type","ontology"]`)},
		{"an agent that lacks one and has no such level", "POST", "/agents", "full", `{"name":"a","type":"b","autonomy_level":"L9"}`, missing("ontology", `["name","type","ontology"]`)},
		{"a name that is a number", "POST", "/agents", "full", `{"name":7,"type":"a","ontology":"b"}`, invalid("name", "must be a string")},
		{"a type that is a list", "POST", "/agents", "full", `{"name":"a","type":["a"],"ontology":"b"}`, invalid("type", "must be a string")},
		{"an ontology that is an object", "POST", "/agents", "full", `{"name":"a","type":"a","ontology":{}}`, invalid("ontology", "must be a string")},
		{"a name that says nothing", "POST", "/agents", "full", `{"name":" ","type":"a","ontology":"b"}`, invalid("name", "must not be empty")},
		{"a name twice", "POST", "/agents", "full", agentWith(`,"name":"B"`), invalid("name", "must not be given twice")},
		{"a level that is none", "POST", "/agents", "full", agentWith(`,"autonomy_level":"high"`), refusal{400, "invalid_parameter", levels, validation, "autonomy_level", ""}},
		{"a level in small letters", "POST", "/agents", "full", agentWith(`,"autonomy_level":"l2"`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a level without number", "POST", "/agents", "full", agentWith(`,"autonomy_level":"L"`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a level that is negative", "POST", "/agents", "full", agentWith(`,"autonomy_level":"L-1"`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a level that is empty", "POST", "/agents", "full", agentWith(`,"autonomy_level":""`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a level that ends its line", "POST", "/agents", "full", agentWith(`,"autonomy_level":"L2\n"`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a level that is a number", "POST", "/agents", "full", agentWith(`,"autonomy_level":2`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a level in a list", "POST", "/agents", "full", agentWith(`,"autonomy_level":["L2"]`), invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a change to a level that is a number", "PATCH", "/agents/agt_active", "full", `{"autonomy_level":2}`, invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"level 0", "POST", "/agents", "full", agentWith(`,"autonomy_level":"L0"`), level("L0")},
		{"level 5", "POST", "/agents", "full", agentWith(`,"autonomy_level":"L5"`), level("L5")},
		{"level 10", "POST", "/agents", "full", agentWith(`,"autonomy_level":"L10"`), level("L10")},
		{"level 5 of a starter", "POST", "/agents", "starter", agentWith(`,"autonomy_level":"L5"`), level("L5")},
		{"level 4 of a starter", "POST", "/agents", "starter", agentWith(`,"autonomy_level":"L4"`), noL4},
		{"level 4 later", "PATCH", "/agents/agt_active", "starter", `{"autonomy_level":"L4"}`, noL4},

		{"a change that is no JSON", "PATCH", "/agents/agt_active", "full", `{`, badBody},
		{"a change without a body", "PATCH", "/agents/agt_active", "full", ``, badBody},
		{"a change that is a list", "PATCH", "/agents/agt_active", "full", `[]`, noObject},
		{"a change to no name", "PATCH", "/agents/agt_active", "full", `{"name":""}`, invalid("name", "must not be empty")},
		{"a change to a type that is none", "PATCH", "/agents/agt_active", "full", `{"type":true}`, invalid("type", "must be a string")},
		{"a change to a level that is none", "PATCH", "/agents/agt_active", "full", `{"autonomy_level":"4"}`, invalid("autonomy_level", "must be L1, L2, L3, or L4")},
		{"a change to level 6", "PATCH", "/agents/agt_active", "full", `{"autonomy_level":"L6"}`, level("L6")},

		{"a paused agent", "POST", "/agents/agt_paused/execute", "full", `{"input":{}}`, refusal{
			409, "agent_not_active", "Agent is currently paused", resource, "", `"agent_status":"paused","agent_id":"agt_paused"`,
		}},
		{"an agent in training", "POST", "/agents/agt_training/execute", "full", ``, refusal{
			409, "agent_not_active", "Agent is currently in training mode", resource, "", `"agent_status":"training","agent_id":"agt_training"`,
		}},
		{"no input", "POST", "/agents/agt_active/execute", "full", `{}`, missing("input", `["input"]`)},
		{"no input, and a wrong timeout", "POST", "/agents/agt_active/execute", "full", `{"timeout_seconds":0}`, missing("input", `["input"]`)},
		{"input that is null", "POST", "/agents/agt_active/execute", "full", `{"input":null}`, missing("input", `["input"]`)},
		{"input that is a text", "POST", "/agents/agt_active/execute", "full", `{"input":"x"}`, invalid("input", "must be an object")},
		{"an execution that is no JSON", "POST", "/agents/agt_active/execute", "full", `input`, badBody},
		{"no time", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":0}`, invalid("timeout_seconds", "must be an integer from 1 to 3600")},
		{"less than no time", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":-1}`, invalid("timeout_seconds", "must be an integer from 1 to 3600")},
		{"too much time", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":3601}`, invalid("timeout_seconds", "must be an integer from 1 to 3600")},
		{"half a second", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":0.5}`, invalid("timeout_seconds", "must be an integer")},
		{"a time in words", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":"10"}`, invalid("timeout_seconds", "must be an integer")},
		{"a time beyond all integers", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":1000000000000000000000000000000}`, invalid("timeout_seconds", "must be an integer from 1 to 3600")},
		{"a time with a fraction of zero", "POST", "/agents/agt_active/execute", "full", `{"input":{},"timeout_seconds":30.0}`, invalid("timeout_seconds", "must be an integer")},
		{"a sleep in words", "POST", "/agents/agt_active/execute", "full", `{"input":{"sleep_seconds":"long"}}`, invalid("/input/sleep_seconds", "must be a number")},
		{"a sleep backwards", "POST", "/agents/agt_active/execute", "full", `{"input":{"sleep_seconds":-1}}`, invalid("/input/sleep_seconds", "must be a number of seconds from 0 on")},
		{"a guardrail", "POST", "/agents/agt_active/execute", "full", `{"input":{"action":"delete_database","sleep_seconds":9}}`, guardrail},
		{"a bug", "POST", "/agents/agt_active/execute", "full", `{"input":{"action":"panic"}}`, unexpected},
		{"an execution that takes too long", "POST", "/agents/agt_active/execute", "full", `{"input":{"sleep_seconds":1e300},"timeout_seconds":1}`, execTimeout},

		{"a workflow of nothing", "POST", "/workflows", "full", "", badBody},
		{"a workflow with nothing", "POST", "/workflows", "full", "{}", missing("name", `["name","steps"]`)},
		{"a workflow without steps", "POST", "/workflows", "full", `{"name":"A"}`, missing("steps", `["name","steps"]`)},
		{"a workflow without name, and a bad step", "POST", "/workflows", "full", `{"steps":[{}]}`, missing("name", `["name","steps"]`)},
		{"steps that are none", "POST", "/workflows", "full", `{"name":"A","steps":{}}`, invalid("steps", "must be an array")},
		{"no steps", "POST", "/workflows", "full", steps(""), invalid("steps", "must have at least one step")},
		{"a name that is none, and a bad step", "POST", "/workflows", "full", `{"name":1,"steps":[{}]}`, invalid("name", "must be a string")},
		{"a step that is none", "POST", "/workflows", "full", steps(`"a"`), badStep},
		{"a step that is null", "POST", "/workflows", "full", steps(`null`), badStep},
		{"a step with nothing", "POST", "/workflows", "full", steps(`{}`), badStep},
		{"a step without ID", "POST", "/workflows", "full", steps(`{"name":"A","type":"agent","agent_id":"agt_active"}`), badStep},
		{"a step without name", "POST", "/workflows", "full", steps(`{"id":"a","type":"agent","agent_id":"agt_active"}`), badStep},
		{"a step without type", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","agent_id":"agt_active"}`), badStep},
		{"a step of an unknown type", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"human","agent_id":"agt_active"}`), badStep},
		{"an agent's step without agent", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent"}`), badStep},
		{"an agent's step with an integration", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","integration":"crm"}`), badStep},
		{"an integration's step without one", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"integration"}`), badStep},
		{"an integration's step with an agent", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"integration","agent_id":"agt_active"}`), badStep},
		{"a step of both", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active","integration":"crm"}`), badStep},
		{"a step with an empty ID", "POST", "/workflows", "full", steps(`{"id":"","name":"A","type":"agent","agent_id":"agt_active"}`), badStep},
		{"a step whose agent is a number", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":7}`), badStep},
		{"a step whose next is no list", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active","next":"b"}`), badStep},
		{"a step whose next is unknown", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active","next":["b"]}`), badStep},
		{"two steps of one ID", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active"},{"id":"a","name":"B","type":"agent","agent_id":"agt_active"}`), badStep},
		{"the second step is bad", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active"},{"id":"b"}`), badStep},
		{"a circle and an unknown next", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active","next":["a","z"]}`), badStep},
		{"a step that is its own next", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"agt_active","next":["a"]}`), circular},
		{"two steps in a circle", "POST", "/workflows", "full", steps(`{"id":"a","name":"A","type":"agent","agent_id":"x","next":["b"]},{"id":"b","name":"B","type":"agent","agent_id":"x","next":["a"]}`), circular},
		{"a circle behind a step", "POST", "/workflows", "full", steps(`{"id":"s","name":"S","type":"agent","agent_id":"x","next":["a"]},{"id":"a","name":"A","type":"agent","agent_id":"x","next":["b"]},{"id":"b","name":"B","type":"integration","integration":"x","next":["c"]},{"id":"c","name":"C","type":"agent","agent_id":"x","next":["a"]}`), circular},
		{"a run that is no JSON", "POST", "/workflows/wfl_crm/run", "full", "{", badBody},
		{"a run of no time", "POST", "/workflows/wfl_crm/run", "full", `{"timeout_seconds":0}`, invalid("timeout_seconds", "must be an integer from 1 to 3600")},
		{"a run of too much time", "POST", "/workflows/wfl_crm/run", "full", `{"timeout_seconds":1e9}`, invalid("timeout_seconds", "must be an integer")},
		{"a run that takes too long", "POST", "/workflows/wfl_slow/run", "full", `{"timeout_seconds":1}`, refusal{
			408, "workflow_timeout", "Workflow execution exceeded timeout limit of 1 seconds", server, "", "",
		}},
		{"a step that fails", "POST", "/workflows/wfl_crm/run", "full", "", refusal{
			500, "step_failed", "Workflow step 'step_3' failed: CRM API error", server, "",
			`"step_id":"step_3","step_name":"Update CRM","underlying_error":{"code":"external_api_error","message":"CRM API returned 503"}`,
		}},

		{"a webhook of nothing", "POST", "/webhooks", "full", "", badBody},
		{"a webhook with nothing", "POST", "/webhooks", "full", "{}", missing("url", `["url","events"]`)},
		{"a webhook without URL, and a bad event", "POST", "/webhooks", "full", `{"events":["x"]}`, missing("url", `["url","events"]`)},
		{"a webhook without events, and a bad URL", "POST", "/webhooks", "full", `{"url":"x"}`, missing("events", `["url","events"]`)},
		{"a URL that is a number", "POST", "/webhooks", "full", hook("7"), invalid("url", "must be a string")},
		{"events that are a text", "POST", "/webhooks", "full", `{"url":"https://a.example","events":"agent.created"}`, invalid("events", "must be an array")},
		{"no events", "POST", "/webhooks", "full", `{"url":"https://a.example","events":[]}`, invalid("events", "must have at least one event")},
		{"an event that is a number", "POST", "/webhooks", "full", `{"url":"https://a.example","events":[7]}`, invalid("/events/0", "must be a string")},
		{"no URL at all", "POST", "/webhooks", "full", hook(`""`), badURL},
		{"a URL of HTTP", "POST", "/webhooks", "full", hook(`"http://a.example/x"`), badURL},
		{"a URL of FTP", "POST", "/webhooks", "full", hook(`"ftp://a.example/x"`), badURL},
		{"a URL without scheme", "POST", "/webhooks", "full", hook(`"//a.example/x"`), badURL},
		{"a URL without host", "POST", "/webhooks", "full", hook(`"https://"`), badURL},
		{"a URL with a port alone", "POST", "/webhooks", "full", hook(`"https://:443/x"`), badURL},
		{"a URL with no such port", "POST", "/webhooks", "full", hook(`"https://a.example:70000/"`), badURL},
		{"a URL with a blank", "POST", "/webhooks", "full", hook(`"https://a.example/a b"`), badURL},
		{"a URL that is a path", "POST", "/webhooks", "full", hook(`"https:a.example"`), badURL},
		{"a URL that does not parse", "POST", "/webhooks", "full", hook(`"https://[::1"`), badURL},
		{"a bad URL and a bad event", "POST", "/webhooks", "full", `{"url":"x","events":["x"]}`, badURL},
		{"an unknown event", "POST", "/webhooks", "full", `{"url":"https://a.example","events":["agent.created","agent.renamed","x"]}`, event("agent.renamed")},
		{"an event in capitals", "POST", "/webhooks", "full", `{"url":"https://a.example","events":["Agent.Created"]}`, event("Agent.Created")},
		{"an event without name", "POST", "/webhooks", "full", `{"url":"https://a.example","events":[""]}`, refusal{422, "invalid_event_type", "Unknown event type", validation, "events", ""}},
		{"a hostile event", "POST", "/webhooks", "full", `{"url":"https://a.example","events":["</script>{param}\""]}`, event(`</script>{param}"`)},

		{"an integration that is not configured", "POST", "/integrations/salesforce/sync", "full", "", notConfigured("salesforce")},
		{"an integration that nobody knows", "POST", "/integrations/fax%20machine/sync", "full", "", notConfigured("fax machine")},
		{"an integration that refuses us", "POST", "/integrations/hubspot/sync", "full", "", integrAuth},
		{"an integration that is down", "POST", "/integrations/crm/sync", "full", "", externalAPI},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			resp, body := a.send(system.Call{Method: tt.method, Path: tt.path, Key: tt.key, Body: tt.body})
			a.check(resp, body, tt.want)
			if tt.want.status == http.StatusMethodNotAllowed && resp.Header.Get("Allow") == "" {
				t.Error("a 405 without Allow")
			}
		})
	}
}
