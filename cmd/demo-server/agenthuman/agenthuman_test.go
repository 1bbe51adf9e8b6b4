package agenthuman_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/agenthuman"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/cmd/demo-server/system/systemtest"
	"github.com/contrite-go/contrite/errcatalog"
	catalog "github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware"
)

// The replies that many rows have.
const (
	wrongKey   = `{"error":{"code":"invalid_api_key","message":"The provided API key is invalid or has been revoked"}}`
	noKey      = `{"error":{"code":"invalid_api_key","message":"Invalid or missing API key. Ensure your x-api-key header is present and contains a valid API key."}}`
	parameters = `{"error":{"code":"invalid_parameters","message":"Invalid request parameters or malformed request body. Check that all required fields are provided and properly formatted.","details":`
	malformed  = parameters + `{"field":"body","requirement":"must be a JSON object"}}}`
	denied     = `{"error":{"code":"permission_denied","message":"You don’t have permission to access this resource. This may occur if your API key doesn’t have the necessary permissions."}}`
	conflict   = `{"error":{"code":"conflict","message":"The request conflicts with the current state of the resource. For example, trying to create a resource that already exists."}}`
	semantic   = `{"error":{"code":"unprocessable_entity","message":"The request is well-formed but contains semantic errors. Check that your request data meets all validation requirements."}}`
	noSuch     = `{"error":{"code":"not_found","message":"The requested resource doesn’t exist. Verify that the resource ID (e.g., session_id) is correct."}}`
	maintained = `{"error":{"code":"service_unavailable","message":"The service is temporarily unavailable due to maintenance or overload. Please try again later."}}`
	badGateway = `{"error":{"code":"bad_gateway","message":"The server received an invalid response from an upstream server. This is usually temporary."}}`
	minutes    = "must be an integer from 1 to 120"
)

func missing(field string) string {
	return `{"error":{"code":"invalid_parameters","message":"The '` + field + `' field is required","details":{"field":"` + field + `","requirement":"required"}}}`
}

func invalid(field, requirement string) string {
	return parameters + `{"field":"` + field + `","requirement":"` + requirement + `"}}}`
}

func noSession(id string) string {
	return `{"error":{"code":"session_not_found","message":"Session with ID '` + id + `' does not exist"}}`
}

func noRole(id string) string {
	return `{"error":{"code":"role_not_found","message":"Role with ID '` + id + `' does not exist"}}`
}

var call, get, post = system.Send, system.Get, system.Post

func open(body string) system.Call { return post("/sessions", body) }
func say(body string) system.Call  { return post("/sessions/ses_demo/speak", body) }

func sixth() system.Call {
	c := get("/roles").As("burst")
	c.Times = 6
	return c
}

// A row is one whose fields need no names here.
type row systemtest.Row

