package so1_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/so1"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// open returns a system with records of its own, which allows any rate.
func open(t *testing.T, rate int64) *system.System {
	t.Helper()
	upstreams := new(system.Upstreams)
	t.Cleanup(upstreams.Close)
	s := so1.New(system.Options{Rate: rate, DocsURL: "https://docs.example.com/so1", Upstreams: upstreams})
	if err := upstreams.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// within is the system behind the stack and under the eyes of coverage.
func within(s *system.System, coverage *errtest.Coverage) http.Handler {
	s.Errors.Report = coverage.Report
	return coverage.Handler(middleware.Stack{}.Handler(s))
}

// request returns a request with one of the fixed keys, or with none.
func request(t *testing.T, s *system.System, base string, c system.Call) *http.Request {
	t.Helper()
	r, err := http.NewRequest(c.Method, base+c.Path, strings.NewReader(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	if c.Body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(r.Header, c.Header)
	if c.Key != "" {
		r.Header.Set("Authorization", "Bearer "+s.Keys[c.Key])
	}
	return r
}

// direct serves a call without a network.
func direct(t *testing.T, s *system.System, c system.Call) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	middleware.Stack{}.Handler(s).ServeHTTP(w, request(t, s, "http://example.com", c))
	return w
}

// What differs from run to run.
var (
	times = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"`)
	ids   = regexp.MustCompile(`"(req|exec|wfl)_[0-9A-Za-z-]+"`)
)

// steady returns a body without what differs from run to run.
func steady(body string) string {
	return ids.ReplaceAllString(times.ReplaceAllString(body, `"TIME"`), `"$1"`)
}

// messages are those of the published text, and of what no text names.
var messages = map[string]string{
	"invalid_api_key":             "The provided API key is not valid or has been revoked.",
	"expired_api_key":             "The API key has expired.",
	"missing_authorization":       "No authentication credentials provided.",
	"insufficient_permissions":    "API key doesn’t have required permissions.",
	"validation_error":            "Request validation failed.",
	"invalid_json":                "Request body is not valid JSON.",
	"missing_required_field":      "Required field is missing from request.",
	"resource_not_found":          "The requested resource doesn’t exist.",
	"resource_already_exists":     "A resource with the same identifier already exists.",
	"resource_locked":             "Resource is locked and cannot be modified.",
	"rate_limit_exceeded":         "Too many requests in a given time period.",
	"agent_execution_failed":      "Agent execution failed unexpectedly.",
	"timeout":                     "Request exceeded maximum execution time.",
	"invalid_agent_configuration": "Agent configuration is invalid.",
	"workflow_validation_failed":  "Workflow failed validation checks.",
	"forge_gate_failure":          "FORGE gate validation failed.",
	"service_unavailable":         "Service is temporarily unavailable.",
	"internal_server_error":       "Unexpected internal error.",
	"bad_gateway":                 "Upstream service error",
	"method_not_allowed":          "The resource does not have this method.",
	"payload_too_large":           "The request body is larger than 1048576 bytes.",
	"uri_too_long":                "The request target is too long.",
	"unsupported_media_type":      "The request body is of a media type that the resource does not take.",
}

// envelope is the body of an error.
func envelope(code, details string) string {
	return `{"success":false,"error":{"code":"` + code + `","message":"` + messages[code] + `","details":` + details +
		`},"metadata":{"timestamp":"TIME","request_id":"req"}}`
}

// check fails for a reply that is not the row's.
func (row row) check(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	want, code := row.want, ""
	if row.code != "" {
		code, want = row.code, envelope(row.code, row.want)
	}
	if resp.StatusCode != row.status || resp.Header.Get("X-Error-Code") != code || steady(body) != want {
		t.Errorf("%s: got %d %s %s\nwant %d %s %s", row.name, resp.StatusCode, resp.Header.Get("X-Error-Code"), steady(body), row.status, code, want)
	}
	for _, header := range row.headers {
		name, value, _ := strings.Cut(header, ": ")
		if got := resp.Header.Get(name); got != value {
			t.Errorf("%s: the header %s is %q, want %q", row.name, name, got, value)
		}
	}
}

// run makes the calls of a scenario, one after the other.
func (sc scenario) run(t *testing.T, coverage *errtest.Coverage) {
	s := open(t, 10_000)
	server := testutil.Serve(t, within(s, coverage), false)
	for _, row := range sc.rows {
		resp, body := testutil.Do(t, server.Client(), request(t, s, server.URL, row.call))
		row.check(t, resp, body)
	}
}
