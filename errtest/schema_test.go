package errtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
)

func TestASchemaThatIsNotUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `[]`, `{"pattern": "^a"}`, `{"type": "null"}`, `{"type": ["string"]}`, `{"format": "email"}`,
		`{"properties": {"a": {"oneOf": []}}}`, `{"properties": {"a": null}}`, `{"properties": {"a": {"type": "x"}}}`,
		`{"items": {"format": "x"}}`, `{"additionalProperties": {}}`, `{"const": {"a": 1, "a": 2}}`,
	} {
		if _, err := errtest.ReadSchema([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, schema, good, bad string }{
		{"anything", `{}`, `null 1 "a" [1] {"a":null} true`, ``},
		{"string", `{"type":"string"}`, `"" "a"`, `1 null true [] {}`},
		{"integer", `{"type":"integer"}`, `1 -1 1.0 1e3 123456789012345678901234567890`, `1.5 "1" null 1e99999`},
		{"number", `{"type":"number","minimum":0}`, `0 0.5 1e3`, `-0.1 "1"`},
		{"boolean", `{"type":"boolean"}`, `true false`, `0 "true" null`},
		{"array", `{"type":"array","maxItems":1,"items":{"type":"string"}}`, `[] ["a"]`, `["a","b"] [1] {} "a"`},
		{"object", `{"type":"object","maxProperties":1}`, `{} {"a":1}`, `{"a":1,"b":2} [] null`},
		{"closed object", `{"type":"object","properties":{"a":{},"b":{}},"required":["a"],"additionalProperties":false}`, `{"a":1} {"a":1,"b":2}`, `{} {"b":1} {"a":1,"c":2}`},
		{"length", `{"type":"string","minLength":1,"maxLength":2}`, `"a" "öü"`, `"" "abc"`},
		{"enum", `{"type":"string","enum":["a","b"]}`, `"a" "b"`, `"c" ""`},
		{"date-time", `{"type":"string","format":"date-time"}`, `"2025-12-21T10:00:00Z"`, `"2025-12-21" "2025-12-21T25:00:00Z"`},
		{"uri-reference", `{"type":"string","format":"uri-reference"}`, `"https://a/b#c" "#c" ""`, `"https://a%zz/" "http://[::"`},
		{"const text", `{"const":"a"}`, `"a"`, `"b" 1 null`},
		{"const number", `{"const":404}`, `404 404.0 4.04e2`, `405 "404"`},
		{"const boolean", `{"const":true}`, `true`, `false 1`},
		{"const null", `{"const":null}`, `null`, `0 ""`},
		{"const array", `{"const":[1,{"a":[]}]}`, `[1,{"a":[]}] [1.0,{"a":[]}]`, `[1] [1,{"a":[1]}] [1,{"b":[]}] {}`},
		{"const object", `{"const":{"a":1}}`, `{"a":1}`, `{} {"a":2} {"a":1,"b":2} []`},
	} {
		check, err := errtest.ReadSchema([]byte(test.schema))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for value := range strings.FieldsSeq(test.good) {
			if faults, err := check([]byte(value)); err != nil || faults != nil {
				t.Errorf("%s: %s is refused: %v (%v)", test.name, value, faults, err)
			}
		}
		for value := range strings.FieldsSeq(test.bad) {
			if faults, err := check([]byte(value)); err != nil || faults == nil {
				t.Errorf("%s: %s is taken (%v)", test.name, value, err)
			}
		}
	}
}

// A place is a member of a decoded reply, within its object.
type place struct {
	object map[string]any
	name   string
}

// closed returns the members of a reply where its schema is closed, in the order of
// the schema's required ones.
func closed(schema, v any) (places []place, required map[string]bool) {
	s, _ := schema.(map[string]any)
	object, ok := v.(map[string]any)
	if !ok || s["additionalProperties"] != false {
		return nil, nil
	}
	required = map[string]bool{}
	list, _ := s["required"].([]any)
	for _, name := range list {
		required[name.(string)] = true
		places = append(places, place{object, name.(string)})
	}
	return places, required
}

// mutate spoils a reply at its n-th closed object, and says whether it could.
func mutate(schema, v any, n, how int) bool {
	places, _ := closed(schema, v)
	if n == 0 || len(places) == 0 {
		return spoil(places, v, how)
	}
	p := places[n%len(places)]
	inner, _ := schema.(map[string]any)["properties"].(map[string]any)[p.name].(map[string]any)
	if mutate(inner, p.object[p.name], n/len(places), how) {
		return true
	}
	return spoil(places, v, how)
}

func spoil(places []place, v any, how int) bool {
	object, ok := v.(map[string]any)
	if !ok || len(places) == 0 {
		return false
	}
	switch p := places[how/3%len(places)]; how % 3 {
	case 0:
		delete(object, p.name)
	case 1:
		object["errtest"] = nil
	case 2:
		if _, isList := p.object[p.name].([]any); isList {
			object[p.name] = "errtest"
		} else {
			object[p.name] = []any{[]any{}}
		}
	}
	return true
}

// FuzzMutatedReplies spoils a golden reply, and Check must find it.
func FuzzMutatedReplies(f *testing.F) {
	type row struct {
		c     *errcatalog.Catalog
		judge func(*http.Response, []byte, ...string) []*errtest.Fault
		g     golden
	}
	var rows []row
	for system, c := range published {
		judge := errtest.NewJudge(c)
		for _, g := range goldens(f, system) {
			rows = append(rows, row{c, judge, g})
		}
	}
	for i := range 60 {
		f.Add(uint(i*7), uint(i/3), uint(i))
	}
	f.Fuzz(func(t *testing.T, which, n, how uint) {
		r := rows[which%uint(len(rows))]
		code := errcatalog.Code(r.g.reply.Header.Get("X-Error-Code"))
		var schema, v any
		if err := json.Unmarshal(r.c.Schema(code, r.g.reply.Header.Get("Content-Type")), &schema); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(r.g.reply.Body, &v); err != nil {
			t.Fatal(err)
		}
		if !mutate(schema, v, int(n%1000), int(how%1000)) {
			t.Fatalf("nothing was spoilt in %s", r.g.reply.Body)
		}
		body, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range r.judge(response(r.g.reply, "GET", r.g.accept), body) {
			switch fault.Rule {
			case errtest.RuleShape, errtest.RuleMember, errtest.RuleAgree:
				return
			}
		}
		t.Errorf("%s is taken for\n%s", body, r.g.reply.Body)
	})
}

// FuzzCheck judges any reply: it must end, and have nothing to say of a reply only
// if that is one of the catalogue.
func FuzzCheck(f *testing.F) {
	for _, system := range []string{"so1", "faos"} {
		for _, g := range goldens(f, system)[:10] {
			f.Add(g.reply.Status, g.reply.Header.Get("Content-Type"), g.reply.Header.Get("X-Error-Code"), "req_abc123", g.reply.Body)
		}
	}
	f.Add(404, "application/json", "", "", []byte(`{"error":{"code":["not_found"],"code":{}}}`))
	f.Add(200, "", "", "", []byte(nil))
	f.Add(405, "text/plain", "\x00", "\xff", []byte(strings.Repeat("[", 20_000)))
	judges := map[string]func(*http.Response, []byte, ...string) []*errtest.Fault{}
	for system, c := range published {
		judges[system] = errtest.NewJudge(c)
	}
	f.Fuzz(func(t *testing.T, status int, mediaType, code, id string, body []byte) {
		h := http.Header{
			"Content-Type": {mediaType}, "X-Error-Code": {code}, "X-Request-Id": {id},
			"Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"}, "Vary": {"Accept"},
		}
		for system, c := range published {
			resp := &http.Response{StatusCode: status, Header: h}
			faults := judges[system](resp, body, "errtest-canary")
			if faults != nil || status < 400 {
				continue
			}
			if e, ok := c.Lookup(errcatalog.Code(code)); !ok || e.Status != status || !json.Valid(body) || id == "" {
				t.Errorf("%s takes %d %q %q %s", system, status, mediaType, code, body)
			}
		}
	})
}