var rows = []row{
	{"roles are listed", nil, get("/roles"), 200, "", `{"roles":[{"id":"role_host","name":"Host","disabled":false},{"id":"role_retired","name":"Retired","disabled":true}]}`},
	{"who may read lists roles", nil, get("/roles").As("limited"), 200, "", `{"roles":[…`},
	{"a role is made", nil, post("/roles", `{"name":"Guide"}`), 201, "", `{"id":"role_1","name":"Guide","disabled":false}`},
	{"a made role is listed last", []system.Call{post("/roles", `{"name":"Guide"}`)}, get("/roles"), 200, "", `…,{"id":"role_1","name":"Guide","disabled":false}]}…`},
	{"a role needs a name", nil, post("/roles", `{}`), 400, "invalid_parameters", missing("name")},
	{"a role's name is not empty", nil, post("/roles", `{"name":""}`), 400, "invalid_parameters", missing("name")},
	{"a role's name is not null", nil, post("/roles", `{"name":null}`), 400, "invalid_parameters", missing("name")},
	{"a role's name is text", nil, post("/roles", `{"name":7}`), 400, "invalid_parameters", invalid("name", "must be a string")},
	{"a role has members that nobody knows", nil, post("/roles", `{"name":"Guide","color":"red"}`), 201, "", `{"id":"role_1",…`},
	{"a name is given twice", nil, post("/roles", `{"name":"a","name":"b"}`), 400, "invalid_parameters", invalid("name", "must not be given twice")},
	{"a role's name can be any text", nil, post("/roles", `{"name":"<b>\"\u2028é"}`), 201, "", `{"id":"role_1","name":"\u003cb\u003e\"\u2028é","disabled":false}`},
	{"a body that breaks off", nil, post("/roles", `{"name":`), 400, "invalid_parameters", malformed},
	{"a body that goes on", nil, post("/roles", `{"name":"a"} x`), 400, "invalid_parameters", malformed},
	{"no body", nil, post("/roles", ""), 400, "invalid_parameters", malformed},
	{"a body that is no object", nil, post("/roles", `[]`), 400, "invalid_parameters", invalid("body", "must be an object")},
	{"who may only read makes no role", nil, post("/roles", `{"name":"Guide"}`).As("limited"), 403, "permission_denied", denied},
	{"who may only read is told so before what is wrong", nil, post("/roles", `{`).As("limited"), 403, "permission_denied", denied},

	{"a session is opened", nil, open(`{"role_id":"role_host","max_minutes":45}`), 201, "", `{"id":"ses_1","role_id":"role_host","max_minutes":45,"ended":false}`},
	{"a session can be shown", []system.Call{open(`{"role_id":"role_host"}`)}, get("/sessions/ses_1"), 200, "", `{"id":"ses_1","role_id":"role_host","max_minutes":60,"ended":false}`},
	{"a session is opened with a new role", []system.Call{post("/roles", `{"name":"Guide"}`)}, open(`{"role_id":"role_1"}`), 201, "", `{"id":"ses_1","role_id":"role_1",…`},
	{"a minute is enough", nil, open(`{"role_id":"role_host","max_minutes":1}`), 201, "", `{"id":"ses_1",…`},
	{"two hours are the most", nil, open(`{"role_id":"role_host","max_minutes":120}`), 201, "", `{"id":"ses_1",…`},
	{"null is as good as absent", nil, open(`{"role_id":"role_host","max_minutes":null}`), 201, "", `…"max_minutes":60…`},
	{"no time is too short", nil, open(`{"role_id":"role_host","max_minutes":0}`), 400, "invalid_parameters", invalid("max_minutes", minutes)},
	{"time does not go back", nil, open(`{"role_id":"role_host","max_minutes":-5}`), 400, "invalid_parameters", invalid("max_minutes", minutes)},
	{"a minute more is too long", nil, open(`{"role_id":"role_host","max_minutes":121}`), 400, "invalid_parameters", invalid("max_minutes", minutes)},
	{"a time beyond all integers", nil, open(`{"role_id":"role_host","max_minutes":1000000000000000000000000000000}`), 400, "invalid_parameters", invalid("max_minutes", minutes)},
	{"a time with an exponent", nil, open(`{"role_id":"role_host","max_minutes":1e30}`), 400, "invalid_parameters", invalid("max_minutes", minutes)},
	{"a fraction of zero is a fraction", nil, open(`{"role_id":"role_host","max_minutes":30.0}`), 400, "invalid_parameters", invalid("max_minutes", "must be an integer")},
	{"half a minute is none", nil, open(`{"role_id":"role_host","max_minutes":1.5}`), 400, "invalid_parameters", invalid("max_minutes", "must be an integer")},
	{"minutes are no text", nil, open(`{"role_id":"role_host","max_minutes":"30"}`), 400, "invalid_parameters", invalid("max_minutes", "must be an integer")},
	{"a session needs a role", nil, open(`{}`), 400, "invalid_parameters", missing("role_id")},
	{"a session needs a role's ID", nil, open(`{"role_id":""}`), 400, "invalid_parameters", missing("role_id")},
	{"what is absent comes first", nil, open(`{"max_minutes":500}`), 400, "invalid_parameters", missing("role_id")},
	{"of what is wrong the first is told", nil, open(`{"max_minutes":true,"role_id":[1]}`), 400, "invalid_parameters", invalid("max_minutes", "must be an integer")},
	{"what is wrong comes before what does not exist", nil, open(`{"role_id":"nobody","max_minutes":500}`), 400, "invalid_parameters", invalid("max_minutes", minutes)},
	{"a role's ID is text", nil, open(`{"role_id":12}`), 400, "invalid_parameters", invalid("role_id", "must be a string")},
	{"a role that does not exist", nil, open(`{"role_id":"role_x"}`), 404, "role_not_found", noRole("role_x")},
	{"a role's ID can be any text", nil, open(`{"role_id":"'\"\n\\"}`), 404, "role_not_found", noRole(`'\"\n\\`)},
	{"a disabled role", nil, open(`{"role_id":"role_retired"}`), 422, "unprocessable_entity", semantic},
	{"who may only read opens no session", nil, open(`{"role_id":"role_host"}`).As("limited"), 403, "permission_denied", denied},

	{"a session is shown", nil, get("/sessions/ses_demo").As("limited"), 200, "", `{"id":"ses_demo","role_id":"role_host","max_minutes":60,"ended":false}`},
	{"no such session", nil, get("/sessions/456"), 404, "session_not_found", noSession("456")},
	{"a session's ID with a slash", nil, get("/sessions/a%2Fb"), 404, "session_not_found", noSession("a/b")},
	{"a session's ID with quotes and percent", nil, get("/sessions/%22%27%25"), 404, "session_not_found", noSession(`\"'%`)},
	{"a session's ID beyond ASCII", nil, get("/sessions/%C3%A9%E2%82%AC"), 404, "session_not_found", noSession("é€")},
	{"a long session's ID", nil, get("/sessions/" + strings.Repeat("a", 3000)), 404, "session_not_found", noSession(strings.Repeat("a", 3000))},
	{"HEAD has the headers", nil, call("HEAD", "/sessions/456", ""), 404, "session_not_found", ""},

	{"a session ends", nil, post("/sessions/ses_demo/end", ""), 200, "", `{"id":"ses_demo","role_id":"role_host","max_minutes":60,"ended":true}`},
	{"a session ends, whatever the body", nil, post("/sessions/ses_demo/end", "{"), 200, "", `{"id":"ses_demo",…`},
	{"a session ends once", []system.Call{post("/sessions/ses_demo/end", "")}, post("/sessions/ses_demo/end", ""), 409, "conflict", conflict},
	{"a session that ended has", []system.Call{post("/sessions/ses_demo/end", "")}, get("/sessions/ses_demo"), 200, "", `…"ended":true…`},
	{"a session that does not exist can't end", nil, post("/sessions/x/end", ""), 404, "session_not_found", noSession("x")},
	{"who may only read ends no session", nil, post("/sessions/ses_demo/end", "").As("limited"), 403, "permission_denied", denied},
	{"who may only read is not told what exists", nil, post("/sessions/x/end", "").As("limited"), 403, "permission_denied", denied},

	{"a text is spoken", nil, say(`{"text":"Good \"morning\" ☀"}`), 200, "", `{"session_id":"ses_demo","spoken":"Good \"morning\" ☀"}`},
	{"a new session speaks", []system.Call{open(`{"role_id":"role_host"}`)}, post("/sessions/ses_1/speak", `{"text":"Hi"}`), 200, "", `{"session_id":"ses_1","spoken":"Hi"}`},
	{"speaking needs a text", nil, say(`{}`), 400, "invalid_parameters", missing("text")},
	{"speaking needs more than nothing", nil, say(`{"text":""}`), 400, "invalid_parameters", missing("text")},
	{"a text is text", nil, say(`{"text":{"a":1}}`), 400, "invalid_parameters", invalid("text", "must be a string")},
	{"a text in a body that is no JSON", nil, say(`text=hello`), 400, "invalid_parameters", malformed},
	{"an ended session does not speak", nil, post("/sessions/ses_ended/speak", `{"text":"Hi"}`), 409, "conflict", conflict},
	{"a session that does not exist does not speak", nil, post("/sessions/9/speak", `{}`), 404, "session_not_found", noSession("9")},
	{"the voice garbles", nil, say(`{"text":"garble"}`), 502, "bad_gateway", badGateway},
	{"the demo has a bug", nil, say(`{"text":"panic"}`), 500, "internal_error", `{"error":{"code":"internal_error","message":"An unexpected error occurred. Please try again or contact support if the issue persists.","details":{"request_id":"req_…`},
	{"who may only read does not speak", nil, say(`{"text":"Hi"}`).As("limited"), 403, "permission_denied", denied},

	{"no key", nil, get("/roles").As(""), 401, "invalid_api_key", noKey},
	{"an empty key", nil, get("/roles").As("").Having("X-Api-Key", ""), 401, "invalid_api_key", noKey},
	{"a key in the wrong header", nil, get("/roles").As("").Having("Authorization", "Bearer x"), 401, "invalid_api_key", noKey},
	{"a wrong key", nil, get("/roles").As("").Having("X-Api-Key", "ah_live_nonsense"), 401, "invalid_api_key", wrongKey},
	{"a key that can't be one", nil, get("/roles").As("").Having("X-Api-Key", "two words"), 401, "invalid_api_key", wrongKey},
	{"two keys", nil, system.Call{Method: "GET", Path: "/roles", Header: http.Header{"X-Api-Key": {"a", "b"}}}, 401, "invalid_api_key", wrongKey},
	{"an expired key", nil, get("/roles").As("expired"), 401, "invalid_api_key", wrongKey},
	{"a revoked key", nil, get("/roles").As("revoked"), 401, "invalid_api_key", wrongKey},
	{"a test key", nil, get("/roles").As("test"), 401, "invalid_api_key", wrongKey},
	{"a wrong key is told before what is wrong", nil, open(`{`).As("revoked"), 401, "invalid_api_key", wrongKey},

	{"an unknown route", nil, get("/nowhere"), 404, "not_found", noSuch},
	{"a wrong method", nil, call("DELETE", "/roles", ""), 405, "method_not_allowed", `{"error":{"code":"method_not_allowed",…`},
	{"a body that is too large", nil, say(`{"text":"` + strings.Repeat("x", 1<<20) + `"}`), 413, "payload_too_large", `{"error":{"code":"payload_too_large",…`},
	{"a target that is too long", nil, get("/roles?" + strings.Repeat("x", 8<<10)), 414, "uri_too_long", `{"error":{"code":"uri_too_long",…`},
	{"a body of another type", nil, say(`{"text":"Hi"}`).Having("Content-Type", "text/plain"), 415, "unsupported_media_type", `{"error":{"code":"unsupported_media_type",…`},
	{"the sixth request of a minute", nil, sixth(), 429, "rate_limit_exceeded", `{"error":{"code":"rate_limit_exceeded","message":"API rate limit exceeded. Please wait …`},
	{"maintenance", []system.Call{call("PUT", "/admin/maintenance", `{"enabled":true,"retry_after":7}`)}, get("/roles").As(""), 503, "service_unavailable", maintained},
	{"maintenance lasts a day at most", nil, call("PUT", "/admin/maintenance", `{"enabled":true,"retry_after":1e30}`), 400, "invalid_parameters", invalid("retry_after", "must be from 1 to 86400")},
	{"maintenance in a body that is no JSON", nil, call("PUT", "/admin/maintenance", "on"), 400, "invalid_parameters", malformed},
	{"maintenance needs to be told what", nil, call("PUT", "/admin/maintenance", `{}`), 400, "invalid_parameters", missing("enabled")},
	{"problem details for those who prefer them", nil, get("/sessions/7").Having("Accept", "application/problem+json"), 404, "session_not_found", `{"type":"https://docs.test#session_not_found","title":"The requested resource doesn’t exist. Verify that the resource ID (e.g., session_id) is correct.","status":404,"detail":"Session with ID '7' does not exist","code":"session_not_found",…`},
}

