package gen_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
	"github.com/contrite-go/contrite/cmd/errcat/internal/gen/testdata/dump"
	"github.com/contrite-go/contrite/errcatalog"
)

// A module is a Go module of its own that uses the library.
type module struct {
	t   *testing.T
	dir string
}

func newModule(t *testing.T) module {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	m := module{t, t.TempDir()}
	m.write("go.mod", "module example.com/m\n\ngo 1.25.0\n\nrequire github.com/contrite-go/contrite v0.0.0\n\n"+
		"replace github.com/contrite-go/contrite => "+root+"\n")
	return m
}

func (m module) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// catalogue writes a package with the Go of a catalogue file's text.
func (m module) catalogue(pkg, text string) *errcatalog.Catalog {
	m.t.Helper()
	f := catalogfile.Parse("catalog.yaml", []byte(text))
	if f.Catalog == nil {
		m.t.Fatalf("%s: %v", pkg, f.Faults)
	}
	m.write(pkg+"/catalog_gen.go", string(gen.Source(&f.Spec, gen.Options{Package: pkg, Source: "catalog.yaml"})))
	return f.Catalog
}

// run runs the go command without network, and returns what it prints.
func (m module) run(args ...string) (string, error) {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// tricky are catalogues whose names, types and texts could break the Go.
func tricky(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{
		"types": "name: types\nextends: standard\nerrors:\n" + types("", "") + types("_optional", ", optional: true"),
		"kinds": "name: kinds\nextends: standard\nerrors:\n" + kinds(),
		"alone": "name: alone\nchallenge: Bearer\nenvelope: '{\"code\": $code}'\nerrors:\n  all:\n    status: 500\n" +
			"    messages: [A]\n    covers: [" + strings.Join(roots(), ", ") + "]\n",
	}
	files, err := filepath.Glob("testdata/tricky/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tricky files: %v", err)
	}
	for _, file := range append(files, "../catalogfile/testdata/everything.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(file), ".yaml")] = string(text)
	}
	return texts
}

// types is an entry with a param of each type, whose name ends in suffix.
func types(suffix, more string) string {
	var b strings.Builder
	b.WriteString("  of" + suffix + ":\n    status: 404\n    messages: [A" + suffix + "]\n    params:\n")
	for _, typ := range []string{"string", "integer", "number", "boolean", "time", "duration", "string_list", "violations", "object", "json"} {
		b.WriteString("      a_" + typ + ": {type: " + typ + ", public: true" + more + "}\n")
	}
	return b.String()
}

// kinds has each kind in a when, and in covers.
func kinds() string {
	var b strings.Builder
	for _, k := range errcatalog.Kinds() {
		name := string(k)
		b.WriteString("  my_" + name + ":\n    covers: [" + name + "]\n    status: 400\n    retry: backoff\n    messages:\n" +
			"      - {name: of, when: [" + name + "], text: It is " + name + "}\n      - It was " + name + "\n")
	}
	return b.String()
}

func roots() []string {
	var names []string
	for _, k := range errcatalog.Kinds() {
		if k.Parent() == "" {
			names = append(names, string(k))
		}
	}
	return names
}

func TestGoOfTrickyCataloguesCompilesAndIsThatCatalogue(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	texts := tricky(t)
	dumper, err := os.ReadFile("testdata/dump/dump.go")
	if err != nil {
		t.Fatal(err)
	}
	m.write("dump/dump.go", string(dumper))
	imports, prints, want := "", "", ""
	for _, pkg := range slices.Sorted(maps.Keys(texts)) {
		want += dump.Catalog(m.catalogue(pkg, texts[pkg]))
		imports += "\t\"example.com/m/" + pkg + "\"\n"
		prints += "\tfmt.Print(dump.Catalog(" + pkg + ".Catalog))\n"
	}
	m.write("main.go", "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/m/dump\"\n"+imports+")\n\nfunc main() {\n"+prints+"}\n")
	if out, err := m.run("vet", "./..."); err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
	got, err := m.run("run", ".")
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, got)
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("  Go %s\nfile %s", g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
}

const agents = `name: agents
extends: standard
errors:
  CODE:
    status: 404
    params:
      agent_id: {type: string, example: x}
      tries: {type: integer, example: 1}
      pause: {type: duration, optional: true, public: true, example: 1s}
    messages:
      - "{agent_id} is not there, after {tries}"
      - It is not there
`

