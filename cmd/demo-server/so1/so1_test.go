package so1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	catalog "github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/errtest"
)

// A scenario is calls to one system, and what they are answered with.
type scenario struct {
	name string
	rows []row
}

// A row is a call and its reply: the whole body of a success, the details of an error.
type row struct {
	name    string
	call    system.Call
	status  int
	code    string
	want    string
	headers []string
}

func ok(name string, c system.Call, status int, body string) row {
	return row{name: name, call: c, status: status, want: body}
}

func refused(name string, c system.Call, status int, code, details string, headers ...string) row {
	return row{name: name, call: c, status: status, code: code, want: details, headers: headers}
}

func call(method, key, path, body string) system.Call {
	return system.Call{Method: method, Path: path, Key: key, Body: body}
}

func get(path string) system.Call         { return call("GET", "full", path, "") }
func post(path, body string) system.Call  { return call("POST", "full", path, body) }
func patch(path, body string) system.Call { return call("PATCH", "full", path, body) }

// with is a call with a header.
func with(c system.Call, name, value string) system.Call {
	c.Header = http.Header{name: {value}}
	return c
}

const (
	research = `{"id":"research-agent","name":"Research","domain":"market analysis"}`
	ledger   = `{"id":"locked-agent","name":"Ledger","domain":"accounting","locked_by":"year-end-closing","lock_expires_at":"TIME"}`
	flaky    = `{"id":"flaky-agent","name":"Flaky","domain":"testing"}`
	relayed  = `{"id":"upstream-agent","name":"Relay","domain":"integration"}`
	buggy    = `{"id":"buggy-agent","name":"Buggy","domain":"testing"}`

	live  = `{"key_prefix":"cp_live_sk_"}`
	again = `{"retryable":true}`

	// The challenges of Bearer.
	asks  = "WWW-Authenticate: Bearer"
	lacks = `WWW-Authenticate: Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope=`
)

// faults are the details of several errors: field, reason, field, reason ….
func faults(pairs ...string) string {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, `{"field":"`+pairs[i]+`","reason":"`+pairs[i+1]+`"}`)
	}
	return `{"errors":[` + strings.Join(list, ",") + `]}`
}

// lacking is the details of a call by the key limited.
func lacking(scopes string) string { return `{"required":[` + scopes + `],"granted":["agents:read"]}` }

func TestEveryCallIsAnsweredByTheContract(t *testing.T) {
	t.Parallel()
	coverage := errtest.NewCoverage(catalog.Catalog)
	t.Run("scenarios", func(t *testing.T) {
		for _, sc := range append(agentScenarios(), otherScenarios()...) {
			t.Run(sc.name, func(t *testing.T) {
				t.Parallel()
				sc.run(t, coverage)
			})
		}
	})
	except := map[errcatalog.Code]string{"timeout": "is caused in fake time, by TestAnExecutionEndsAtItsTimeout"}
	for _, e := range catalog.Catalog.Errors() {
		if _, own := messages[string(e.Code)]; !own {
			except[e.Code] = "no call of the API can cause it"
		}
	}
	coverage.Check(t, except)
}

