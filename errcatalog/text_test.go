package errcatalog_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

// nasty are strings that try to be more than text.
var nasty = map[string]string{
	"quotes":             `a"b\"c`,
	"a backslash last":   `a\`,
	"another member":     `","code":"forged`,
	"an end of the body": `"}}`,
	"line breaks":        "a\r\n\tb",
	"control characters": "\x00\x01\x08\x0c\x1f\x7f",
	"line separators":    "a\u2028b\u2029c",
	"invalid UTF-8":      "a\xffb\xc3\x28\xe2\x82",
	"half a surrogate":   "\xed\xa0\x80",
	"beyond the plane":   "😀\U0010ffff",
	"the replacement":    "a\ufffdb",
	"a right to left":    "\u202eabc",
	"markup":             "<script>&amp;</script>",
	"a hole":             "{p} {secret} {{p}} $code",
	"a verb":             "%s%n%!d(MISSING)",
	"a byte order mark":  "\ufeffa",
}

// clean is s as a JSON string can hold it: each invalid byte replaced.
func clean(s string) string { return string([]rune(s)) }

func TestNastyStringsStayText(t *testing.T) {
	t.Parallel()
	for name, s := range nasty {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, test := range map[string]struct {
				p    Param
				attr slog.Attr
				read func(any) any
			}{
				"a string": {Param{Type: errcatalog.String}, slog.String("p", s), func(v any) any { return v }},
				"a label": {
					Param{Type: errcatalog.String, As: errcatalog.Label, Labels: map[string]string{"x": s}},
					slog.String("p", "x"),
					func(v any) any { return v },
				},
				"in a list":    {Param{Type: errcatalog.StringList}, errcatalog.Strings("p", s), first},
				"first":        {Param{Type: errcatalog.StringList, As: errcatalog.First}, errcatalog.Strings("p", s), func(v any) any { return v }},
				"a field":      {Param{Type: errcatalog.Violations}, errcatalog.Invalid("p", errcatalog.Violation{Field: s}), func(v any) any { return member(first(v), "field") }},
				"a reason":     {Param{Type: errcatalog.Violations}, errcatalog.Invalid("p", errcatalog.Violation{Reason: s}), func(v any) any { return member(first(v), "reason") }},
				"in a path":    {Param{Type: errcatalog.Violations}, errcatalog.Invalid("p", errcatalog.Violation{Path: []string{s}}), func(v any) any { return first(member(first(v), "path")) }},
				"in an object": {Param{Type: errcatalog.Object}, slog.Group("p", slog.String("x", s)), func(v any) any { return member(v, "x") }},
				"the default":  {Param{Type: errcatalog.String, Default: slog.StringValue(s)}, slog.Attr{}, func(v any) any { return v }},
			} {
				for _, accept := range []string{"", problemJSON} {
					text := body(paramCatalog(t, test.p), Code("p").With(test.attr), accept)
					if !utf8.ValidString(text) || !json.Valid([]byte(text)) || strings.ContainsAny(text, "\u2028\u2029") {
						t.Errorf("%s: the body is %q", what, text)
						continue
					}
					got := decode(t, []byte(text))
					if test.read(got["p"]) != any(clean(s)) {
						t.Errorf("%s: the member is %q, want %q", what, got["p"], clean(s))
					}
					if message := first2(got["message"], got["detail"]); strings.Contains(text, "It is "+clean(s)) && message != "It is "+clean(s)+"." {
						t.Errorf("%s: the message is %q", what, message)
					}
					if _, forged := got["code"]; forged && accept == "" {
						t.Errorf("%s: the body has a code: %s", what, text)
					}
				}
			}
		})
	}
}

func first(v any) any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		return list[0]
	}
	return nil
}

func member(v any, name string) any {
	m, _ := v.(map[string]any)
	return m[name]
}

// first2 returns a, or b if a is nil.
func first2(a, b any) any {
	if a == nil {
		return b
	}
	return a
}

func TestNastyStringsInAMessage(t *testing.T) {
	t.Parallel()
	c := paramCatalog(t, Param{Type: errcatalog.String})
	for name, s := range nasty {
		got := decode(t, []byte(body(c, Code("p").With(slog.String("p", s)))))
		if want := "It is " + clean(s) + "."; got["message"] != want {
			t.Errorf("%s: the message is %q, want %q", name, got["message"], want)
		}
	}
}

func TestNastyTextsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for name, s := range nasty {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.NewReplacer("{", "{{", "}", "}}").Replace(s)
			spec := extend(Entry{
				Code: "p", Status: 400, Type: s, Params: []Param{{Name: "p", Type: errcatalog.Integer}},
				Messages: []Message{{Text: text + "{p}"}, {Text: "x" + text}},
			})
			spec.Envelope = `{"message": $message, "type": $type?, "title": $title, "docs": $docs_url}`
			w := Writer{Catalog: build(t, spec), DocsURL: s}
			for err, want := range map[error]string{Code("p"): "x" + s, Code("p").With(slog.Int("p", 1)): s + "1"} {
				reply := w.Reply(err, errcatalog.Meta{}).Body
				got := decode(t, reply)
				if valid := strings.ToValidUTF8(want, "\ufffd"); !utf8.Valid(reply) || strings.ToValidUTF8(got["message"].(string), "\ufffd") != valid {
					t.Errorf("the message is %q, want %q", got["message"], valid)
				}
				if got["type"] != clean(s) || got["docs"] != clean(s)+"#p" {
					t.Errorf("the type is %q, the docs are %q", got["type"], got["docs"])
				}
			}
		})
	}
}

func TestNastyRequestIDs(t *testing.T) {
	t.Parallel()
	for name, s := range nasty {
		for _, accept := range []string{"", problemJSON} {
			w := Writer{}
			reply := w.Reply(errcatalog.Gone, errcatalog.Meta{RequestID: s, Accept: []string{accept}})
			got := decode(t, reply.Body)
			id := got["request_id"]
			if accept == "" {
				id = member(got["error"], "request_id")
			}
			if id != clean(s) {
				t.Errorf("%s: the request ID is %q", name, id)
			}
		}
	}
}

func TestARequestIDThatCanStandInNoHeaderIsLeftOut(t *testing.T) {
	t.Parallel()
	spec := extend()
	spec.Headers = map[string]string{"X-Id": "$request_id"}
	w := Writer{Catalog: build(t, spec)}
	for id, want := range map[string]string{"abc": "abc", "": "", "a\r\nSet-Cookie: x": "", "a\x00": "", " a": ""} {
		values, ok := w.Reply(errcatalog.Gone, errcatalog.Meta{RequestID: id}).Header["X-Id"]
		if got := strings.Join(values, "|"); got != want || ok != (want != "") {
			t.Errorf("%q gives %q", id, values)
		}
	}
}
