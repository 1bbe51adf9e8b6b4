package errcatalog_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// conform says where a decoded value is not as its schema has it, for the keywords
// that Schema writes.
func conform(schema map[string]any, v any, at string) string {
	if want, ok := schema["const"]; ok && !reflect.DeepEqual(v, want) {
		return fmt.Sprintf("%s is %v, not %v", at, v, want)
	}
	if list, ok := schema["enum"].([]any); ok && !slices.Contains(list, v) {
		return fmt.Sprintf("%s is %v, none of %v", at, v, list)
	}
	bound := func(name string, otherwise float64) float64 {
		if n, ok := schema[name].(float64); ok {
			return n
		}
		return otherwise
	}
	typ, _ := schema["type"].(string)
	fits := typ == ""
	switch v := v.(type) {
	case string:
		n := float64(utf8.RuneCountInString(v))
		fits = fits || typ == "string" && n >= bound("minLength", 0) && n <= bound("maxLength", math.Inf(1))
	case float64:
		fits = fits || (typ == "number" || typ == "integer" && v == math.Trunc(v)) && v >= bound("minimum", math.Inf(-1))
	case bool:
		fits = fits || typ == "boolean"
	case []any:
		fits = fits || typ == "array" && float64(len(v)) <= bound("maxItems", math.Inf(1))
		items, _ := schema["items"].(map[string]any)
		for i, item := range v {
			if fault := conform(items, item, fmt.Sprint(at, "/", i)); fault != "" {
				return fault
			}
		}
	case map[string]any:
		fits = fits || typ == "object" && float64(len(v)) <= bound("maxProperties", math.Inf(1))
		if fault := conformObject(schema, v, at); fault != "" {
			return fault
		}
	}
	if !fits {
		return fmt.Sprintf("%s is %v, which is not as %v", at, v, schema)
	}
	return ""
}

func conformObject(schema, v map[string]any, at string) string {
	properties, _ := schema["properties"].(map[string]any)
	for name, value := range v {
		p, ok := properties[name].(map[string]any)
		if !ok && schema["additionalProperties"] == false {
			return at + "/" + name + " is not foreseen"
		}
		if fault := conform(p, value, at+"/"+name); fault != "" {
			return fault
		}
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			return at + "/" + name.(string) + " is missing"
		}
	}
	return ""
}

// schemas has those that were read before.
var schemas sync.Map

type schemaKey struct {
	c     *errcatalog.Catalog
	code  Code
	media string
}

// schemaOf returns the schema of a code's replies, nil if there is none.
func schemaOf(key schemaKey) map[string]any {
	if known, ok := schemas.Load(key); ok {
		return known.(map[string]any)
	}
	var schema map[string]any
	_ = json.Unmarshal(key.c.Schema(key.code, key.media), &schema)
	schemas.Store(key, schema)
	return schema
}

// schemaFault says where a reply is not as the schema of its code has it.
func schemaFault(c *errcatalog.Catalog, reply errcatalog.Reply) string {
	schema := schemaOf(schemaKey{c, Code(reply.Header.Get("X-Error-Code")), reply.Header.Get("Content-Type")})
	if schema == nil {
		return "there is no schema"
	}
	var v any
	if err := json.Unmarshal(reply.Body, &v); err != nil {
		return err.Error()
	}
	return conform(schema, v, "")
}

func TestEveryReplyIsAsItsSchemaHasIt(t *testing.T) {
	t.Parallel()
	everything := build(t, func() Spec {
		spec := extend(fuzzEntry)
		spec.Envelope = `{"code": $code, "literal": [true], "type": $type?, "pin": $pinned?, "again": {"r": $retryable, "t": $title, "s": $status}, "f": $fields?}`
		return spec
	}())
	for name, c := range map[string]*errcatalog.Catalog{
		"standard": errcatalog.Standard, "so1": so1.Catalog, "agenthuman": agenthuman.Catalog, "onecli": onecli.Catalog, "faos": faos.Catalog, "everything": everything,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &Writer{Catalog: c}
			for _, e := range c.Errors() {
				full := e.Code.With()
				for _, p := range e.Params {
					for _, sample := range samples {
						if sample.typ == p.Type {
							full = full.With(slog.Attr{Key: p.From, Value: sample.value})
						}
					}
				}
				for _, err := range []error{e.Code, full} {
					for _, accept := range []string{"", problemJSON} {
						reply := w.Reply(err, errcatalog.Meta{RequestID: "r1", Time: time.Unix(1, 0), Accept: []string{accept}})
						if fault := schemaFault(c, reply); fault != "" {
							t.Errorf("%s: %s in %s", e.Code, fault, reply.Body)
						}
					}
				}
			}
		})
	}
}

func TestASchemaIsOfACodeAndAMediaTypeThatThereAre(t *testing.T) {
	t.Parallel()
	own := extend(thing())
	own.MediaType = "application/vnd.shop+json"
	c := build(t, own)
	for _, test := range []struct {
		name  string
		c     *errcatalog.Catalog
		code  Code
		media string
		want  bool
	}{
		{"the catalogue's own", c, "thing", "application/vnd.shop+json", true},
		{"an inherited code", c, "gone", "application/vnd.shop+json", true},
		{"no code", c, "nothing", "application/vnd.shop+json", false},
		{"JSON, which is not its own", c, "thing", "application/json", false},
		{"problem details, which it does not negotiate", c, "thing", problemJSON, false},
		{"problem details", errcatalog.Standard, "gone", problemJSON, true},
		{"JSON", errcatalog.Standard, "gone", "application/json", true},
		{"another type", errcatalog.Standard, "gone", "text/html", false},
	} {
		if got := test.c.Schema(test.code, test.media); (got != nil) != test.want {
			t.Errorf("%s: it is %s", test.name, got)
		}
	}
}

func TestStandardTypes(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]errcatalog.ParamType{
		"limit": errcatalog.Integer, "reset": errcatalog.Time, "retry_after": errcatalog.Duration, "violations": errcatalog.Violations,
		"$request_id": errcatalog.String, "$retryable": errcatalog.Boolean, "$timestamp": errcatalog.Time, "$code": "", "agent_id": "", "": "",
	} {
		if got := errcatalog.StandardType(source); got != want {
			t.Errorf("%s is of type %q, want %q", source, got, want)
		}
	}
}