// unseen are the codes that the demo can't cause, and why.
var unseen = map[errcatalog.Code]string{
	"payment_required":              "the demo is free",
	"not_acceptable":                "no handler has more than one representation",
	"request_timeout":               "clients may be slow",
	"gone":                          "nothing is remembered that is gone",
	"length_required":               "a body may be of any length up to the limit",
	"precondition_failed":           "there are no conditions",
	"range_not_satisfiable":         "there are no ranges",
	"expectation_failed":            "net/http answers it, before the API is known",
	"misdirected_request":           "the demo answers for every host",
	"locked":                        "there are no locks",
	"failed_dependency":             "no request depends on another",
	"too_early":                     "there is no TLS, and so no early data",
	"upgrade_required":              "HTTP/1.1 is enough",
	"precondition_required":         "there are no conditions",
	"headers_too_large":             "net/http answers it, before the API is known",
	"unavailable_for_legal_reasons": "the demo breaks no law",
	"client_closed_request":         "no client sees it",
	"not_implemented":               "net/http answers it, before the API is known",
	"gateway_timeout":               "the voice is not slow",
	"http_version_not_supported":    "net/http answers it, before the API is known",
}

func TestEveryCallIsAnsweredToTheLetter(t *testing.T) {
	t.Parallel()
	coverage := errtest.NewCoverage(catalog.Catalog)
	t.Cleanup(func() { coverage.Check(t, unseen) })
	for _, r := range rows {
		systemtest.Row(r).Run(t, agenthuman.New, coverage)
	}
}

