package decode_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

// tell writes a decoder's error in short: the kind, then each violation.
func tell(err error) string {
	if err == nil {
		return ""
	}
	var e *errcatalog.Error
	if !errors.As(err, &e) {
		return "plain: " + err.Error()
	}
	var told strings.Builder
	told.WriteString(string(e.Kind()))
	for _, p := range e.Params() {
		if list, ok := p.Value.Any().([]errcatalog.Violation); ok {
			for _, v := range list {
				fmt.Fprintf(&told, "; %s %s", v.Field, v.Reason)
			}
		}
	}
	return told.String()
}

// param returns the value of an error's param, "" if it has none.
func param(err error, name string) string {
	var e *errcatalog.Error
	if errors.As(err, &e) {
		if i := slices.IndexFunc(e.Params(), func(a slog.Attr) bool { return a.Key == name }); i >= 0 {
			return e.Params()[i].Value.String()
		}
	}
	return ""
}

func unmarshal[T any](body string) (T, error) {
	var v T
	err := new(decode.Decoder).Unmarshal([]byte(body), &v)
	return v, err
}

// A call has a field of each sort.
type call struct {
	Name    string         `json:"name" decode:"required"`
	Count   int8           `json:"count"`
	Size    uint16         `json:"size"`
	Ratio   float32        `json:"ratio"`
	On      bool           `json:"on"`
	Data    []byte         `json:"data"`
	Tags    []string       `json:"tags"`
	Pair    [2]int         `json:"pair"`
	Limits  map[string]int `json:"limits"`
	Days    map[int]bool   `json:"days"`
	Extra   any            `json:"extra"`
	At      moment         `json:"at"`
	Level   level          `json:"level"`
	Box     int            `json:"box,string"`
	Next    *call          `json:"next"`
	Ignored string         `json:"-"`
	hidden  string
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	_ = call{hidden: ""}
	tests := []struct{ name, body, want string }{
		{"nothing", `{"name":"x"}`, ""},
		{"one field is absent", `{}`, "field_missing; /name is required"},
		{"null is as good as absent", `{"name":null}`, "field_missing; /name is required"},
		{"null is nothing", `{"name":"x","count":null,"tags":null,"next":null,"on":null,"at":null,"level":null,"box":null}`, ""},
		{"absent, and more", `{"count":"1"}`, "fields_missing; /name is required; /count must be an integer"},
		{"several absent", `{"next":{"next":{}}}`, "fields_missing; /name is required; /next/name is required; /next/next/name is required"},

		{"a string", `{"name":7}`, "validation_failed; /name must be a string"},
		{"an integer with a fraction", `{"name":"x","count":1.0}`, "validation_failed; /count must be an integer"},
		{"an integer with an exponent", `{"name":"x","count":1e1}`, "validation_failed; /count must be an integer"},
		{"an integer too large", `{"name":"x","count":128}`, "validation_failed; /count must be an integer from -128 to 127"},
		{"an integer too small", `{"name":"x","count":-129}`, "validation_failed; /count must be an integer from -128 to 127"},
		{"an integer too large, with an exponent", `{"name":"x","count":1e30}`, "validation_failed; /count must be an integer from -128 to 127"},
		{"an integer too large for a float", `{"name":"x","count":-1e999}`, "validation_failed; /count must be an integer from -128 to 127"},
		{"a size too large, with an exponent", `{"name":"x","size":6.5536e4}`, "validation_failed; /size must be an integer from 0 to 65535"},
		{"a size with a fraction", `{"name":"x","size":1.5}`, "validation_failed; /size must be an integer"},
		{"a size below zero", `{"name":"x","size":-1}`, "validation_failed; /size must be an integer from 0 to 65535"},
		{"a number", `{"name":"x","ratio":true}`, "validation_failed; /ratio must be a number"},
		{"a number too large", `{"name":"x","ratio":1e40}`, "validation_failed; /ratio must be a number closer to zero"},
		{"false", `{"name":"x","on":false}`, ""},
		{"a boolean", `{"name":"x","on":"true"}`, "validation_failed; /on must be true or false"},
		{"base64", `{"name":"x","data":"*"}`, "validation_failed; /data must be a string in base64"},
		{"an array", `{"name":"x","tags":{}}`, "validation_failed; /tags must be an array"},
		{"an item", `{"name":"x","tags":["a",1,null]}`, "validation_failed; /tags/1 must be a string; /tags/2 must be a string"},
		{"too few items", `{"name":"x","pair":[1]}`, "validation_failed; /pair must have exactly 2 items"},
		{"too many items", `{"name":"x","pair":[1,2,3]}`, "validation_failed; /pair must have exactly 2 items"},
		{"an object", `{"name":"x","next":[]}`, "validation_failed; /next must be an object"},
		{"a map", `{"name":"x","limits":1}`, "validation_failed; /limits must be an object"},
		{"a map's item", `{"name":"x","limits":{"a":1,"b":null,"c":{}}}`, "validation_failed; /limits/b must be an integer; /limits/c must be an integer"},
		{"a map's key", `{"name":"x","days":{"1":true,"one":true}}`, "validation_failed; /days/one has a name that is not in the form that is wanted"},
		{"a number in any", `{"name":"x","extra":[1e999]}`, "validation_failed; /extra/0 must be a number closer to zero"},
		{"a time", `{"name":"x","at":"yesterday"}`, "validation_failed; /at is not in the form that is wanted"},
		{"a text", `{"name":"x","level":"x"}`, "validation_failed; /level is not in the form that is wanted"},
		{"a text that is none", `{"name":"x","level":{}}`, "validation_failed; /level must be a string"},
		{"a value in a string", `{"name":"x","box":7}`, "validation_failed; /box must be a string with the value inside"},

		{"unknown", `{"name":"x","foo":{"bar":1}}`, "validation_failed; /foo is not known"},
		{"in another case", `{"Name":"x"}`, "fields_missing; /name is required; /Name is not known"},
		{"not a member of JSON", `{"name":"x","hidden":"","Ignored":""}`, "validation_failed; /hidden is not known; /Ignored is not known"},
		{"twice", `{"name":"x","name":"y"}`, "validation_failed; /name must not be given twice"},
		{"twice, with an escape", `{"name":"x","\u006eame":"y"}`, "validation_failed; /name must not be given twice"},
		{"twice in a map", `{"name":"x","limits":{"a":1,"a":2}}`, "validation_failed; /limits/a must not be given twice"},
		{"twice in a large map", `{"name":"x","days":{"1":true,"2":true,"3":true,"4":true,"5":true,"6":true,"7":true,"8":true,"9":true,"10":true,"2":false,"10":true}}`, "validation_failed; /days/2 must not be given twice; /days/10 must not be given twice"},
		{"twice in any", `{"name":"x","extra":[{"a":1,"a":2}]}`, "validation_failed; /extra/0/a must not be given twice"},
		{"twice in what decodes itself", `{"name":"x","at":{"a":[{"b":1,"b":1}]}}`, "validation_failed; /at/a/0/b must not be given twice; /at is not in the form that is wanted"},

		{"not an object", `[]`, "validation_failed;  must be an object"},
		{"null", `null`, "validation_failed;  must be an object"},
		{
			"everything", `{"count":"x","tags":[1],"nope":0,"next":{"name":7,"limits":{"a/b~c":""}}}`,
			"fields_missing; /name is required; /count must be an integer; /tags/0 must be a string; /nope is not known; " +
				"/next/name must be a string; /next/limits/a~1b~0c must be an integer",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := unmarshal[call](tt.body); tell(err) != tt.want {
				t.Errorf("got  %s\nwant %s", tell(err), tt.want)
			}
		})
	}
}

