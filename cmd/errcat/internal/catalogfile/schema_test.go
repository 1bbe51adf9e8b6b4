package catalogfile_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

// compiled returns the schema of catalogue files.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(catalogfile.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("catalog.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("catalog.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// instance is YAML as an editor sees it: keys are strings, and so are times.
func instance(t *testing.T, text []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Load(text, &doc); err != nil {
		t.Fatal(err)
	}
	return instanceOf(t, doc.Content[0])
}

func instanceOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = instanceOf(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, instanceOf(t, item))
		}
		return list
	}
	if n.Tag == "!!timestamp" {
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheSchemaTakesGoodFiles(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	files := []string{"../../starter.yaml", "testdata/everything.yaml"}
	for name := range published {
		files = append(files, publishedFile(name))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance(t, text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// inEntry is a catalogue with one entry of those lines.
func inEntry(lines ...string) string {
	return "name: x\nextends: standard\nerrors:\n  a:\n    status: 404\n    " + strings.Join(lines, "\n    ")
}

func TestTheSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := compiled(t)
	said := "messages: [A]"
	for _, row := range []struct{ name, text string }{
		{"a list", "[a]"},
		{"no name", "extends: standard"},
		{"an empty name", `name: ""`},
		{"a number for a name", "name: 1.10"},
		{"an unknown key", "name: x\nextends: standard\ntitle: y"},
		{"an unknown base", "name: x\nextends: standrd"},
		{"a fragment in docs", "name: x\nextends: standard\ndocs: https://example.com/#a"},
		{"a header's name", "name: x\nextends: standard\nheaders: {X Code: y}"},
		{"a header's value", "name: x\nextends: standard\nheaders: {X-Code: 1}"},
		{"an envelope as a mapping", "name: x\nenvelope: {code: $code}"},
		{"a media type", "name: x\nextends: standard\nmedia_type: json"},
		{"a status of types", "name: x\nextends: standard\ntypes: {200: fine}"},
		{"a class of types", "name: x\nextends: standard\ntypes: {4XX: bad}"},
		{"errors as a list", "name: x\nerrors: [a]"},
		{"a code not in snake_case", "name: x\nextends: standard\nerrors: {NotFound: {status: 404, messages: [A]}}"},
		{"no status", "name: x\nextends: standard\nerrors: {a: {messages: [A]}}"},
		{"no messages", "name: x\nextends: standard\nerrors: {a: {status: 404}}"},
		{"a low status", "name: x\nextends: standard\nerrors: {a: {status: 399, messages: [A]}}"},
		{"a high status", "name: x\nextends: standard\nerrors: {a: {status: 600, messages: [A]}}"},
		{"an octal status", "name: x\nextends: standard\nerrors: {a: {status: 0404, messages: [A]}}"},
		{"a status as a string", "name: x\nextends: standard\n" + `errors: {a: {status: "404", messages: [A]}}`},
		{"an unknown key of an error", inEntry(said, "wat: 1")},
		{"an unknown kind", inEntry(said, "covers: [timeot]")},
		{"a kind twice", inEntry(said, "covers: [timeout, timeout]")},
		{"no list of kinds", inEntry(said, "covers: timeout")},
		{"an empty list of messages", inEntry("messages: []")},
		{"an empty message", inEntry(`messages: [""]`)},
		{"a message without text", inEntry("messages: [{name: a}]")},
		{"a message's name", inEntry("messages: [{name: A-b, text: A}]")},
		{"a message's kind", inEntry("messages: [{when: [timeot], text: A}, B]")},
		{"an unknown key of a message", inEntry("messages: [{txt: A, text: A}]")},
		{"a retry rule", inEntry(said, "retry: always")},
		{"an outcome", inEntry(said, "outcome: done")},
		{"a wait without unit", inEntry(said, "wait: 30")},
		{"a wait of days", inEntry(said, "wait: 1d")},
		{"a fix as a string", inEntry(said, "fix: Do it.")},
		{"a param's name", inEntry(said, "params: {Agent-ID: {type: string}}")},
		{"a param's type", inEntry(said, "params: {a: {public: true, type: strng}}")},
		{"a param's form", inEntry(said, "params: {a: {public: true, type: duration, as: secnds}}")},
		{"a param's cap", inEntry(said, "params: {a: {public: true, type: string, max: -1}}")},
		{"a param that is public in words", inEntry(said, `params: {a: {type: string, public: "yes"}}`)},
		{"an unknown key of a param", inEntry(said, "params: {a: {public: true, typ: string}}")},
		{"a label that is no string", inEntry(said, "params: {a: {public: true, type: string, labels: {a: 1}}}")},
		{"a string's example", inEntry(said, "params: {a: {public: true, type: string, example: 1}}")},
		{"an integer's default", inEntry(said, "params: {a: {public: true, type: integer, default: 1.5}}")},
		{"a number's example", inEntry(said, `params: {a: {public: true, type: number, example: "1"}}`)},
		{"a boolean's example", inEntry(said, `params: {a: {public: true, type: boolean, example: "true"}}`)},
		{"a time's example", inEntry(said, "params: {a: {public: true, type: time, example: 2025-01-01}}")},
		{"a duration's default", inEntry(said, "params: {a: {public: true, type: duration, default: 30}}")},
		{"a list's example", inEntry(said, "params: {a: {public: true, type: string_list, example: a}}")},
		{"a list's item", inEntry(said, "params: {a: {public: true, type: string_list, example: [1]}}")},
		{"a violation's key", inEntry(said, "params: {a: {public: true, type: violations, example: [{fild: a}]}}")},
		{"an object's example", inEntry(said, "params: {a: {public: true, type: object, example: [a]}}")},
	} {
		if schema.Validate(instance(t, []byte(row.text))) == nil {
			t.Errorf("the schema takes %s:\n%s", row.name, row.text)
		}
		if f := catalogfile.Parse("catalog.yaml", []byte(row.text)); f.Catalog != nil {
			t.Errorf("the reader takes %s", row.name)
		}
	}
}
