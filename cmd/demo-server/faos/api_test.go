package faos_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// docs is where the tests' documentation URLs point to.
const docs = "http://docs.test/faos"

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the failures are wanted
	os.Exit(m.Run())
}

// An api is a server of the system, of its own for each test.
type api struct {
	*testing.T
	server      *httptest.Server
	credentials map[string]string
}

// open serves the system inside the stack and what else is around it.
func open(t *testing.T, around ...func(http.Handler) http.Handler) *api {
	t.Helper()
	return serve(t, newSystem(t, 0), around...)
}

// serve serves a system.
func serve(t *testing.T, sys *system.System, around ...func(http.Handler) http.Handler) *api {
	t.Helper()
	h := middleware.Stack{Errors: sys.Errors}.Handler(sys)
	for _, outer := range around {
		h = outer(h)
	}
	return &api{t, testutil.Serve(t, h, false), sys.Credentials()}
}

// newSystem returns a system whose upstream servers end with the test.
func newSystem(t *testing.T, rate int64) *system.System {
	t.Helper()
	upstreams := new(system.Upstreams)
	t.Cleanup(upstreams.Close)
	sys := faos.New(system.Options{Rate: rate, DocsURL: docs, Upstreams: upstreams})
	if err := upstreams.Err(); err != nil {
		t.Fatal(err)
	}
	return sys
}

// send sends a call as often as it says, and returns the last response.
func (a *api) send(c system.Call) (*http.Response, string) {
	a.Helper()
	var resp *http.Response
	var body string
	for range max(c.Times, 1) {
		r, err := http.NewRequestWithContext(a.Context(), c.Method, a.server.URL+c.Path, strings.NewReader(c.Body))
		if err != nil {
			a.Fatal(err)
		}
		maps.Copy(r.Header, c.Header)
		if c.Key != "" {
			r.Header.Set("Authorization", "Bearer "+a.credentials[c.Key])
		}
		resp, body = testutil.Do(a.T, a.server.Client(), r)
	}
	return resp, body
}

// do sends a call with the key full, wants the status, and decodes what came back.
func (a *api) do(status int, method, path, body string) map[string]any {
	a.Helper()
	resp, text := a.send(system.Call{Method: method, Path: path, Key: "full", Body: body})
	if resp.StatusCode != status {
		a.Fatalf("%s %s: got %d %s, want %d", method, path, resp.StatusCode, text, status)
	}
	var record map[string]any
	if err := json.Unmarshal([]byte(text), &record); err != nil && text != "" {
		a.Fatalf("%s %s: got %s: %v", method, path, text, err)
	}
	return record
}

// A refusal is an error as the contract has it.
type refusal struct {
	status             int
	code, message, typ string
	param              string // "" for none
	extra              string // the members that are the code's own
}

// check compares a reply with a refusal, to the letter.
func (a *api) check(resp *http.Response, body string, want refusal) {
	a.Helper()
	id := resp.Header.Get("X-Request-Id")
	text := fmt.Sprintf(`{"error":{"code":%q,"message":%s,"type":%q,`, want.code, quote(want.message), want.typ)
	if want.param != "" {
		text += fmt.Sprintf(`"param":%s,`, quote(want.param))
	}
	text += fmt.Sprintf(`"request_id":%q,"documentation_url":"%s#%s"`, id, docs, want.code)
	if want.extra != "" {
		text += "," + want.extra
	}
	if text += "}}"; body != text || resp.StatusCode != want.status {
		a.Errorf("got  %d %s\nwant %d %s", resp.StatusCode, body, want.status, text)
	}
	for name, value := range map[string]string{
		"X-Error-Code": want.code, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := resp.Header.Get(name); got != value {
			a.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if !strings.HasPrefix(id, "req_") {
		a.Errorf("the request ID is %q", id)
	}
}

// quote is a text as JSON has it, without HTML's escapes.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
