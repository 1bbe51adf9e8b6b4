package catalogfile_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/errcatalog"
)

// grammar has, for each struct of a Spec, a file with an unknown key where the struct
// is read, and where the schema describes it.
var grammar = []struct {
	of     any
	schema []string
	text   string
	extra  []string // fields that are keys of a mapping, not of the struct
}{
	{errcatalog.Spec{}, nil, `qqqqqqqqqqqq: 1`, nil},
	{errcatalog.Entry{}, []string{"$defs", "error"}, `errors: {a: {qqqqqqqqqqqq: 1}}`, []string{"code"}},
	{errcatalog.Param{}, []string{"$defs", "param"}, `errors: {a: {params: {p: {qqqqqqqqqqqq: 1}}}}`, []string{"name"}},
	{errcatalog.Message{}, []string{"$defs", "message"}, `errors: {a: {messages: [{qqqqqqqqqqqq: 1}]}}`, nil},
	{errcatalog.Violation{}, []string{"$defs", "violation"}, `errors: {a: {params: {violations: {example: [{qqqqqqqqqqqq: 1}]}}}}`, nil},
}

var listed = regexp.MustCompile(`the keys are (.*)`)

func TestTheGrammarIsThatOfSpecNoMoreAndNoLess(t *testing.T) {
	t.Parallel()
	for _, g := range grammar {
		typ := reflect.TypeOf(g.of)
		t.Run(typ.Name(), func(t *testing.T) {
			t.Parallel()
			var want []string
			for i := range typ.NumField() {
				want = append(want, snake(typ.Field(i).Name))
			}
			want = slices.DeleteFunc(want, func(s string) bool { return slices.Contains(g.extra, s) })
			slices.Sort(want)
			if got := keysRead(t, g.text); !slices.Equal(got, want) {
				t.Errorf("the reader takes %s\nthe struct has %s", got, want)
			}
			if got := keysOfSchema(t, g.schema); !slices.Equal(got, want) {
				t.Errorf("the schema has %s\nthe struct has %s", got, want)
			}
		})
	}
}

// keysRead returns the keys that the fault for an unknown one lists.
func keysRead(t *testing.T, text string) []string {
	t.Helper()
	for _, fault := range catalogfile.Parse("catalog.yaml", []byte(text)).Faults {
		if m := listed.FindStringSubmatch(fault.Problem); m != nil {
			return strings.Split(m[1], ", ")
		}
	}
	t.Fatalf("%s has no fault that lists the keys", text)
	return nil
}

func keysOfSchema(t *testing.T, path []string) []string {
	t.Helper()
	properties := inSchema(t, append(path, "properties")...).(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// inSchema returns a part of the schema.
func inSchema(t *testing.T, path ...string) any {
	t.Helper()
	var part any
	if err := json.Unmarshal(catalogfile.Schema, &part); err != nil {
		t.Fatal(err)
	}
	for _, key := range path {
		part = part.(map[string]any)[key]
	}
	return part
}

// snake is the key of a Go name: MediaType is media_type.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// everything has each field and each type of value.
var everything = errcatalog.Spec{
	Name:      "everything",
	Doc:       "Every key, and every type of value.",
	Extends:   errcatalog.Standard,
	Docs:      "https://example.com/errors",
	Headers:   map[string]string{"X-Code": "$code", "X-Fixed": "`quoted`"},
	Envelope:  "{\"code\": $code, \"message\": $message,\n  ...$fields}\n",
	MediaType: "application/vnd.example+json",
	Types:     map[string]string{"4xx": "client", "404": "lookup"},
	Challenge: `Bearer realm="example"`,
	Errors: []errcatalog.Entry{
		{
			Code:   "all_types",
			Covers: []errcatalog.Kind{errcatalog.NotFound, errcatalog.Gone},
			Status: 404,
			Type:   "lookup",
			Params: []errcatalog.Param{
				{
					Name: "text", From: "source", Type: errcatalog.String, As: errcatalog.Label, Public: true, Optional: true,
					Max: 20, Labels: map[string]string{"1": "one", "on": "on it"}, Default: slog.StringValue("1"),
					Example: slog.StringValue("a \"b\" `c` \\ \n d ü \u202e"), Doc: "A text.",
				},
				{Name: "count", Type: errcatalog.Integer, Public: true, Example: slog.Int64Value(-9223372036854775808)},
				{Name: "share", Type: errcatalog.Number, Public: true, Default: slog.Float64Value(0), Example: slog.Float64Value(-1.5e-9)},
				{Name: "whole", Type: errcatalog.Number, Public: true, Example: slog.Float64Value(3)},
				{Name: "sure", Type: errcatalog.Boolean, Public: true, Default: slog.BoolValue(false), Example: slog.BoolValue(true)},
				{
					Name: "until", Type: errcatalog.Time, As: errcatalog.Unix, Public: true,
					Default: slog.TimeValue(time.Date(2025, 12, 21, 8, 0, 0, 500e6, time.UTC)),
					Example: slog.TimeValue(time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC)),
				},
				{
					Name: "pause", Type: errcatalog.Duration, As: errcatalog.Words, Public: true,
					Default: slog.DurationValue(90 * time.Minute), Example: slog.DurationValue(1500 * time.Nanosecond),
				},
				{Name: "names", Type: errcatalog.StringList, As: errcatalog.First, Public: true, Default: errcatalog.Strings("").Value, Example: errcatalog.Strings("", "a", "b").Value},
				{
					Name: "faults", Type: errcatalog.Violations, Public: true, Default: errcatalog.Invalid("").Value,
					Example: errcatalog.Invalid("", errcatalog.Violation{Field: "/a", Reason: "is absent", Path: []string{"a", "b"}}, errcatalog.Violation{Field: "c"}).Value,
				},
				{
					Name: "details", Type: errcatalog.Object, Public: true, Default: slog.GroupValue(),
					Example: slog.GroupValue(
						slog.String("s", "x"), slog.Int("i", 1), slog.Float64("f", 1.5), slog.Bool("b", true),
						slog.Time("t", time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC)),
						errcatalog.Strings("l", "x"), slog.Group("o", slog.String("p", "q")),
					),
				},
				{Name: "raw", Type: errcatalog.JSON, Public: true, Default: errcatalog.RawJSON("", []byte("1.10")).Value, Example: errcatalog.RawJSON("", []byte(`{"a": [1, "b"]}`)).Value},
				{Name: "limit", Public: true, Example: slog.Int64Value(60)},
				{Name: "request", From: "$request_id", Public: true},
			},
			Messages: []errcatalog.Message{
				{Name: "late", When: []errcatalog.Kind{errcatalog.Gone, errcatalog.RouteNotFound}, Text: "{{{count}}} is gone since {until:rfc3339}: {pause:unit}"},
				{Text: "{text} is not there"},
				{Text: "It is not there"},
			},
			Challenge: "Basic",
			Retry:     errcatalog.RetryAfter,
			Wait:      1500 * time.Millisecond,
			Outcome:   errcatalog.OutcomeNotProcessed,
			Cause:     "It was never there.\nOr it was.",
			Fix:       []string{"Look elsewhere.", "Look \"again\"."},
		},
		{
			Code: "least", Status: 500, Messages: []errcatalog.Message{{Text: "It failed"}},
			Retry: errcatalog.RetryBackoff, Outcome: errcatalog.OutcomeProcessed,
		},
		{
			Code: "defaults", Status: 501, Messages: []errcatalog.Message{{Text: "It can't"}},
			Retry: errcatalog.RetryNever, Outcome: errcatalog.OutcomeUnknown,
		},
	},
}

