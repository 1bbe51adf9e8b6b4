package errtest_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
)

const problemJSON = "application/problem+json"

// A reply is one that a handler can break before it is sent.
type reply struct {
	errcatalog.Reply
	request *http.Request
}

func (r *reply) set(name, value string) { r.Header[http.CanonicalHeaderKey(name)] = []string{value} }

func (r *reply) replace(old, text string) {
	r.Body = bytes.Replace(r.Body, []byte(old), []byte(text), 1)
}

// shop is a catalogue with something for every rule.
func shop(t testing.TB) *errcatalog.Catalog {
	return build(t, errcatalog.Spec{
		Name: "shop", Extends: errcatalog.Standard,
		Envelope: `{"ok": false, "code": $code, "status": $status, "message": $message, "request_id": $request_id, "more": {...$fields}}`,
		Headers:  map[string]string{"X-Error-Code": "$code", "X-Api": "shop/1", "X-Ref": "$request_id"},
		Errors: []errcatalog.Entry{{
			Code: "sold_out", Status: 409,
			Params: []errcatalog.Param{
				{Name: "item", Type: errcatalog.String, Public: true, Max: 10},
				{Name: "left", Type: errcatalog.Integer, Public: true},
				{Name: "since", Type: errcatalog.Time, Public: true},
				{Name: "shops", Type: errcatalog.StringList, Public: true, Max: 2},
				{Name: "wait", Type: errcatalog.Duration, Public: true},
				{Name: "state", Type: errcatalog.String, As: errcatalog.Label, Labels: map[string]string{"gone": "is gone"}, Public: true},
				{Name: "final", Type: errcatalog.Boolean, Public: true},
				{Name: "ref", From: "$request_id", Public: true},
			},
			Messages: []errcatalog.Message{{Text: "It is sold out."}},
		}},
	})
}

var soldOut = errcatalog.Code("sold_out").With(slog.String("item", "tea"), slog.Int("left", 0), slog.Time("since", moment),
	errcatalog.Strings("shops", "a", "b"), slog.Duration("wait", 1e9), slog.String("state", "gone"), slog.Bool("final", true))