func agentScenarios() []scenario {
	return []scenario{
		{"agents are listed and shown", []row{
			ok("all", get("/agents"), 200, `{"agents":[`+strings.Join([]string{research, ledger, flaky, relayed, buggy}, ",")+`]}`),
			ok("all, to the limited key", call("GET", "limited", "/agents", ""), 200, `{"agents":[`+strings.Join([]string{research, ledger, flaky, relayed, buggy}, ",")+`]}`),
			ok("one", get("/agents/research-agent"), 200, research),
			ok("one, by HEAD", call("HEAD", "full", "/agents/research-agent", ""), 200, ""),
			refused("none", get("/agents/nobody"), 404, "resource_not_found", `{}`),
			refused("an ID in another case", get("/agents/Research-Agent"), 404, "resource_not_found", `{}`),
			refused("an ID with an escaped slash", get("/agents/a%2Fb"), 404, "resource_not_found", `{}`),
			refused("an ID of signs", get("/agents/%3Cscript%3E%E2%80%AE%00"), 404, "resource_not_found", `{}`),
			refused("an empty ID", get("/agents/"), 404, "resource_not_found", `{}`),
		}},
		{"agents are created", []row{
			ok("with what is required", post("/agents", `{"id":"scout","name":"Scout","domain":"news"}`), 201, `{"id":"scout","name":"Scout","domain":"news"}`),
			ok("and shown", get("/agents/scout"), 200, `{"id":"scout","name":"Scout","domain":"news"}`),
			refused("once", post("/agents", `{"id":"scout","name":"Other","domain":"x"}`), 409, "resource_already_exists", `{}`),
			refused("with another ID than the first ones have", post("/agents", `{"id":"buggy-agent","name":"B","domain":"d"}`), 409, "resource_already_exists", `{}`),
			ok("with the least of a configuration", post("/agents", `{"id":"a1","name":"A","domain":"d","config":{"timeout_seconds":5,"priority":"low"}}`), 201, `{"id":"a1","name":"A","domain":"d","config":{"priority":"low","timeout_seconds":5}}`),
			ok("with the most of one", post("/agents", `{"id":"a2","name":"A","domain":"d","config":{"timeout_seconds":3600,"priority":"critical"}}`), 201, `{"id":"a2","name":"A","domain":"d","config":{"priority":"critical","timeout_seconds":3600}}`),
			ok("with an empty configuration", post("/agents", `{"id":"a4","name":"A","domain":"d","config":{}}`), 201, `{"id":"a4","name":"A","domain":"d"}`),
			ok("with null for what is optional", post("/agents", `{"id":"a5","name":"A","domain":"d","config":{"priority":null,"timeout_seconds":null}}`), 201, `{"id":"a5","name":"A","domain":"d"}`),
			ok("with null for the configuration", post("/agents", `{"id":"a6","name":"A","domain":"d","config":null}`), 201, `{"id":"a6","name":"A","domain":"d"}`),
			ok("with members that the API does not know", post("/agents", `{"id":"a7","name":"A","domain":"d","description":"x","tags":[1,{}]}`), 201, `{"id":"a7","name":"A","domain":"d"}`),
			ok("with an ID of signs", post("/agents", `{"id":"a/b ☃?#%","name":"<script>","domain":"'; DROP"}`), 201, `{"id":"a/b ☃?#%","name":"\u003cscript\u003e","domain":"'; DROP"}`),
			ok("and found by it", get("/agents/a%2Fb%20%E2%98%83%3F%23%25"), 200, `{"id":"a/b ☃?#%","name":"\u003cscript\u003e","domain":"'; DROP"}`),
			ok("with a parameter of the media type", with(post("/agents", `{"id":"a8","name":"A","domain":"d"}`), "Content-Type", "application/json; charset=utf-8"), 201, `{"id":"a8","name":"A","domain":"d"}`),
		}},
		{"agents are refused", []row{
			refused("without a domain", post("/agents", `{"id":"x","name":"X"}`), 400, "missing_required_field", `{"field":"domain"}`),
			refused("without an ID", post("/agents", `{"name":"X","domain":"d"}`), 400, "missing_required_field", `{"field":"id"}`),
			refused("with null for a name", post("/agents", `{"id":"x","name":null,"domain":"d"}`), 400, "missing_required_field", `{"field":"name"}`),
			refused("with nothing", post("/agents", `{}`), 400, "validation_error", faults("/id", "is required", "/name", "is required", "/domain", "is required")),
			refused("with an empty name", post("/agents", `{"id":"x","name":"","domain":"d"}`), 400, "validation_error", faults("/name", "must not be empty")),
			refused("with types that are wrong", post("/agents", `{"id":7,"name":["X"],"domain":{}}`), 400, "validation_error", faults("/id", "must be a string", "/name", "must be a string", "/domain", "must be a string")),
			refused("with one absent and one wrong", post("/agents", `{"id":7,"name":"X"}`), 400, "validation_error", faults("/domain", "is required", "/id", "must be a string")),
			refused("with one absent and a bad option", post("/agents", `{"id":"x","domain":"d","config":{"priority":"urgent"}}`), 400, "validation_error", faults("/name", "is required", "/config/priority", "must be low, normal, high or critical")),
			refused("with a name twice", post("/agents", `{"id":"x","id":"y","name":"X","domain":"d"}`), 400, "validation_error", faults("/id", "must not be given twice")),
			refused("that are an array", post("/agents", `[]`), 400, "validation_error", faults("", "must be an object")),
			refused("that are null", post("/agents", `null`), 400, "validation_error", faults("", "must be an object")),
			refused("with a configuration that is no object", post("/agents", `{"id":"x","name":"X","domain":"d","config":"fast"}`), 400, "validation_error", faults("/config", "must be an object")),
			refused("with options of wrong types", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":"60","priority":1}}`), 400, "validation_error", faults("/config/priority", "must be a string", "/config/timeout_seconds", "must be an integer")),
			refused("with half a second", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":5.5}}`), 400, "validation_error", faults("/config/timeout_seconds", "must be an integer")),
			refused("with an integer that has a fraction of zero", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":60.0}}`), 400, "validation_error", faults("/config/timeout_seconds", "must be an integer")),
			refused("with an option that is an object", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":{"a":[null]}}}`), 400, "validation_error", faults("/config/timeout_seconds", "must be an integer")),
			refused("with an option too low", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":4}}`), 400, "invalid_agent_configuration", faults("/config/timeout_seconds", "must be from 5 to 3600")),
			refused("with an option too high", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":3601}}`), 400, "invalid_agent_configuration", faults("/config/timeout_seconds", "must be from 5 to 3600")),
			refused("with an option below zero", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":-1e300}}`), 400, "invalid_agent_configuration", faults("/config/timeout_seconds", "must be from 5 to 3600")),
			refused("with an option beyond all numbers", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":1e999}}`), 400, "invalid_agent_configuration", faults("/config/timeout_seconds", "must be from 5 to 3600")),
			refused("with an option beyond all integers", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":1000000000000000000000000000000}}`), 400, "invalid_agent_configuration", faults("/config/timeout_seconds", "must be from 5 to 3600")),
			refused("with a priority in another case", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"priority":"High"}}`), 400, "invalid_agent_configuration", faults("/config/priority", "must be low, normal, high or critical")),
			refused("with unknown options", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"turbo":true,"a/b~c":null,"priority":"low"}}`), 400, "invalid_agent_configuration", faults("/config/a~1b~0c", "is not an option", "/config/turbo", "is not an option")),
			refused("with all of it", post("/agents", `{"id":"x","name":"X","domain":"d","config":{"timeout_seconds":0,"priority":"","x":1}}`), 400, "invalid_agent_configuration", faults("/config/priority", "must be low, normal, high or critical", "/config/timeout_seconds", "must be from 5 to 3600", "/config/x", "is not an option")),
			refused("for what is wrong with them before their ID", post("/agents", `{"id":"research-agent","name":"X"}`), 400, "missing_required_field", `{"field":"domain"}`),
			refused("of the limited key", call("POST", "limited", "/agents", `{"id":"x","name":"X","domain":"d"}`), 403, "insufficient_permissions", lacking(`"agents:write"`), lacks+`"agents:write"`),
			refused("of the limited key, whatever they are", call("POST", "limited", "/agents", `{`), 403, "insufficient_permissions", lacking(`"agents:write"`)),
			refused("and not created", get("/agents/x"), 404, "resource_not_found", `{}`),
		}},
		{"bodies are JSON", []row{
			refused("not if a comma is too many", post("/agents", `{"id":"x",}`), 400, "invalid_json", `{"line":1,"column":11}`),
			refused("not if they break off", post("/agents", "{\n  \"id\": \"x\",\n  \"na"), 400, "invalid_json", `{"line":3,"column":6}`),
			refused("not if they are empty", post("/agents", ""), 400, "invalid_json", `{"line":1,"column":1}`),
			refused("not if they are blank", post("/agents", " \n "), 400, "invalid_json", `{"line":2,"column":2}`),
			refused("not if they go on", post("/agents", `{"id":"x","name":"X","domain":"d"} {}`), 400, "invalid_json", `{"line":1,"column":36}`),
			refused("not if they are a word", post("/agents", `agent`), 400, "invalid_json", `{"line":1,"column":1}`),
			refused("not if they are not UTF-8", post("/agents", "{\"id\":\"\xff\"}"), 400, "invalid_json", `{"line":1,"column":8}`),
			refused("not if they nest too deep", post("/agents", strings.Repeat("[", 200)), 400, "invalid_json", `{"line":1,"column":101}`),
			refused("in executions", post("/agents/research-agent/execute", `{"task":`), 400, "invalid_json", `{"line":1,"column":9}`),
			refused("in locks", post("/agents/research-agent/lock", ``), 400, "invalid_json", `{"line":1,"column":1}`),
			refused("in changes", patch("/agents/research-agent", `{'name':'x'}`), 400, "invalid_json", `{"line":1,"column":2}`),
			refused("in workflows", post("/workflows", `{"name":"x" "steps":[]}`), 400, "invalid_json", `{"line":1,"column":13}`),
			refused("in gates", post("/forge/gates/DESIGN/validate", `{"outputs":[}`), 400, "invalid_json", `{"line":1,"column":13}`),
			refused("and of its media type", with(post("/agents", `{"id":"x","name":"X","domain":"d"}`), "Content-Type", "text/plain"), 415, "unsupported_media_type", `{}`, "Accept: application/json"),
			refused("and of at most 1 MiB", post("/agents", `{"id":"`+strings.Repeat("x", 1<<20)+`"}`), 413, "payload_too_large", `{"max_bytes":1048576}`, "Connection: "),
		}},
		{"agents are changed", []row{
			ok("by name", patch("/agents/research-agent", `{"name":"Re"}`), 200, `{"id":"research-agent","name":"Re","domain":"market analysis"}`),
			ok("by domain and an option", patch("/agents/research-agent", `{"domain":"d","config":{"priority":"high"}}`), 200, `{"id":"research-agent","name":"Re","domain":"d","config":{"priority":"high"}}`),
			ok("by another option", patch("/agents/research-agent", `{"config":{"timeout_seconds":5}}`), 200, `{"id":"research-agent","name":"Re","domain":"d","config":{"priority":"high","timeout_seconds":5}}`),
			ok("not at all", patch("/agents/research-agent", `{}`), 200, `{"id":"research-agent","name":"Re","domain":"d","config":{"priority":"high","timeout_seconds":5}}`),
			ok("not by null", patch("/agents/research-agent", `{"name":null,"config":{"priority":null}}`), 200, `{"id":"research-agent","name":"Re","domain":"d","config":{"priority":"high","timeout_seconds":5}}`),
			ok("with their own ID", patch("/agents/research-agent", `{"id":"research-agent","name":"Res"}`), 200, `{"id":"research-agent","name":"Res","domain":"d","config":{"priority":"high","timeout_seconds":5}}`),
			ok("for all to see", get("/agents/research-agent"), 200, `{"id":"research-agent","name":"Res","domain":"d","config":{"priority":"high","timeout_seconds":5}}`),
			refused("but for their ID", patch("/agents/research-agent", `{"id":"other"}`), 400, "validation_error", faults("/id", "must not change")),
			refused("not to an empty name", patch("/agents/research-agent", `{"name":"","domain":3}`), 400, "validation_error", faults("/name", "must not be empty", "/domain", "must be a string")),
			refused("not to a bad option", patch("/agents/research-agent", `{"config":{"timeout_seconds":99999}}`), 400, "invalid_agent_configuration", faults("/config/timeout_seconds", "must be from 5 to 3600")),
			refused("if they exist", patch("/agents/nobody", `{"name":"x"}`), 404, "resource_not_found", `{}`),
			refused("if they exist, whatever the body", patch("/agents/nobody", `{`), 404, "resource_not_found", `{}`),
			refused("not by the limited key", call("PATCH", "limited", "/agents/research-agent", `{"name":"x"}`), 403, "insufficient_permissions", lacking(`"agents:write"`)),
		}},
		{"agents are deleted", []row{
			ok("once", call("DELETE", "full", "/agents/flaky-agent", ""), 204, ""),
			refused("not twice", call("DELETE", "full", "/agents/flaky-agent", ""), 404, "resource_not_found", `{}`),
			refused("and gone", get("/agents/flaky-agent"), 404, "resource_not_found", `{}`),
			refused("not by the limited key", call("DELETE", "limited", "/agents/research-agent", ""), 403, "insufficient_permissions", lacking(`"agents:write"`)),
			ok("and may come again", post("/agents", `{"id":"flaky-agent","name":"Sturdy","domain":"d"}`), 201, `{"id":"flaky-agent","name":"Sturdy","domain":"d"}`),
			ok("as others", post("/agents/flaky-agent/execute", `{"task":"t"}`), 200, `{"id":"exec","execution_id":"exec","agent":"flaky-agent","status":"completed","output":"done: t"}`),
		}},
		{"agents are locked", []row{
			refused("against changes", patch("/agents/locked-agent", `{"name":"x"}`), 409, "resource_locked", `{"locked_by":"year-end-closing","lock_expires_at":"TIME"}`),
			refused("against deletion", call("DELETE", "full", "/agents/locked-agent", ""), 409, "resource_locked", `{"locked_by":"year-end-closing","lock_expires_at":"TIME"}`),
			refused("against another lock", post("/agents/locked-agent/lock", `{"seconds":60}`), 409, "resource_locked", `{"locked_by":"year-end-closing","lock_expires_at":"TIME"}`),
			refused("whatever force_unlock says but true", patch("/agents/locked-agent?force_unlock=false", `{"name":"x"}`), 409, "resource_locked", `{"locked_by":"year-end-closing","lock_expires_at":"TIME"}`),
			refused("not against faults of the body", patch("/agents/locked-agent", `{"name":5}`), 400, "validation_error", faults("/name", "must be a string")),
			ok("not against execution", post("/agents/locked-agent/execute", `{"task":"t"}`), 200, `{"id":"exec","execution_id":"exec","agent":"locked-agent","status":"completed","output":"done: t"}`),
			refused("not to be unlocked by the limited key", call("PATCH", "limited", "/agents/locked-agent?force_unlock=true", `{"name":"x"}`), 403, "insufficient_permissions", lacking(`"agents:write","agents:unlock"`), lacks+`"agents:write agents:unlock"`),
			refused("nor deleted by it", call("DELETE", "limited", "/agents/locked-agent?force_unlock=true", ""), 403, "insufficient_permissions", lacking(`"agents:write","agents:unlock"`)),
			ok("until somebody breaks the lock", patch("/agents/locked-agent?force_unlock=true", `{"name":"Books"}`), 200, `{"id":"locked-agent","name":"Books","domain":"accounting"}`),
			ok("which is gone then", patch("/agents/locked-agent", `{"name":"Book"}`), 200, `{"id":"locked-agent","name":"Book","domain":"accounting"}`),
			ok("by a key", call("POST", "burst", "/agents/locked-agent/lock", `{"seconds":60}`), 200, `{"id":"locked-agent","name":"Book","domain":"accounting","locked_by":"burst","lock_expires_at":"TIME"}`),
			refused("against other keys", patch("/agents/locked-agent", `{"name":"x"}`), 409, "resource_locked", `{"locked_by":"burst","lock_expires_at":"TIME"}`),
			ok("not against their own", call("PATCH", "burst", "/agents/locked-agent", `{"name":"B"}`), 200, `{"id":"locked-agent","name":"B","domain":"accounting","locked_by":"burst","lock_expires_at":"TIME"}`),
			ok("for all to see", get("/agents/locked-agent"), 200, `{"id":"locked-agent","name":"B","domain":"accounting","locked_by":"burst","lock_expires_at":"TIME"}`),
			ok("by who breaks the lock", post("/agents/locked-agent/lock?force_unlock=true", `{}`), 200, `{"id":"locked-agent","name":"B","domain":"accounting","locked_by":"full","lock_expires_at":"TIME"}`),
			refused("against who had it", call("DELETE", "burst", "/agents/locked-agent", ""), 409, "resource_locked", `{"locked_by":"full","lock_expires_at":"TIME"}`),
			ok("and deleted with the lock", call("DELETE", "burst", "/agents/locked-agent?force_unlock=true", ""), 204, ""),
			refused("not if they are gone", post("/agents/locked-agent/lock", `{"seconds":60}`), 404, "resource_not_found", `{}`),
			refused("not for no time", post("/agents/buggy-agent/lock", `{"seconds":0}`), 400, "validation_error", faults("/seconds", "must be from 1 to 86400")),
			refused("not for ever", post("/agents/buggy-agent/lock", `{"seconds":86401}`), 400, "validation_error", faults("/seconds", "must be from 1 to 86400")),
			refused("not for much longer", post("/agents/buggy-agent/lock", `{"seconds":1e30}`), 400, "validation_error", faults("/seconds", "must be from 1 to 86400")),
			refused("not for some time", post("/agents/buggy-agent/lock", `{"seconds":"60"}`), 400, "validation_error", faults("/seconds", "must be an integer")),
			refused("not by the limited key", call("POST", "limited", "/agents/buggy-agent/lock", `{"seconds":60}`), 403, "insufficient_permissions", lacking(`"agents:write"`)),
		}},
	}
}

func otherScenarios() []scenario {
	const execute = "/agents/research-agent/execute"
	return []scenario{
		{"agents are executed", []row{
			ok("at once", post(execute, `{"task":"t"}`), 200, `{"id":"exec","execution_id":"exec","agent":"research-agent","status":"completed","output":"done: t"}`),
			ok("at once, said so", post(execute, `{"task":"t","mode":"sync","timeout_seconds":3600}`), 200, `{"id":"exec","execution_id":"exec","agent":"research-agent","status":"completed","output":"done: t"}`),
			ok("in a while", post(execute, `{"task":"sleep 1ms"}`), 200, `{"id":"exec","execution_id":"exec","agent":"research-agent","status":"completed","output":"done: sleep 1ms"}`),
			ok("with tasks that are like sleep", post(execute, `{"task":"sleep ten seconds"}`), 200, `{"id":"exec","execution_id":"exec","agent":"research-agent","status":"completed","output":"done: sleep ten seconds"}`),
			ok("in the background", post(execute, `{"task":"t","mode":"async"}`), 202, `{"id":"exec","execution_id":"exec","agent":"research-agent","status":"running"}`),
			ok("in the background, whatever comes of it", post("/agents/buggy-agent/execute", `{"task":"t","mode":"async"}`), 202, `{"id":"exec","execution_id":"exec","agent":"buggy-agent","status":"running"}`),
			refused("not without a task", post(execute, `{"mode":"sync"}`), 400, "missing_required_field", `{"field":"task"}`),
			refused("not with an empty one", post(execute, `{"task":""}`), 400, "validation_error", faults("/task", "must not be empty")),
			refused("not with all that can be wrong", post(execute, `{"task":1,"mode":"later","timeout_seconds":0}`), 400, "validation_error", faults("/task", "must be a string", "/mode", "must be sync or async", "/timeout_seconds", "must be from 1 to 3600")),
			refused("not without a task and for too long", post(execute, `{"timeout_seconds":3601}`), 400, "validation_error", faults("/task", "is required", "/timeout_seconds", "must be from 1 to 3600")),
			refused("not for longer than anybody can wait", post(execute, `{"task":"t","timeout_seconds":1000000000000000000000000000000}`), 400, "validation_error", faults("/timeout_seconds", "must be from 1 to 3600")),
			refused("not for a number with a fraction of zero", post(execute, `{"task":"t","timeout_seconds":30.0}`), 400, "validation_error", faults("/timeout_seconds", "must be an integer")),
			refused("not if they do not exist", post("/agents/nobody/execute", `{"task":"t"}`), 404, "resource_not_found", `{}`),
			refused("not in the background if they do not exist", post("/agents/nobody/execute", `{"task":"t","mode":"async"}`), 404, "resource_not_found", `{}`),
			refused("not by the limited key", call("POST", "limited", execute, `{"task":"t"}`), 403, "insufficient_permissions", lacking(`"agents:execute"`)),
			refused("and fail", post("/agents/flaky-agent/execute", `{"task":"t"}`), 500, "agent_execution_failed", again),
			refused("and panic", post("/agents/buggy-agent/execute", `{"task":"one two"}`), 500, "internal_server_error", again),
			refused("and panic again", post("/agents/buggy-agent/execute", `{"task":" "}`), 500, "internal_server_error", again),
			refused("and ask others, who talk garbage", post("/agents/upstream-agent/execute", `{"task":"t"}`), 502, "bad_gateway", `{}`),
			refused("by no other method", call("GET", "full", execute, ""), 405, "method_not_allowed", `{}`, "Allow: POST"),
		}},
		{"workflows are created", []row{
			ok("of one step", post("/workflows", `{"name":"w","steps":[{"id":"a","agent":"research-agent"}]}`), 201, `{"id":"wfl","name":"w","steps":[{"id":"a","agent":"research-agent"}]}`),
			ok("of a diamond", post("/workflows", `{"name":"w","steps":[{"id":"d","agent":"flaky-agent","depends_on":["b","c"]},{"id":"b","agent":"flaky-agent","depends_on":["a"]},{"id":"c","agent":"buggy-agent","depends_on":["a"]},{"id":"a","agent":"flaky-agent","depends_on":[]}]}`), 201,
				`{"id":"wfl","name":"w","steps":[{"id":"d","agent":"flaky-agent","depends_on":["b","c"]},{"id":"b","agent":"flaky-agent","depends_on":["a"]},{"id":"c","agent":"buggy-agent","depends_on":["a"]},{"id":"a","agent":"flaky-agent"}]}`),
			ok("of new agents too", post("/agents", `{"id":"new","name":"N","domain":"d"}`), 201, `{"id":"new","name":"N","domain":"d"}`),
			ok("of those", post("/workflows", `{"name":"w","steps":[{"id":"a","agent":"new","depends_on":null}]}`), 201, `{"id":"wfl","name":"w","steps":[{"id":"a","agent":"new"}]}`),
			refused("not without steps", post("/workflows", `{"name":"w"}`), 400, "missing_required_field", `{"field":"steps"}`),
			refused("not of nothing", post("/workflows", `{}`), 400, "validation_error", faults("/name", "is required", "/steps", "is required")),
			refused("not of no steps", post("/workflows", `{"name":"w","steps":[]}`), 400, "validation_error", faults("/steps", "must have a step")),
			refused("not of what is no step", post("/workflows", `{"name":"w","steps":["a",{"id":1,"depends_on":"b"},null]}`), 400, "validation_error", faults("/steps/0", "must be an object", "/steps/1/id", "must be a string", "/steps/1/depends_on", "must be an array", "/steps/2", "must be an object")),
			refused("not by the limited key", call("POST", "limited", "/workflows", `{"name":"w","steps":[{"id":"a","agent":"research-agent"}]}`), 403, "insufficient_permissions", lacking(`"workflows:write"`)),
			refused("not of unknown agents", post("/workflows", `{"name":"w","steps":[{"id":"a","agent":"ghost"}]}`), 422, "workflow_validation_failed", faults("/steps/0/agent", `unknown agent \"ghost\"`)),
			refused("not of unknown dependencies", post("/workflows", `{"name":"w","steps":[{"id":"a","agent":"new","depends_on":["b"]}]}`), 422, "workflow_validation_failed", faults("/steps/0/depends_on/0", `unknown dependency \"b\"`)),
			refused("not of a circle", post("/workflows", `{"name":"w","steps":[{"id":"x","agent":"new","depends_on":["a"]},{"id":"a","agent":"new","depends_on":["b"]},{"id":"b","agent":"new","depends_on":["c"]},{"id":"c","agent":"new","depends_on":["a"]}]}`), 422, "workflow_validation_failed",
				`{"errors":[{"field":"/steps/3/depends_on/0","reason":"closes a cycle","path":["a","b","c","a"]}]}`),
			refused("not of a step that waits for itself", post("/workflows", `{"name":"w","steps":[{"id":"a","agent":"new","depends_on":["a"]}]}`), 422, "workflow_validation_failed",
				`{"errors":[{"field":"/steps/0/depends_on/0","reason":"closes a cycle","path":["a","a"]}]}`),
			refused("not with all that can be wrong", post("/workflows", `{"name":"w","steps":[{"id":"a","agent":"ghost","depends_on":["b","z"]},{"id":"b","agent":"new","depends_on":["a"]},{"id":"b"},{"agent":"new"}]}`), 422, "workflow_validation_failed",
				strings.TrimSuffix(faults("/steps/2/id", `another step has the ID \"b\"`, "/steps/3/id", "is required", "/steps/0/agent", `unknown agent \"ghost\"`, "/steps/0/depends_on/1", `unknown dependency \"z\"`, "/steps/2/agent", "is required"), "]}")+
					`,{"field":"/steps/1/depends_on/0","reason":"closes a cycle","path":["a","b","a"]}]}`),
			refused("not by another method", get("/workflows"), 405, "method_not_allowed", `{}`, "Allow: POST"),
		}},
		{"gates pass", []row{
			refused("not without outputs", post("/forge/gates/RESEARCH/validate", `{}`), 400, "missing_required_field", `{"field":"outputs"}`),
			refused("not with what is no output", post("/forge/gates/RESEARCH/validate", `{"outputs":["x",1],"override":"yes"}`), 400, "validation_error", faults("/outputs/1", "must be a string", "/override", "must be true or false")),
			refused("not with nothing", post("/forge/gates/RESEARCH/validate", `{"outputs":[]}`), 422, "forge_gate_failure", `{"failed_criteria":["problem_statement","sources","findings"]}`),
			refused("not with less", post("/forge/gates/DESIGN/validate", `{"outputs":["interfaces","beauty"]}`), 422, "forge_gate_failure", `{"failed_criteria":["architecture","threat_model"]}`),
			ok("with all", post("/forge/gates/IMPLEMENT/validate", `{"outputs":["code_review","unit_tests","code","code"]}`), 200, `{"stage":"IMPLEMENT","passed":true,"overridden":false,"failed_criteria":[]}`),
			ok("for the limited key", call("POST", "limited", "/forge/gates/MONITOR/validate", `{"outputs":["dashboards","alerts","runbook"],"override":false}`), 200, `{"stage":"MONITOR","passed":true,"overridden":false,"failed_criteria":[]}`),
			refused("not by the limited key's override", call("POST", "limited", "/forge/gates/DEPLOY/validate", `{"outputs":[],"override":true}`), 403, "insufficient_permissions", lacking(`"forge:override"`), lacks+`"forge:override"`),
			refused("not by it where there is nothing to override", call("POST", "limited", "/forge/gates/DEPLOY/validate", `{"outputs":["release_notes","rollback_plan","approval"],"override":true}`), 403, "insufficient_permissions", lacking(`"forge:override"`)),
			ok("by an override", post("/forge/gates/DEPLOY/validate", `{"outputs":["approval"],"override":true}`), 200, `{"stage":"DEPLOY","passed":true,"overridden":true,"failed_criteria":["release_notes","rollback_plan"]}`),
			ok("by an override that it does not take", post("/forge/gates/VERIFY/validate", `{"outputs":["test_report","test_coverage","security_scan"],"override":true}`), 200, `{"stage":"VERIFY","passed":true,"overridden":false,"failed_criteria":[]}`),
			refused("not of another stage", post("/forge/gates/LUNCH/validate", `{"outputs":[]}`), 404, "resource_not_found", `{}`),
			refused("not of a stage in another case", post("/forge/gates/research/validate", `{"outputs":[],"override":true}`), 404, "resource_not_found", `{}`),
		}},
		{"keys open the API", []row{
			refused("none", call("GET", "", "/agents", ""), 401, "missing_authorization", `{}`, asks),
			refused("of another scheme", with(call("GET", "", "/agents", ""), "Authorization", "Basic YTpi"), 401, "missing_authorization", `{}`, asks),
			refused("no token", with(call("GET", "", "/agents", ""), "Authorization", "Bearer"), 401, "invalid_api_key", `{}`),
			refused("two tokens", with(call("GET", "", "/agents", ""), "Authorization", "Bearer cp_live_sk_a b"), 401, "invalid_api_key", live),
			refused("of signs", with(call("GET", "", "/agents", ""), "Authorization", "bearer  cp_test_sk_<ключ>"), 401, "invalid_api_key", `{"key_prefix":"cp_test_sk_"}`, `WWW-Authenticate: Bearer error="invalid_token", error_description="The credentials are not valid"`),
			refused("of other signs", with(call("GET", "", "/agents", ""), "Authorization", `Bearer "cp_live_sk_x"`), 401, "invalid_api_key", `{}`),
			refused("unknown", with(call("GET", "", "/agents", ""), "Authorization", "Bearer cp_live_sk_nobodyhasthis"), 401, "invalid_api_key", live, `WWW-Authenticate: Bearer error="invalid_token", error_description="The credentials are not valid"`),
			refused("the prefix alone", with(call("GET", "", "/agents", ""), "Authorization", "bearer cp_test_sk_"), 401, "invalid_api_key", `{"key_prefix":"cp_test_sk_"}`),
			refused("less than the prefix", with(call("GET", "", "/agents", ""), "Authorization", "Bearer cp_live_sk"), 401, "invalid_api_key", `{}`),
			refused("of another API", with(call("GET", "", "/agents", ""), "Authorization", "Bearer sk_live_demofull0000ThisDemoKeyIsNotASecret00Q6An0"), 401, "invalid_api_key", `{}`),
			refused("revoked", call("GET", "revoked", "/agents", ""), 401, "invalid_api_key", live),
			refused("of the test environment", call("GET", "test", "/agents", ""), 401, "invalid_api_key", `{"key_prefix":"cp_test_sk_"}`),
			refused("expired", call("GET", "expired", "/agents", ""), 401, "expired_api_key", `{"expired_at":"TIME"}`),
			refused("before anything else is looked at", call("POST", "", "/agents", `{`), 401, "missing_authorization", `{}`),
			refused("not what no route has", call("GET", "", "/nowhere", ""), 404, "resource_not_found", `{}`),
			refused("not by another method", call("PUT", "full", "/agents", `{}`), 405, "method_not_allowed", `{}`, "Allow: GET, HEAD, POST"),
			refused("not at any length", get("/agents/"+strings.Repeat("x", 9000)), 414, "uri_too_long", `{}`),
		}},
		{"the burst key is limited", []row{
			ok("1", call("GET", "burst", "/agents/buggy-agent", ""), 200, buggy),
			ok("2", call("GET", "burst", "/agents/buggy-agent", ""), 200, buggy),
			refused("errors count", call("GET", "burst", "/agents/nobody", ""), 404, "resource_not_found", `{}`, "X-RateLimit-Limit: 5", "X-RateLimit-Remaining: 2"),
			refused("bodies of other types count", with(call("POST", "burst", "/agents", `x`), "Content-Type", "text/csv"), 415, "unsupported_media_type", `{}`, "X-RateLimit-Remaining: 1"),
			ok("5", call("GET", "burst", "/agents/buggy-agent", ""), 200, buggy),
			refused("6", call("GET", "burst", "/agents/buggy-agent", ""), 429, "rate_limit_exceeded", `{"limit":5,"window_seconds":60,"retry_after":60}`, "X-RateLimit-Limit: 5", "X-RateLimit-Remaining: 0", "Retry-After: 60"),
			ok("not from ending maintenance", call("PUT", "burst", "/admin/maintenance", `{"enabled":false}`), 200, `{"enabled":false,"retry_after":30}`),
			ok("not other keys", get("/agents/buggy-agent"), 200, buggy),
		}},
		{"maintenance ends all calls", []row{
			refused("not by the limited key", call("PUT", "limited", "/admin/maintenance", `{"enabled":true}`), 403, "insufficient_permissions", lacking(`"admin"`)),
			ok("on", call("PUT", "full", "/admin/maintenance", `{"enabled":true,"retry_after":30}`), 200, `{"enabled":true,"retry_after":30}`),
			refused("reads", get("/agents"), 503, "service_unavailable", again, "Retry-After: 30"),
			refused("without a key", call("POST", "", "/workflows", `{`), 503, "service_unavailable", again, "Retry-After: 30"),
			ok("off", call("PUT", "full", "/admin/maintenance", `{"enabled":false}`), 200, `{"enabled":false,"retry_after":30}`),
			ok("all is as it was", get("/agents/buggy-agent"), 200, buggy),
		}},
	}
}
