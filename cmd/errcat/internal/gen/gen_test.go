package gen_test

import (
	"bytes"
	"fmt"
	"go/format"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
	"github.com/contrite-go/contrite/errcatalog"
)

var published = []string{"so1", "agenthuman", "onecli", "faos"}

// read returns a published catalogue's file.
func read(t testing.TB, name string) *catalogfile.File {
	t.Helper()
	return good(t, "../../../../errcatalog/"+name+"/catalog.yaml")
}

// good returns a file that must be without errors.
func good(t testing.TB, path string) *catalogfile.File {
	t.Helper()
	f, err := catalogfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Catalog == nil {
		t.Fatalf("%s has errors: %v", path, f.Faults)
	}
	return f
}

func TestThePublishedGoIsWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, name := range published {
		want, err := os.ReadFile("../../../../errcatalog/" + name + "/catalog_gen.go")
		if err != nil {
			t.Fatal(err)
		}
		if got := gen.Source(&read(t, name).Spec, gen.Options{Package: name, Source: "catalog.yaml"}); !bytes.Equal(got, want) {
			t.Errorf("%s: the committed Go is not up to date", name)
		}
	}
}

func TestTheSameFileGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../../../../errcatalog/faos/catalog.yaml", "../catalogfile/testdata/everything.yaml"} {
		var first []byte
		for range 20 {
			source := gen.Source(&good(t, path).Spec, gen.Options{Package: "p", Source: "catalog.yaml"})
			if first == nil {
				first = source
			}
			if !bytes.Equal(first, source) {
				t.Fatalf("%s gives different Go", path)
			}
		}
	}
}

// checkFormat fails if gofmt would change the source.
func checkFormat(t *testing.T, source []byte) {
	t.Helper()
	formatted, err := format.Source(source)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	if !bytes.Equal(formatted, source) {
		t.Errorf("gofmt changes it\nfrom %s\n  to %s", source, formatted)
	}
}

func TestGofmtChangesNothing(t *testing.T) {
	t.Parallel()
	specs := map[string]errcatalog.Spec{
		"everything":   good(t, "../catalogfile/testdata/everything.yaml").Spec,
		"starter":      good(t, "../../starter.yaml").Spec,
		"no entries":   {Name: "x", Extends: errcatalog.Standard},
		"a long value": withCause(strings.Repeat("x", 1_000_000)),
	}
	for _, length := range []int{999_990, 999_991, 999_992, 999_993, 999_994, 999_995, 999_996} {
		specs[fmt.Sprintf("a value of %d", length)] = withCause(strings.Repeat("x", length))
	}
	for name, spec := range specs {
		t.Run(name, func(t *testing.T) {
			checkFormat(t, gen.Source(&spec, gen.Options{Package: "p", Source: "catalog.yaml"}))
		})
	}
	spec := specs["starter"]
	for _, base := range []string{"example.com/base", "github.com/contrite-go/contrite/errcatalog/faos", "github.com/z/z"} {
		checkFormat(t, gen.Source(&spec, gen.Options{Package: "p", Source: "catalog.yaml", Base: base}))
	}
}

func withCause(cause string) errcatalog.Spec {
	return errcatalog.Spec{Name: "x", Extends: errcatalog.Standard, Errors: []errcatalog.Entry{{
		Code: "a", Status: 404, Messages: []errcatalog.Message{{Text: "A"}}, Retry: "never", Cause: cause, Fix: []string{"B"},
	}}}
}