// mutations break one rule each.
var mutations = []struct {
	name  string
	rule  errtest.Rule
	err   error
	spoil func(r *reply)
}{
	{"another media type", errtest.RuleMediaType, soldOut, func(r *reply) { r.set("Content-Type", "text/plain") }},
	{"a parameter at the media type", errtest.RuleMediaType, soldOut, func(r *reply) { r.set("Content-Type", "application/json; charset=utf-8") }},
	{"problem details that nobody asked for", errtest.RuleMediaType, soldOut, func(r *reply) {
		*r = render(r.request, "shop", soldOut, problemJSON)
	}},
	{"a body that breaks off", errtest.RuleJSON, soldOut, func(r *reply) { r.Body = r.Body[:len(r.Body)-1] }},
	{"a second body", errtest.RuleJSON, soldOut, func(r *reply) { r.Body = append(r.Body, r.Body...) }},
	{"no body", errtest.RuleJSON, soldOut, func(r *reply) { r.Body = nil }},
	{"not UTF-8", errtest.RuleJSON, soldOut, func(r *reply) { r.replace("tea", "t\xff") }},
	{"a member twice", errtest.RuleJSON, soldOut, func(r *reply) { r.replace(`"ok":false`, `"ok":false,"ok":false`) }},
	{"too deep to be an error", errtest.RuleJSON, soldOut, func(r *reply) {
		r.Body = []byte(strings.Repeat("[", 500) + strings.Repeat("]", 500))
	}},
	{"a code that the catalogue lacks", errtest.RuleCode, soldOut, func(r *reply) {
		r.replace("sold_out", "sold_off")
		r.set("X-Error-Code", "sold_off")
	}},
	{"another code in the header", errtest.RuleAgree, soldOut, func(r *reply) { r.set("X-Error-Code", "conflict") }},
	{"another code in the body", errtest.RuleAgree, errcatalog.Code("conflict"), func(r *reply) { r.replace(`"conflict"`, `"gone"`); r.replace(`409`, `410`); r.Status = 410 }},
	{"no code in the header", errtest.RuleAgree, soldOut, func(r *reply) { delete(r.Header, "X-Error-Code") }},
	{"two codes in the header", errtest.RuleAgree, soldOut, func(r *reply) { r.Header["X-Error-Code"] = []string{"sold_out", "sold_out"} }},
	{"another status", errtest.RuleAgree, soldOut, func(r *reply) { r.Status = 410 }},
	{"another status in the body", errtest.RuleAgree, soldOut, func(r *reply) { r.replace("409", "410") }},
	{"another literal", errtest.RuleAgree, soldOut, func(r *reply) { r.replace(`"ok":false`, `"ok":true`) }},
	{"a member is missing", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"message":"It is sold out.",`, "") }},
	{"the code is missing in the body", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"code":"sold_out",`, "") }},
	{"an empty message", errtest.RuleShape, soldOut, func(r *reply) { r.replace("It is sold out.", "") }},
	{"text for a number", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"left":0`, `"left":"0"`) }},
	{"a fraction for an integer", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"left":0`, `"left":0.5`) }},
	{"null for a text", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"tea"`, "null") }},
	{"a number for a boolean", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"final":true`, `"final":1`) }},
	{"a boolean for a text", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"tea"`, "true") }},
	{"a list for a text", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"tea"`, `["tea"]`) }},
	{"an object for a text", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"tea"`, `{}`) }},
	{"a long text", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"tea"`, `"12345678901"`) }},
	{"a long list", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`["a","b"]`, `["a","b","c"]`) }},
	{"a list of others", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`["a","b"]`, `["a",1]`) }},
	{"a negative wait", errtest.RuleShape, soldOut, func(r *reply) { r.replace(`"wait":1`, `"wait":-1`) }},
	{"a time that is none", errtest.RuleShape, soldOut, func(r *reply) { r.replace("2025-12-21T", "2025-12-21 ") }},
	{"a label that is none", errtest.RuleShape, soldOut, func(r *reply) { r.replace("is gone", "gone") }},
	{"a URL that is none", errtest.RuleShape, soldOut, func(r *reply) {
		*r = render(r.request, "shop with docs", soldOut, "")
		r.replace("https://docs", "https://do\x7fcs")
	}},
	{"an array for the body", errtest.RuleShape, soldOut, func(r *reply) { r.Body = []byte("[]") }},
	{"an undeclared member", errtest.RuleMember, soldOut, func(r *reply) { r.replace(`"ok"`, `"stack":"main.go:1","ok"`) }},
	{"an undeclared member within", errtest.RuleMember, soldOut, func(r *reply) { r.replace(`"left"`, `"bought_for":1,"left"`) }},
	{"no header of the catalogue's", errtest.RuleHeader, soldOut, func(r *reply) { delete(r.Header, "X-Api") }},
	{"another header of the catalogue's", errtest.RuleHeader, soldOut, func(r *reply) { r.set("X-Api", "shop/2") }},
	{"another request ID in a header of the catalogue's", errtest.RuleHeader, soldOut, func(r *reply) { r.set("X-Ref", "req_other") }},
	{"no Vary", errtest.RuleHeader, soldOut, func(r *reply) { r.set("Vary", "Origin") }},
	{"no Cache-Control", errtest.RuleCache, soldOut, func(r *reply) { delete(r.Header, "Cache-Control") }},
	{"a success's Cache-Control", errtest.RuleCache, soldOut, func(r *reply) { r.set("Cache-Control", "public, max-age=60") }},
	{"no nosniff", errtest.RuleSniff, soldOut, func(r *reply) { delete(r.Header, "X-Content-Type-Options") }},
	{"a success's ETag", errtest.RuleStale, soldOut, func(r *reply) { r.set("ETag", `"1"`) }},
	{"a success's Last-Modified", errtest.RuleStale, soldOut, func(r *reply) { r.set("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT") }},
	{"no challenge", errtest.RuleChallenge, errcatalog.CredentialsMissing, func(r *reply) { delete(r.Header, "Www-Authenticate") }},
	{"an empty challenge", errtest.RuleChallenge, errcatalog.CredentialsMissing, func(r *reply) { r.set("WWW-Authenticate", "") }},
	{"no Allow", errtest.RuleAllow, notAllowed, func(r *reply) { delete(r.Header, "Allow") }},
	{"the method itself in Allow", errtest.RuleAllow, notAllowed, func(r *reply) { r.set("Allow", "POST, DELETE,GET, HEAD") }},
	{"GET without HEAD in Allow", errtest.RuleAllow, notAllowed, func(r *reply) { r.set("Allow", "DELETE, GET") }},
	{"no Retry-After in a 429", errtest.RuleRetry, errcatalog.RateLimited, func(r *reply) { delete(r.Header, "Retry-After") }},
	{"no Retry-After in a 503", errtest.RuleRetry, errcatalog.Unavailable, func(r *reply) { delete(r.Header, "Retry-After") }},
	{"a Retry-After that is none", errtest.RuleRetry, errcatalog.RateLimited, func(r *reply) { r.set("Retry-After", "-1") }},
	{"a Retry-After in fractions, where none is needed", errtest.RuleRetry, soldOut, func(r *reply) { r.set("Retry-After", "1.5") }},
	{"an open connection after a 413", errtest.RuleClose, errcatalog.PayloadTooLarge, func(r *reply) { delete(r.Header, "Connection") }},
	{"no Accept", errtest.RuleAccept, errcatalog.UnsupportedMediaType.With(errcatalog.Strings("accept", "a/b")), func(r *reply) { delete(r.Header, "Accept") }},
	{"no Content-Range", errtest.RuleRange, errcatalog.RangeNotSatisfiable.With(slog.Int("complete_length", 7)), func(r *reply) { delete(r.Header, "Content-Range") }},
	{"a success's Content-Range", errtest.RuleRange, errcatalog.RangeNotSatisfiable.With(slog.Int("complete_length", 7)), func(r *reply) { r.set("Content-Range", "bytes 0-6/7") }},
	{"no request ID", errtest.RuleRequestID, onlyID, func(r *reply) { delete(r.Header, "X-Request-Id"); delete(r.Header, "X-Ref") }},
	{"two request IDs", errtest.RuleRequestID, onlyID, func(r *reply) {
		r.Header["X-Request-Id"] = []string{"req_1", "req_2"}
		delete(r.Header, "X-Ref")
	}},
	{"another request ID in the body", errtest.RuleRequestID, soldOut, func(r *reply) { r.replace(`"request_id":"req_1"`, `"request_id":"req_2"`) }},
	{"another request ID in a param", errtest.RuleRequestID, soldOut, func(r *reply) { r.replace(`"ref":"req_1"`, `"ref":"req_2"`) }},
	{"another request ID in the header", errtest.RuleRequestID, soldOut, func(r *reply) { r.set("X-Request-Id", "req_2"); r.set("X-Ref", "req_2") }},
	{"no request ID in a success", errtest.RuleRequestID, soldOut, func(r *reply) {
		r.Status, r.Header, r.Body = 200, http.Header{}, nil
	}},
	{"a canary in the message", errtest.RuleCanary, soldOut, func(r *reply) { r.replace("It is sold out.", `user \"svc\" at 10.0.3.7`) }},
	{"a canary in other case", errtest.RuleCanary, soldOut, func(r *reply) { r.replace("It is sold out.", `User \"SVC\" at 10.0.3.7`) }},
	{"a canary in escapes", errtest.RuleCanary, soldOut, func(r *reply) { r.replace("It is sold out.", `\u0075ser &#34;svc&#34; at 10.0.3.7`) }},
	{"a canary in a header", errtest.RuleCanary, soldOut, func(r *reply) { r.set("X-Debug", `user "svc" at 10.0.3.7`) }},
	{"a canary in a URL", errtest.RuleCanary, soldOut, func(r *reply) { r.set("Link", "</?q=user+%22svc%22+at%2010.0.3.7>") }},
}

