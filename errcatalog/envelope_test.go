package errcatalog_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

func TestTheGrammarOfEnvelopes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		envelope errcatalog.Envelope
		want     string
	}{
		{"no object", `"x"`, `line 1, column 1: an object must begin here, with {`},
		{"a slot alone", `$code`, `line 1, column 1: an object must begin here`},
		{"an array", `[{"code": $code}]`, `line 1, column 1: an object must begin here`},
		{"white space alone", " \n ", `line 2, column 2: an object must begin here`},
		{"something behind it", `{} x`, `line 1, column 4: something follows the closing brace`},
		{"a second object", "{}\n{}", `line 2, column 1: something follows the closing brace`},
		{"no end", `{"code": $code`, `line 1, column 15: a comma or } must stand here`},
		{"no end of an inner object", `{"e": {"code": $code}`, `line 1, column 22: a comma or } must stand here`},
		{"nothing but the beginning", `{`, `line 1, column 2: a member's name must stand here, in double quotes`},
		{"a comma too many", `{"code": $code,}`, `line 1, column 16: a member's name must stand here`},
		{"a comma too few", `{"a": 1 "b": 2}`, `line 1, column 9: a comma or } must stand here`},
		{"a name without quotes", `{code: $code}`, `line 1, column 2: a member's name must stand here, in double quotes`},
		{"a name in single quotes", `{'code': $code}`, `line 1, column 2: a member's name must stand here`},
		{"a name that is empty", `{"": $code}`, `line 1, column 2: a member's name must stand here`},
		{"a name that does not end", `{"code: $code}`, `line 1, column 2: a member's name must stand here`},
		{"a name with a bad escape", `{"\x": $code}`, `line 1, column 2: a member's name must stand here`},
		{"no colon", `{"code" $code}`, `line 1, column 9: a colon must follow the name "code"`},
		{"no value", `{"code": }`, `line 1, column 10: "" is no slot, object, string, number, true, false or null`},
		{"a word", `{"code": code}`, `line 1, column 10: "code" is no slot, object`},
		{"a broken string", `{"code": "x}`, `line 1, column 10: "\"x}" is no slot`},
		{"a broken number", `{"n": 01}`, `line 1, column 7: "01" is no slot`},
		{"an array of two", `{"a": [1, 2]}`, `line 1, column 7: "[1" is no slot`},
		{"a string that is not UTF-8", "{\"a\": \"\xff\"}", `line 1, column 7: "\"\xff\"" is no slot`},
		{"a name that is not UTF-8", "{\"\xff\": 1}", `line 1, column 2: a member's name must stand here`},
		{"two members of one name", `{"a": 1, "a": 2}`, `line 1, column 10: the object has two members "a"`},
		{"two members of one name by an escape", `{"a": 1, "\u0061": 2}`, `line 1, column 10: the object has two members "a"`},
		{"two members of one name in an inner object", "{\"e\": {\n  \"a\": 1,\n  \"a\": $code\n}}", `line 3, column 3: the object has two members "a"`},
		{"two spreads", `{...$fields, ...$fields}`, `line 1, column 14: the object has two ...$fields`},
		{"a spread of something else", `{...$code}`, `line 1, column 5: only ...$fields can be spread`},
		{"a spread of nothing", `{...}`, `line 1, column 5: only ...$fields can be spread`},
		{"a slot without name", `{"a": $}`, `line 1, column 7: a slot's name is of a-z, 0-9 and _`},
		{"a slot in capitals", `{"a": $CODE}`, `line 1, column 7: a slot's name is of a-z, 0-9 and _`},
		{"a param that is not optional", `{"a": $agent_id}`, `line 1, column 7: $agent_id is a param, and an entry may lack it; write $agent_id?`},
		{"a slot that is misspelt", `{"a": $mesage}`, `line 1, column 7: $mesage is a param, and an entry may lack it; write $mesage?; did you mean $message?`},
		{"an optional code", `{"a": $code?}`, `line 1, column 7: $code? is not needed: write $code`},
		{"an optional request ID", `{"a": $request_id?}`, `line 1, column 7: $request_id? is not needed: write $request_id`},
		{"an optional literal", `{"a": 1?}`, `line 1, column 8: a comma or } must stand here`},
		{"the second line", "{\n\t\"code\": $code,\n\t\"x\": y\n}", `line 3, column 7: "y" is no slot`},
		{"too deep", errcatalog.Envelope(strings.Repeat(`{"a": `, 18) + "1" + strings.Repeat("}", 18)), `line 1, column 103: objects nest deeper than 16`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spec := extend()
			spec.Envelope = test.envelope
			_, err := errcatalog.New(spec)
			var fault *errcatalog.Fault
			if !errors.As(err, &fault) || fault.Field != "envelope" || fault.Code != "" {
				t.Fatalf("found %v", err)
			}
			if !strings.HasPrefix(fault.Problem, test.want) {
				t.Errorf("found\n%s, want\n%s", fault.Problem, test.want)
			}
		})
	}
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 10, 15, 30, 0, 5, time.UTC)
	full := errcatalog.Meta{RequestID: "req_1", Time: at}
	limited := []slog.Attr{slog.String("id", "x"), slog.Int("n", 5)}
	params := []Param{
		{Name: "id", Type: errcatalog.String, Public: true},
		{Name: "n", Type: errcatalog.Integer, Public: true},
		{Name: "secret", Type: errcatalog.String},
	}
	for _, test := range []struct {
		name     string
		envelope errcatalog.Envelope
		meta     errcatalog.Meta
		params   []slog.Attr
		want     string
	}{
		{"an empty object", `{}`, full, nil, `{}`},
		{
			"every slot", `{"c": $code, "m": $message, "s": $status, "t": $type, "i": $title, "r": $retryable, "q": $request_id, "d": $docs_url, "w": $timestamp, "f": $fields}`,
			full, limited, `{"c":"p","m":"It is x.","s":404,"t":"kind","i":"It is nothing.","r":true,"q":"req_1","d":"https://docs.test#p","w":"2026-03-10T15:30:00Z","f":{"id":"x","n":5}}`,
		},
		{
			"literals of every kind", `{"a": "x\u0041\/", "b": -1.50e3, "c": true, "d": false, "e": null, "f": {}, "g": []}`, full, nil,
			`{"a":"x\u0041\/","b":-1.50e3,"c":true,"d":false,"e":null,"f":{},"g":[]}`,
		},
		{"white space does not reach the wire", "\r\n\t { \"a\" :\n1 , \"b\":{ } } ", full, nil, `{"a":1,"b":{}}`},
		{"a name that is escaped", `{"a\"b\n": 1}`, full, nil, `{"a\"b\n":1}`},
		{"a name beyond ASCII", `{"größe": 1}`, full, nil, `{"größe":1}`},
		{"the first member is absent", `{"q": $request_id, "c": $code}`, errcatalog.Meta{}, nil, `{"c":"p"}`},
		{"the first two members are absent", `{"q": $request_id, "w": $timestamp, "c": $code, "s": $status}`, errcatalog.Meta{}, nil, `{"c":"p","s":404}`},
		{"the middle one is absent", `{"c": $code, "q": $request_id, "s": $status}`, errcatalog.Meta{}, nil, `{"c":"p","s":404}`},
		{"the last one is absent", `{"c": $code, "q": $request_id}`, errcatalog.Meta{}, nil, `{"c":"p"}`},
		{"all are absent", `{"q": $request_id, "w": $timestamp, "p": $id?, ...$fields}`, errcatalog.Meta{}, nil, `{}`},
		{"the first is absent and the second is not", `{"q": $request_id, "w": $timestamp}`, errcatalog.Meta{Time: at}, nil, `{"w":"2026-03-10T15:30:00Z"}`},
		{"absent ones in an inner object", `{"e": {"q": $request_id, "c": $code}, "x": 1}`, errcatalog.Meta{}, nil, `{"e":{"c":"p"},"x":1}`},
		{"an optional object that is empty", `{"e": {"q": $request_id}?, "c": $code}`, errcatalog.Meta{}, nil, `{"c":"p"}`},
		{"an optional object that is not", `{"e": {"q": $request_id}?, "c": $code}`, full, nil, `{"e":{"q":"req_1"},"c":"p"}`},
		{"an optional object with a literal", `{"e": {"v": 1}?}`, full, nil, `{"e":{"v":1}}`},
		{"an optional object without members", `{"c": $code, "e": {}?}`, full, nil, `{"c":"p"}`},
		{"an optional object in an optional object", `{"a": {"b": {"q": $request_id}?}?, "c": $code}`, errcatalog.Meta{}, nil, `{"c":"p"}`},
		{"an object in an optional object", `{"a": {"b": {"q": $request_id}}?}`, errcatalog.Meta{}, nil, `{"a":{"b":{}}}`},
		{"an object of absent ones that is not optional", `{"e": {"q": $request_id}}`, errcatalog.Meta{}, nil, `{"e":{}}`},
		{"white space before the question mark", `{"e": {"q": $request_id} ?, "p": $id ?}`, errcatalog.Meta{}, nil, `{}`},
		{"fields", `{"f": $fields}`, full, nil, `{"f":{}}`},
		{"optional fields that are none", `{"f": $fields?, "c": $code}`, full, nil, `{"c":"p"}`},
		{"optional fields", `{"f": $fields?, "c": $code}`, full, limited, `{"f":{"id":"x","n":5},"c":"p"}`},
		{"a spread first", `{...$fields, "c": $code}`, full, limited, `{"id":"x","n":5,"c":"p"}`},
		{"a spread first, of nothing", `{...$fields, "c": $code}`, full, nil, `{"c":"p"}`},
		{"a spread between", `{"c": $code, ...$fields, "s": $status}`, full, limited, `{"c":"p","id":"x","n":5,"s":404}`},
		{"a spread last", `{"c": $code, ...$fields}`, full, limited, `{"c":"p","id":"x","n":5}`},
		{"a spread alone", `{...$fields}`, full, limited, `{"id":"x","n":5}`},
		{"a spread in an optional object", `{"e": {...$fields}?}`, full, nil, `{}`},
		{"a spread and fields", `{...$fields, "f": $fields}`, full, limited, `{"id":"x","n":5,"f":{"id":"x","n":5}}`},
		{"a param by its name", `{"param": $id?, "c": $code}`, full, limited, `{"param":"x","c":"p"}`},
		{"a param that the envelope names is not among the fields", `{"param": $id?, ...$fields}`, full, limited, `{"param":"x","n":5}`},
		{"a param of its own name beside the spread", `{"id": $id?, ...$fields}`, full, limited, `{"id":"x","n":5}`},
		{"a private param by its name", `{"secret": $secret?, "c": $code}`, full, []slog.Attr{slog.String("secret", "x")}, `{"c":"p"}`},
		{"a private param among the fields", `{"f": $fields}`, full, []slog.Attr{slog.String("secret", "x")}, `{"f":{}}`},
		{"a param that no entry has", `{"x": $agent?, "c": $code}`, full, nil, `{"c":"p"}`},
		{"a slot twice", `{"a": $code, "b": {"c": $code}}`, full, nil, `{"a":"p","b":{"c":"p"}}`},
		{"a time that can't be shown", `{"w": $timestamp, "c": $code}`, errcatalog.Meta{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, nil, `{"c":"p"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spec := extend(Entry{
				Code: "p", Status: 404, Type: "kind", Params: params, Retry: errcatalog.RetryBackoff,
				Messages: []Message{{Text: "It is {id}."}, {Text: "It is nothing."}},
			})
			spec.Envelope, spec.Docs, spec.Types = test.envelope, "https://docs.test", map[string]string{"4xx": "c", "5xx": "s"}
			w := Writer{Catalog: build(t, spec)}
			if got := string(w.Reply(Code("p").With(test.params...), test.meta).Body); got != test.want {
				t.Errorf("the body is\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestAnOptionalTypeIsLeftOutWhereThereIsNone(t *testing.T) {
	t.Parallel()
	spec := extend(thing())
	spec.Envelope = `{"t": $type?, "c": $code}`
	if got := body(build(t, spec), Code("thing")); got != `{"c":"thing"}` {
		t.Errorf("the body is %s", got)
	}
}

func TestTheDocsURL(t *testing.T) {
	t.Parallel()
	spec := extend(thing())
	spec.Envelope = `{"d": $docs_url}`
	plain := build(t, spec)
	spec.Docs = `https://docs.test/"a"`
	documented := build(t, spec)
	for _, test := range []struct {
		name    string
		catalog *errcatalog.Catalog
		url     string
		want    string
	}{
		{"none", plain, "", `{}`},
		{"the catalogue's", documented, "", `{"d":"https://docs.test/\"a\"#thing"}`},
		{"the writer's", plain, "https://my.test", `{"d":"https://my.test#thing"}`},
		{"the writer's counts more", documented, "https://my.test", `{"d":"https://my.test#thing"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := Writer{Catalog: test.catalog, DocsURL: test.url}
			if got := string(w.Reply(Code("thing"), errcatalog.Meta{}).Body); got != test.want {
				t.Errorf("the body is %s", got)
			}
		})
	}
}

func TestAPrivateParamMayHaveTheNameOfAMember(t *testing.T) {
	t.Parallel()
	spec := withParam(Param{Name: "code", Type: errcatalog.String})
	spec.Envelope = `{"code": $code, ...$fields}`
	if got := body(build(t, spec), Code("thing").With(slog.String("code", "x"))); got != `{"code":"thing"}` {
		t.Errorf("the body is %s", got)
	}
}
