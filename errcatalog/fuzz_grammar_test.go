package errcatalog_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

func FuzzAccept(f *testing.F) {
	for _, seed := range []string{
		"", "*/*", "application/json", "application/problem+json", "application/*;q=0.5, application/problem+json;q=0.6",
		`text/plain;a="x, y\"", application/problem+json;q=0.999`, "application/problem+json;charset=utf-8;q=1;a=b", ",;,;q=,=", `"`, `\`,
	} {
		f.Add(seed, "application/json;q=0.5")
	}
	w := &Writer{}
	gets := func(accept ...string) string {
		return w.Reply(errcatalog.Gone, errcatalog.Meta{Accept: accept}).Header.Get("Content-Type")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		got := gets(a, b)
		if got != problemJSON && got != "application/json" {
			t.Errorf("it is %q", got)
		}
		if other := gets(b, a); other != got {
			t.Errorf("%q, and the other way round %q", got, other)
		}
		if other := gets(a, b, a, "", " , "); other != got {
			t.Errorf("%q, and with the first line again %q", got, other)
		}
		if other := gets(a, b, "application/json"); other != "application/json" {
			t.Errorf("with JSON wanted most it is %q", other)
		}
		if other := gets(a, b, "application/problem+json"); got == problemJSON && other != got {
			t.Errorf("%q, and with problem details wanted more %q", got, other)
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		"plain", "{name}", "{name} and {count}", "{{name}}", "{{{name}}}", "{name:label}", "{wait:words}", "{list:first}", "}", "{", "{}", "{name",
		"\xff{name}\xfe", "\u2028\"\\", "{name}{name}{name}", "{count:label}", "{parts}", "{name:}", " ",
	} {
		f.Add(seed, "x")
		f.Add(seed, "\"\xff{name}\u2028")
	}
	params := []Param{
		{Name: "name", Type: errcatalog.String, Labels: map[string]string{"x": "labelled"}, Max: 20},
		{Name: "count", Type: errcatalog.Number},
		{Name: "wait", Type: errcatalog.Duration},
		{Name: "list", Type: errcatalog.StringList},
		{Name: "parts", Type: errcatalog.Object},
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		for _, messages := range [][]Message{
			{{Text: text}},
			{{Text: text}, {Text: "fallback"}},
			{{When: []Kind{errcatalog.Conflict}, Text: text}, {Text: "fallback"}},
		} {
			spec := alone(`{"message": $message, "title": $title}`, params...)
			spec.Errors[0].Messages = messages
			c, err := errcatalog.New(spec)
			if err != nil {
				continue
			}
			full := errcatalog.Conflict.With(slog.String("name", value), slog.Float64("count", 1.5), slog.Duration("wait", time.Minute), errcatalog.Strings("list", value, "b"))
			for _, err := range []error{errcatalog.Conflict, Code("any"), full, full.With(slog.String("name", "x"))} {
				for _, accept := range []string{"", problemJSON} {
					got := body(c, err, accept)
					if !utf8.ValidString(got) || !json.Valid([]byte(got)) {
						t.Errorf("%q says %q", text, got)
					}
				}
				if e := c.Resolve(err); len(messages) == 1 && strings.ToValidUTF8(strings.NewReplacer("{{", "{", "}}", "}").Replace(text), "\ufffd") != e.Message() {
					t.Errorf("%q without holes says %q", text, e.Message())
				}
			}
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"error": $message}`, `{"error": {"code": $code, "details": $fields?}}`, `{...$fields}`, string(errcatalog.ProblemDetails),
		`{"a": {"b": {"c": $request_id}?}?, "d": $limit?, ...$fields, "e": "x\"", "f": [1], "g": -1e5}`, `{"a": $type?, "b": $timestamp}`,
		`{"a": {"type": $type}, "b": {"type": $retryable}, "c": {"type": $limit?}}`, "{\"\xff\": \"\xfe\"}", `{"\ud800": 1, "\udc00": 2}`,
		`{"a": [[[[[]]]]], "b": {}?, "c": null}`, `{"title": $fields, ...$fields, "x": {...$fields}}`, `{"code": $request_id, "instance": $timestamp, "error_instance": $status}`,
	} {
		f.Add(seed)
	}
	params := []Param{
		{Name: "limit", Public: true},
		{Name: "title", Type: errcatalog.String, Public: true},
		{Name: "error_title", Type: errcatalog.String, Public: true},
		{Name: "parts", Type: errcatalog.Object, Public: true},
	}
	occurrences := []error{
		Code("any"), errcatalog.Conflict,
		Code("any").With(slog.Int("limit", 5), slog.String("title", "\"\xff"), slog.String("error_title", "x"), slog.Group("parts", slog.Int("n", 1))),
	}
	metas := []errcatalog.Meta{{}, {RequestID: "\"r\xff", Time: time.Unix(1, 0)}}
	f.Fuzz(func(t *testing.T, envelope string) {
		spec := alone(errcatalog.Envelope(envelope), params...)
		spec.Errors[0].Type = "kind"
		c, err := errcatalog.New(spec)
		if err != nil {
			return
		}
		for _, docs := range []string{"", "https://docs.test/\""} {
			w := &Writer{Catalog: c, DocsURL: docs}
			for _, err := range occurrences {
				for _, m := range metas {
					for _, accept := range []string{"", problemJSON} {
						m.Accept = []string{accept}
						got := w.Reply(err, m).Body
						if !utf8.Valid(got) || !json.Valid(got) {
							t.Fatalf("it is not valid: %q", got)
						}
						if fault := twice(got); fault != "" {
							t.Errorf("%s in %s", fault, got)
						}
					}
				}
			}
		}
	})
}

// twice says which object of a JSON text has two members of one name.
func twice(text json.RawMessage) string {
	var list []json.RawMessage
	switch text[0] {
	case '{':
		members, fault := object(text)
		if fault != "" {
			return fault
		}
		for _, value := range members {
			list = append(list, value)
		}
	case '[':
		if err := json.Unmarshal(text, &list); err != nil {
			return err.Error()
		}
	}
	if i := slices.IndexFunc(list, func(v json.RawMessage) bool { return twice(v) != "" }); i >= 0 {
		return twice(list[i])
	}
	return ""
}