const canary = `user "svc" at 10.0.3.7`

var (
	notAllowed = errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", "DELETE", "GET", "HEAD"))
	onlyID     = errcatalog.NotFound
)

// render is how a catalogue answers a request, whose ID is req_1.
func render(r *http.Request, catalog string, err error, accept string) reply {
	w := writer(catalogs[catalog])
	out := reply{w.Reply(err, errcatalog.Meta{RequestID: "req_1", Time: moment, Accept: []string{accept}}), r}
	out.set("X-Request-Id", "req_1")
	return out
}

// catalogs are those of the mutations, by name.
var catalogs = func() map[string]*errcatalog.Catalog {
	b := shop(new(testing.B))
	return map[string]*errcatalog.Catalog{
		"shop": b,
		"shop with docs": errcatalog.Must(errcatalog.New(errcatalog.Spec{
			Name: "docs", Extends: b, Docs: "https://docs.invalid/errors",
			Envelope: `{"ok": false, "code": $code, "status": $status, "message": $message, "request_id": $request_id, "docs": $docs_url, "more": {...$fields}}`,
		})),
	}
}()

func TestEachRuleIsBrokenByWhatBreaksIt(t *testing.T) {
	t.Parallel()
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			name := "shop"
			if strings.HasPrefix(m.name, "a URL") {
				name = "shop with docs"
			}
			h := func(spoil bool) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					out := render(r, name, m.err, "")
					if spoil {
						m.spoil(&out)
					}
					maps.Copy(w.Header(), out.Header)
					w.WriteHeader(out.Status)
					_, _ = w.Write(out.Body)
				})
			}
			whole, body := post(t, h(false))
			if faults := errtest.Check(catalogs[name], whole, []byte(body), canary); faults != nil {
				t.Fatalf("unspoilt, it has %v", faults)
			}
			spoilt, body := post(t, h(true))
			faults := errtest.Check(catalogs[name], spoilt, []byte(body), canary)
			if rules := rulesOf(faults); !slices.Equal(rules, []errtest.Rule{m.rule}) {
				t.Errorf("broken are %q, want %q: %v\n%s", rules, m.rule, faults, body)
			}
			for _, f := range faults {
				if text := f.Error(); !strings.HasPrefix(text, string(m.rule)+": "+f.Problem+"; ") {
					t.Errorf("the fault says %q, and not how to mend it", text)
				}
			}
		})
	}
}