// uses are what a program does with the errors of agents, and what the compiler says
// of it, "" if it is right.
var uses = map[string]struct{ expr, says string }{
	"right":            {`agents.AgentNotFound("a", 1)`, ""},
	"right_option":     {`agents.AgentNotFoundGeneral().With(agents.AgentNotFoundWithPause(time.Second))`, ""},
	"right_code":       {`errors.Is(nil, agents.CodeAgentNotFound)`, ""},
	"wrong_type":       {`agents.AgentNotFound(7, 1)`, `cannot use 7 \(untyped int constant\) as string value`},
	"wrong_order":      {`agents.AgentNotFound(1, "a")`, `cannot use`},
	"wrong_option":     {`agents.AgentNotFoundWithPause("1s")`, `cannot use "1s" \(untyped string constant\) as "?time"?.Duration value`},
	"missing":          {`agents.AgentNotFound("a")`, `not enough arguments in call`},
	"too_many":         {`agents.AgentNotFound("a", 1, 2)`, `too many arguments in call`},
	"renamed":          {`agents.AgentMissing("a", 1)`, `undefined: agents.AgentMissing`},
	"renamed_code":     {`errors.Is(nil, agents.CodeAgentMissing)`, `undefined: agents.CodeAgentMissing`},
	"renamed_option":   {`agents.AgentMissingWithPause(1)`, `undefined: agents.AgentMissingWithPause`},
	"no_such_message":  {`agents.AgentNotFoundLate()`, `undefined: agents.AgentNotFoundLate`},
	"written_by_hand":  {`agents.Catalog.Entries`, `agents.Catalog.Entries undefined`},
	"with_another_key": {`agents.AgentNotFound(agents.CodeAgentNotFound, 1)`, `cannot use agents.CodeAgentNotFound`},
}

func TestWrongUsesDoNotCompile(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	m.catalogue("agents", strings.Replace(agents, "CODE", "agent_not_found", 1))
	for name, use := range uses {
		m.write(name+"/main.go", "package main\n\nimport (\n\t\"errors\"\n\t\"time\"\n\n\t\"example.com/m/agents\"\n)\n\n"+
			"var _, _ = errors.Is, time.Second\n\nfunc main() { _ = "+use.expr+" }\n")
	}
	out, _ := m.run("build", "./...")
	said := map[string]string{}
	for _, part := range strings.Split("\n"+out, "\n# example.com/m/")[1:] {
		pkg, text, _ := strings.Cut(part, "\n")
		said[pkg] = text
	}
	for name, use := range uses {
		if text := said[name]; (text == "") != (use.says == "") || !regexp.MustCompile(use.says).MatchString(text) {
			t.Errorf("%s: the compiler says %q, want %q", use.expr, text, use.says)
		}
	}
}

// TestARenamedCodeIsACompileErrorAtEveryUse renames a code under a program that was
// right.
func TestARenamedCodeIsACompileErrorAtEveryUse(t *testing.T) {
	t.Parallel()
	m := newModule(t)
	m.write("main.go", `package main

import (
	"errors"

	"example.com/m/agents"
)

func main() {
	err := agents.AgentNotFound("a", 1)
	_ = agents.AgentNotFoundGeneral()
	_ = agents.AgentNotFoundWithPause(1)
	_ = errors.Is(err, agents.CodeAgentNotFound)
}
`)
	m.catalogue("agents", strings.Replace(agents, "CODE", "agent_not_found", 1))
	if out, err := m.run("build", "."); err != nil {
		t.Fatalf("before: %v\n%s", err, out)
	}
	m.catalogue("agents", strings.Replace(agents, "CODE", "agent_missing", 1))
	out, err := m.run("build", ".")
	if err == nil {
		t.Fatal("it still compiles")
	}
	for _, want := range []string{
		"main.go:10:16: undefined: agents.AgentNotFound\n", "main.go:11:13: undefined: agents.AgentNotFoundGeneral\n",
		"main.go:12:13: undefined: agents.AgentNotFoundWithPause\n", "main.go:13:28: undefined: agents.CodeAgentNotFound\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