// FuzzSource writes a catalogue whose texts and names are the fuzzer's.
func FuzzSource(f *testing.F) {
	for _, text := range []string{
		"plain", "", "a `b` \"c\" \\ 'd'", "a\nb\r\nc\td", "*/ // /* */", "//go:build ignore", "+build ignore",
		strings.Repeat("word ", 30) + "+build ignore", "- item", "1. item", "# Heading", "``quoted''", "[link]: https://example.com",
		"[link]", "a\x00b\ufeffc\u202ed", "\xff", "}", "func main() {", strings.Repeat("x", 200), "A {p}", "{{p}}", "• item", "10) item",
		strings.Repeat("https://example.com/''/", 9), "\u00a0", "\u0085", "\u2028", "a\\", "-", "+", "```go```",
	} {
		f.Add(text, "agent_id", "status")
		f.Add("A", text, text)
	}
	f.Fuzz(func(t *testing.T, text, name, key string) {
		optional := errcatalog.Param{Name: "o", From: key, Type: errcatalog.String, Public: true, Optional: true, Doc: text}
		spec := errcatalog.Spec{
			Name: "n" + text, Doc: text, Extends: errcatalog.Standard, Envelope: errcatalog.Envelope("{\n\"a\": \"" + text + "\"}"),
			Errors: []errcatalog.Entry{{
				Code: "a", Status: 404, Type: text, Cause: text, Fix: []string{text, text}, Challenge: text,
				Params: []errcatalog.Param{
					{
						Name: name, Type: errcatalog.String, Labels: map[string]string{key: text}, Doc: text,
						Default: slog.StringValue(text), Example: slog.StringValue(key),
					},
					optional,
				},
				Messages: []errcatalog.Message{{Text: text}, {Name: "last", Text: "A"}},
			}, {
				Code: "b", Status: 404, Messages: []errcatalog.Message{{Text: text}},
			}},
		}
		for drop := range 5 { // what New may refuse
			s := spec
			s.Errors = slices.Clone(spec.Errors)
			switch drop {
			case 1:
				s.Envelope, s.Errors[0].Type, s.Errors[0].Challenge = "", "", ""
			case 2:
				s.Envelope, s.Errors = "", s.Errors[1:]
			case 3:
				s.Envelope, s.Errors[0].Type, s.Errors[0].Challenge = "", "", ""
				s.Errors[0].Messages, s.Errors = s.Errors[0].Messages[1:], s.Errors[:1]
			case 4:
				s.Errors = nil
			}
			if _, err := errcatalog.New(s); err == nil && len(gen.Clashes(&s)) == 0 {
				checkFormat(t, gen.Source(&s, gen.Options{Package: "p", Source: "catalog.yaml"}))
			}
		}
	})
}

// TestAConstructorGivesItsMessage resolves what each constructor returns, in a
// catalogue whose messages begin with their numbers.
func TestAConstructorGivesItsMessage(t *testing.T) {
	t.Parallel()
	for _, name := range published {
		spec := read(t, name).Spec
		spec.Errors = slices.Clone(spec.Errors)
		for i := range spec.Errors {
			e := &spec.Errors[i]
			e.Messages = slices.Clone(e.Messages)
			for j := range e.Messages {
				e.Messages[j].Text = fmt.Sprint(j) + e.Messages[j].Text
			}
		}
		c := errcatalog.Must(errcatalog.New(spec))
		for i := range spec.Errors {
			e := &spec.Errors[i]
			for j, m := range e.Messages {
				if e.Code == "workflow_timeout" && j == 1 {
					continue // the last must be there, and {timeout} has a default
				}
				err := e.Code.With(examples(e, gen.Sources(e, j))...)
				if len(m.When) > 0 {
					err = err.Of(m.When[0])
				}
				if got := c.Resolve(err).Message(); !strings.HasPrefix(got, fmt.Sprint(j)) {
					t.Errorf("%s: the constructor of message %d of %s gives %q", name, j, e.Code, got)
				}
			}
		}
	}
}

// examples are the params of those sources, by their examples.
func examples(e *errcatalog.Entry, sources []string) []slog.Attr {
	var attrs []slog.Attr
	for _, p := range e.Params {
		if p.From == "" {
			p.From = p.Name
		}
		if !slices.Contains(sources, p.From) {
			continue
		}
		v := p.Example
		if v.Kind() == slog.KindAny && v.Any() == nil {
			v = p.Default
		}
		attrs = append(attrs, slog.Attr{Key: p.From, Value: v})
	}
	return attrs
}

func TestHoles(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"none", nil},
		{"{a} and {b:words}", []string{"a", "b"}},
		{"{{a}} {{{b}}} {{", []string{"b"}},
		{"{a", nil},
		{"}{a}{", []string{"a"}},
		{"{a_1:label}{a_1}", []string{"a_1", "a_1"}},
	} {
		if got := gen.Holes(row.text); !slices.Equal(got, row.want) {
			t.Errorf("%q has the holes %q, want %q", row.text, got, row.want)
		}
	}
}