// post gets the reply of a handler over a real connection.
func post(t *testing.T, h http.Handler) (*http.Response, string) {
	t.Helper()
	s := testutil.Serve(t, h, false)
	r, err := http.NewRequest(http.MethodPost, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	return testutil.Do(t, s.Client(), r)
}

func TestEveryRuleHasAMutation(t *testing.T) {
	t.Parallel()
	// These two are broken in TestRun's own cases.
	have := map[errtest.Rule]bool{errtest.RuleReply: true, errtest.RuleWant: true}
	for _, m := range mutations {
		have[m.rule] = true
	}
	for _, rule := range allRules {
		if !have[rule] {
			t.Errorf("no mutation breaks the rule %q", rule)
		}
	}
}

var allRules = []errtest.Rule{
	errtest.RuleReply, errtest.RuleMediaType, errtest.RuleJSON, errtest.RuleCode, errtest.RuleAgree, errtest.RuleShape,
	errtest.RuleMember, errtest.RuleHeader, errtest.RuleCache, errtest.RuleSniff, errtest.RuleStale, errtest.RuleChallenge,
	errtest.RuleAllow, errtest.RuleRetry, errtest.RuleClose, errtest.RuleAccept, errtest.RuleRange, errtest.RuleRequestID,
	errtest.RuleCanary, errtest.RuleWant,
}

func rulesOf(faults []*errtest.Fault) (rules []errtest.Rule) {
	for _, f := range faults {
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// response is a reply as a client gets it.
func response(r errcatalog.Reply, method, accept string) *http.Response {
	req := &http.Request{Method: method, Header: http.Header{}}
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	return &http.Response{StatusCode: r.Status, ProtoMajor: 1, Header: r.Header, Request: req}
}

func TestEveryReplyOfEveryCatalogueIsInItsContract(t *testing.T) {
	t.Parallel()
	problems := build(t, errcatalog.Spec{
		Name: "problems", Extends: errcatalog.Standard, Envelope: errcatalog.ProblemDetails, MediaType: problemJSON,
	})
	for _, c := range []*errcatalog.Catalog{
		errcatalog.Standard, problems, so1.Catalog, agenthuman.Catalog, onecli.Catalog, faos.Catalog, shop(t),
	} {
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			w := writer(c)
			for _, e := range c.Errors() {
				err := e.Code.With(errcatalog.Strings("accept", "a/b"), slog.Int("complete_length", 1))
				for _, accept := range []string{"", problemJSON} {
					for _, method := range []string{"GET", "HEAD"} {
						r := w.Reply(err, errcatalog.Meta{RequestID: "req_1", Time: moment, Accept: []string{accept}})
						r.Header.Set("X-Request-Id", "req_1")
						if method == "HEAD" {
							r.Body = nil
						}
						if faults := errtest.Check(c, response(r, method, accept), r.Body); faults != nil {
							t.Errorf("%s, %s %s: %v in %s", e.Code, method, accept, faults, r.Body)
						}
					}
				}
			}
		})
	}
}

func TestACatalogueThatShowsItsCodesNowhereIsJudgedByItsBodies(t *testing.T) {
	t.Parallel()
	c := build(t, errcatalog.Spec{
		Name: "codeless", Extends: errcatalog.Standard, Headers: map[string]string{},
		MediaType: "application/vnd.x+json", Envelope: `{"error": $message, "retry": $retryable}`,
	})
	for _, test := range []struct {
		body string
		want []errtest.Rule
	}{
		{`{"error":"No.","retry":false}`, nil},
		{`{"error":"No.","retry":true}`, []errtest.Rule{errtest.RuleCode}},
		{`{"error":"No.","retry":false,"x":1}`, []errtest.Rule{errtest.RuleCode}},
	} {
		r := writer(c).Reply(errcatalog.NotFound, errcatalog.Meta{})
		r.Header.Set("X-Request-Id", "req_1")
		faults := errtest.Check(c, response(r, "GET", ""), []byte(test.body))
		if got := rulesOf(faults); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v", test.body, faults)
		}
	}
}