// A moment decodes itself from JSON, a level from text.
type (
	moment struct{ text string }
	level  int
)

func (m *moment) UnmarshalJSON(b []byte) error {
	if m.text = string(b); strings.HasPrefix(m.text, "{") || strings.Contains(m.text, "yesterday") {
		return errors.New("secret: " + m.text)
	}
	return nil
}

func (l *level) UnmarshalText(b []byte) error {
	if len(b) != 2 {
		return errors.New("secret: " + string(b))
	}
	*l = level(b[1] - '0')
	return nil
}

func TestParamsNameTheFirstAbsentFieldAndAllThatAreRequired(t *testing.T) {
	t.Parallel()
	type inner struct {
		A string `json:"a" decode:"required"`
		B string `json:"b" decode:"required"`
	}
	type outer struct {
		Kind  string  `json:"kind" decode:"required"`
		Name  string  `json:"name" decode:"required"`
		Inner *inner  `json:"inner"`
		List  []inner `json:"list"`
		Odd   string  `json:"odd/name"`
	}
	tests := []struct{ name, body, field, requirement, required string }{
		{"the only one", `{"name":"x"}`, "kind", "required", "[kind name]"},
		{"the first in order", `{}`, "kind", "required", "[kind name]"},
		{"before what else is wrong", `{"odd/name":1,"kind":"x"}`, "name", "required", "[kind name]"},
		{"the outer before the inner", `{"inner":{},"kind":"x"}`, "name", "required", "[kind name]"},
		{"an inner one", `{"inner":{"a":"x"},"kind":"x","name":"x"}`, "/inner/b", "required", "[/inner/a /inner/b]"},
		{"one in a list", `{"list":[{"a":"x","b":"x"},{"b":"x"}],"kind":"x","name":"x"}`, "/list/1/a", "required", "[/list/1/a /list/1/b]"},
		{"none", `{"kind":1,"name":2}`, "kind", "must be a string", ""},
		{"a name that needs escapes", `{"kind":"x","name":"x","odd/name":1}`, "/odd~1name", "must be a string", ""},
		{"the whole", `7`, "", "must be an object", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := unmarshal[outer](tt.body)
			got := [3]string{param(err, "field"), param(err, "requirement"), param(err, "required_fields")}
			if want := [3]string{tt.field, tt.requirement, tt.required}; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestTheListOfViolationsIsBounded(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"unknown":    `{"name":"x"` + many(`,"u%d":1`) + `}`,
		"wrong":      `{"name":"x","tags":[0` + many(`,%d`) + `]}`,
		"absent":     `{"tags":[0` + many(`,%d`) + `]}`,
		"validation": `{"name":"x","tags":[],"next":{"tags":[0` + many(`,%d`) + `]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := decode.Decoder{Validate: func(any) []errcatalog.Violation {
				return []errcatalog.Violation{{Field: "/tags", Reason: "must not be empty"}}
			}}
			err := d.Unmarshal([]byte(body), new(call))
			if n := strings.Count(tell(err), "; "); n != 100 {
				t.Errorf("there are %d violations, want 100", n)
			}
			if name == "absent" && !errors.Is(err, errcatalog.FieldsMissing) {
				t.Errorf("it is %v, want FieldsMissing", err)
			}
		})
	}
}

// many repeats a format with 1 to 300.
func many(format string) string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

func TestNamesOfTheClientsAreTamed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, member, want string }{
		{"slashes and tildes", "a/b~c", "/a~1b~0c"},
		{"a long one", strings.Repeat("ü", 1000), "/" + strings.Repeat("ü", 64) + "…"},
		{"64 characters", strings.Repeat("ü", 64), "/" + strings.Repeat("ü", 64)},
		{"what does not print", `a\u202eb\nc`, "/a\uFFFDb\uFFFDc"},
		{"an empty one", "", "/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := unmarshal[struct{}](`{"` + tt.member + `":1}`)
			if want := "validation_failed; " + tt.want + " is not known"; tell(err) != want {
				t.Errorf("got %q, want %q", tell(err), want)
			}
		})
	}
}

func TestNoValueOfTheBodyIsInAnError(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, body := range []string{
		`{"name":{"x":"hunter2"}}`, `{"name":"x","count":"hunter2"}`, `{"name":"x","at":"yesterday hunter2"}`,
		`{"name":"x","level":"hunter2"}`, `{"name":"x","data":"hunter2*"}`, `{"name":"x","box":"hunter2"}`, `{"name":"hunter2"`,
		`{"name":hunter2}`, `"hunter2"`, `["hunter2"]`, `{"name":"x","name":"hunter2"}`, `{"name":"x","nope":"hunter2"}`,
	} {
		_, err := unmarshal[call](body)
		var e *errcatalog.Error
		if !errors.As(err, &e) {
			t.Errorf("%s gives %v, want a contract error", body, err)
			continue
		}
		if told := fmt.Sprint(err, e.Params(), e.Unwrap()); strings.Contains(told, secret) {
			t.Errorf("%s gives %s", body, told)
		}
	}
}