func TestEveryLineCausesItsCode(t *testing.T) {
	t.Parallel()
	systemtest.Lines(t, agenthuman.New, agenthuman.Lines(), unseen)
}

func TestAKeyThatIsRefusedIsChallenged(t *testing.T) {
	t.Parallel()
	s := systemtest.Serve(t, agenthuman.New, nil)
	for _, c := range []system.Call{get("/roles").As(""), get("/roles").As("expired"), get("/roles").As("").Having("X-Api-Key", "a b")} {
		resp, _ := s.Send(t, c)
		if got := resp.Header.Values("WWW-Authenticate"); len(got) != 1 || got[0] != `ApiKey header="x-api-key"` {
			t.Errorf("%s %v: the challenge is %q", c.Key, c.Header, got)
		}
	}
}

func TestTheSixthRequestOfTheMinuteIsTooMuch(t *testing.T) {
	t.Parallel()
	s := systemtest.Serve(t, agenthuman.New, nil)
	resp, body := s.Send(t, sixth())
	want := regexp.MustCompile(`^{"error":{"code":"rate_limit_exceeded","message":"API rate limit exceeded\. Please wait (\d+) seconds before retrying\.","details":{"limit":5,"window":"1 minute","retry_after":(\d+)}}}$`)
	found := want.FindStringSubmatch(body)
	if resp.StatusCode != 429 || found == nil || found[1] != found[2] || resp.Header.Get("Retry-After") != found[1] {
		t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
	}
	if resp.Header.Get("X-RateLimit-Limit") != "5" || resp.Header.Get("X-RateLimit-Remaining") != "0" || resp.Header.Get("X-RateLimit-Reset") == "" {
		t.Errorf("the headers are %v", resp.Header)
	}
}

func TestCallsAtOnceDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	var calls []system.Call
	for _, r := range rows {
		if r.Status < 500 {
			calls = append(calls, r.Call)
		}
	}
	systemtest.AtOnce(t, agenthuman.New, calls)
}

func TestNoReplyLeavesTheContract(t *testing.T) {
	t.Parallel()
	upstreams := new(system.Upstreams)
	t.Cleanup(upstreams.Close)
	s := agenthuman.New(system.Options{Upstreams: upstreams, Rate: 1 << 40})
	errtest.Suite{
		Catalog: catalog.Catalog,
		Header:  http.Header{"X-Api-Key": {s.Keys["full"]}},
		Routes: []string{
			"GET /roles", "POST /roles", "POST /sessions", "GET /sessions/ses_demo", "GET /sessions/123",
			"POST /sessions/ses_demo/end", "POST /sessions/ses_demo/speak",
		},
	}.Run(t, middleware.Stack{Errors: s.Errors}.Handler(s))
}