func TestOverHTTP2A413NeedNotClose(t *testing.T) {
	t.Parallel()
	r := render(nil, "shop", errcatalog.PayloadTooLarge, "")
	delete(r.Header, "Connection")
	resp := response(r.Reply, "POST", "")
	resp.ProtoMajor = 2
	if faults := errtest.Check(catalogs["shop"], resp, r.Body); faults != nil {
		t.Errorf("got %v", faults)
	}
}

func TestARefusedHEADMayLackItself(t *testing.T) {
	t.Parallel()
	r := render(nil, "shop", errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", "GET")), "")
	if faults := errtest.Check(catalogs["shop"], response(r.Reply, "HEAD", ""), nil); faults != nil {
		t.Errorf("got %v", faults)
	}
}

func ExampleCheck() {
	resp := &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{
		"Content-Type": {"text/plain"}, "X-Request-Id": {"req_42"}, "X-Content-Type-Options": {"nosniff"},
	}}
	for _, f := range errtest.Check(errcatalog.Standard, resp, []byte("404 page not found")) {
		fmt.Println(f)
	}
	// Output:
	// media type: Content-Type is "text/plain", and to Accept: "" the catalogue has "application/json"; answer through errcatalog.Writer, or put middleware.Stack around the server
	// json: the body is not JSON: invalid character 'p' after top-level value; answer through errcatalog.Writer, or put middleware.Stack around the server
	// code: there is no code in X-Error-Code or /error/code; answer with a code or kind, through errcatalog.Writer
	// cache: Cache-Control is [], and lacks no-store; let errcatalog.Writer write the headers, and nothing behind it change them
}