func TestAFileOfEverythingIsTheLiteral(t *testing.T) {
	t.Parallel()
	got, want := read(t, "testdata/everything.yaml").Spec, everything
	if len(got.Errors) != len(want.Errors) {
		t.Fatalf("got %d entries, want %d", len(got.Errors), len(want.Errors))
	}
	for i := range want.Errors {
		if g, w := plainEntry(got.Errors[i]), plainEntry(want.Errors[i]); !reflect.DeepEqual(g, w) {
			t.Errorf(" got %+v\nwant %+v", g, w)
		}
	}
	got.Errors, want.Errors = nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf(" got %+v\nwant %+v", got, want)
	}
}

// TestAFileOfEverythingHasEveryField keeps the test above honest.
func TestAFileOfEverythingHasEveryField(t *testing.T) {
	t.Parallel()
	spec := read(t, "testdata/everything.yaml").Spec
	e := spec.Errors[0]
	violations := e.Params[8].Example.Any().([]errcatalog.Violation)
	for _, v := range []any{spec, e, e.Params[0], e.Messages[0], violations[0]} {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			if value.Field(i).IsZero() {
				t.Errorf("%T.%s is zero", v, value.Type().Field(i).Name)
			}
		}
	}
	types := map[errcatalog.ParamType]bool{}
	for _, p := range e.Params {
		types[p.Type] = true
	}
	for _, typ := range inSchema(t, "$defs", "param", "properties", "type", "enum").([]any) {
		if !types[errcatalog.ParamType(typ.(string))] {
			t.Errorf("no param is of type %s", typ)
		}
	}
}

// constantsOf returns the values of errcatalog's constants of a type, by its source.
func constantsOf(t *testing.T, typ string) []string {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^\t\w+\s+` + typ + `\s+= "(\w+)"`)
	files, err := os.ReadDir("../../../../errcatalog")
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, file := range files {
		if strings.HasSuffix(file.Name(), "_test.go") || !strings.HasSuffix(file.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile("../../../../errcatalog/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			values = append(values, m[1])
		}
	}
	if len(values) == 0 {
		t.Fatalf("errcatalog has no constants of type %s", typ)
	}
	return values
}

func TestTheSchemaListsErrcatalogsConstants(t *testing.T) {
	t.Parallel()
	var kinds []string
	for _, k := range errcatalog.Kinds() {
		kinds = append(kinds, string(k))
	}
	for _, row := range []struct {
		name string
		path []string
		want []string
	}{
		{"kinds", []string{"$defs", "kind", "enum"}, kinds},
		{"types", []string{"$defs", "param", "properties", "type", "enum"}, constantsOf(t, "ParamType")},
		{"forms", []string{"$defs", "param", "properties", "as", "enum"}, constantsOf(t, "Form")},
		{"retry rules", []string{"$defs", "error", "properties", "retry", "enum"}, constantsOf(t, "Retry")},
		{"outcomes", []string{"$defs", "error", "properties", "outcome", "enum"}, constantsOf(t, "Outcome")},
	} {
		var got []string
		for _, v := range inSchema(t, row.path...).([]any) {
			got = append(got, v.(string))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: the schema has %s\nerrcatalog has %s", row.name, got, row.want)
		}
	}
}
