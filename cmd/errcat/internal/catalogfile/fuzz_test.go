package catalogfile_test

import (
	"bytes"
	"go/format"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
)

func FuzzParse(f *testing.F) {
	files := append(brokenFiles(f), "../../starter.yaml", "testdata/everything.yaml")
	for name := range published {
		files = append(files, publishedFile(name))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range split(text) {
			f.Add(part)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkParse(t, text) })
}

var entryKey = regexp.MustCompile(`(?m)^  [a-z_0-9]+:$`)

// split returns a catalogue for each entry of one, since fuzzing is slow with long
// inputs.
func split(text []byte) [][]byte {
	starts := entryKey.FindAllIndex(text, -1)
	if len(starts) < 3 {
		return [][]byte{text}
	}
	var parts [][]byte
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		parts = append(parts, slices.Concat(text[:starts[0][0]], text[at[0]:end]))
	}
	return parts
}

// checkParse reads a text, and holds against it what is so for every text.
func checkParse(t *testing.T, text []byte) {
	t.Helper()
	start := time.Now()
	file := catalogfile.Parse("catalog.yaml", text)
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("%d bytes take %v", len(text), d)
	}
	lines := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text)), "\n")
	for _, fault := range file.Faults {
		if fault.Line < 1 || fault.Line > lines+1 || fault.Column < 1 {
			t.Errorf("outside of the %d lines: %v", lines, fault)
		}
		if !slices.ContainsFunc(catalogfile.Rules, func(rule struct{ ID, About string }) bool { return rule.ID == fault.Rule }) {
			t.Errorf("no such rule: %v", fault)
		}
	}
	if (file.Catalog == nil) != catalogfile.HasErrors(file.Faults) {
		t.Errorf("a catalogue %v with the faults %v", file.Catalog, file.Faults)
	}
	if file.Catalog != nil {
		checkFormat(t, gen.Source(&file.Spec, gen.Options{Package: "fuzz", Source: "catalog.yaml"}))
	}
}

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

// hugeFiles are too large to be stored.
func hugeFiles() map[string]string {
	return map[string]string{
		"a scalar of 1 MB": "name: huge\nextends: standard\ndoc: " + strings.Repeat("x ", 1<<19) + "\nchallenge: Bearer\n" +
			"errors: {a: {status: 404, type: " + strings.Repeat("y", 1<<20) + ", messages: [A], cause: c}}\n",
		"an envelope of 1 MB":       "name: huge\nextends: standard\nenvelope: |\n  {\"code\": $code" + strings.Repeat(" ", 1<<20) + "}\n",
		"a broken envelope of 1 MB": "name: huge\nextends: standard\nenvelope: |\n" + strings.Repeat("  \n", 1<<18) + "  {\"code\": $cod}\n",
		"lists in lists":            "name: huge\ndoc: " + strings.Repeat("[", 1<<20),
		"mappings in mappings":      "name: huge\nextends: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000),
		"an object of many levels": "name: huge\nextends: standard\nerrors: {a: {status: 404, messages: [A], params: {p: {type: object, public: true, example: " +
			strings.Repeat("{a: ", 1000) + "x" + strings.Repeat("}", 1000) + "}}}}",
		"many unknown keys": "name: huge\nextends: standard\n" + numbered("k%: 1\n", 2_000),
		"many codes that clash": "name: huge\nextends: standard\nerrors:\n" +
			numbered("  a_%: {status: 404, messages: [A]}\n", 1_000) + numbered("  a%: {status: 404, messages: [A]}\n", 1_000),
		"many messages": "name: huge\nextends: standard\nerrors:\n  a:\n    status: 404\n    params: {p: {type: string}}\n    messages:\n" +
			numbered("    - {name: m%, text: '%{p}'}\n", 300) + "    - A\n",
		"aliases of aliases": "a: &a [x]\n" + numbered("b%: &b% [*a, *a, *a, *a]\n", 1000),
		"a long line":        "name: huge" + strings.Repeat(" ", 1<<20) + "# comment\nextends: 1.10\n",
		"a long key":         strings.Repeat("k", 1<<20) + ": 1\n",
	}
}

// numbered repeats a line with % replaced by the count.
func numbered(line string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(line, "%", strconv.Itoa(i)))
	}
	return b.String()
}

func TestHugeFilesAreReadOrRefusedSoon(t *testing.T) {
	for name, text := range hugeFiles() {
		t.Run(name, func(t *testing.T) { checkParse(t, []byte(text)) })
	}
}
