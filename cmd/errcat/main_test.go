package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

// errcat runs the command.
func errcat(args ...string) (code int, stdout, stderr string) {
	var o, e bytes.Buffer
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

const (
	clean  = "name: shop\nextends: standard\nerrors:\n  a:\n    status: 404\n    messages: [A]\n    cause: b\n    fix: [c]\n"
	warned = "name: shop\nextends: standard\nerrors:\n  a:\n    status: 404\n    messages: [A]\n"
	broken = "name: shop\nextends: standard\nerrors:\n  a:\n    status: 200\n    messages: [Ä, B]\n"
)

// folder writes files, each a name and a text, into a new folder.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		write(t, filepath.Join(dir, filepath.FromSlash(files[i])), files[i+1])
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// names returns the names of a folder's files.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestHelpGoesToStdout(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"help", "-h", "-help", "--help"} {
		code, stdout, stderr := errcat(flag)
		if code != 0 || stdout != usage || stderr != "" {
			t.Errorf("errcat %s: %d %q %q", flag, code, stdout, stderr)
		}
	}
	for _, c := range commands {
		if !strings.Contains(usage, "\n  errcat "+c.name+" ") {
			t.Errorf("the usage does not list %s", c.name)
		}
		for _, flag := range []string{"-h", "-help", "--help"} {
			code, stdout, stderr := errcat(c.name, flag)
			if code != 0 || !strings.HasPrefix(stdout, "errcat "+c.name+" ") || !strings.Contains(stdout, "\n  errcat "+c.name) || stderr != "" {
				t.Errorf("errcat %s %s: %d %q %q", c.name, flag, code, stdout, stderr)
			}
		}
	}
	for command, flag := range map[string]string{"gen": "-check", "lint": "-format"} {
		if _, stdout, _ := errcat(command, "-help"); !strings.Contains(stdout, "\n  "+flag) {
			t.Errorf("the help of %s has no %s: %s", command, flag, stdout)
		}
	}
	if code, stdout, _ := errcat("gen", "-check", "x.yaml", "-h"); code != 0 || !strings.HasPrefix(stdout, "errcat gen") {
		t.Errorf("errcat gen -check x.yaml -h: %d %q", code, stdout)
	}
}

func TestWrongUsageIsToldAndExitsWith2(t *testing.T) {
	t.Parallel()
	dir := folder(t, "catalog.yaml", clean)
	file := filepath.Join(dir, "catalog.yaml")
	for _, row := range []struct {
		name string
		args []string
		says string
	}{
		{"nothing", nil, "errcat COMMAND -help"},
		{"an unknown command", []string{"generate"}, `errcat: there is no command "generate"; errcat help lists them`},
		{"an unknown flag", []string{"gen", "-w", file}, "errcat gen: flag provided but not defined: -w; errcat gen -help tells more"},
		{"an unknown flag behind a file", []string{"gen", file, "-w"}, "errcat gen: flag provided but not defined: -w"},
		{"no file to write Go of", []string{"gen"}, "errcat gen: name at least one catalog.yaml"},
		{"no file to lint", []string{"lint", "-format", "json"}, "errcat lint: name at least one catalog.yaml"},
		{"an unknown format", []string{"lint", "-format", "xml", file}, `errcat lint: "xml" is no format; use text, json or sarif`},
		{"-o for two", []string{"gen", "-o", "x.go", file, file}, "errcat gen: -o is for one catalogue"},
		{"a flag without value", []string{"gen", file, "-o"}, "errcat gen: flag needs an argument: -o"},
		{"a package that is no name", []string{"gen", "-package", "api-err", file}, `errcat gen: "api-err" can't be a package's name`},
		{"a package that is a keyword", []string{"gen", "-package", "type", file}, `"type" can't be a package's name`},
		{"a package that is blank", []string{"gen", "-package", "_", file}, `"_" can't be a package's name`},
		{"two folders", []string{"init", "a", "b"}, "errcat init: name one folder"},
		{"a file to print the schema of", []string{"schema", file}, "errcat schema: takes no file"},
	} {
		code, stdout, stderr := errcat(row.args...)
		if code != 2 || stdout != "" || !strings.Contains(stderr, row.says) {
			t.Errorf("%s: %d %q %q, want %q", row.name, code, stdout, stderr, row.says)
		}
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("something was written: %s", got)
	}
}

func TestLintExitsWith1OnlyForErrors(t *testing.T) {
	t.Parallel()
	dir := folder(t, "clean.yaml", clean, "warned.yaml", warned, "broken.yaml", broken)
	for _, row := range []struct {
		file string
		code int
		says string
	}{
		{"clean.yaml", 0, ""},
		{"warned.yaml", 0, `FILE:4:3: warning: a: has no cause: say why it happens [no-cause]
FILE:4:3: warning: a: has no fix: say what the reader can do [no-fix]
`},
		{"broken.yaml", 1, `FILE:4:3: warning: a: has no cause: say why it happens [no-cause]
FILE:4:3: warning: a: has no fix: say what the reader can do [no-fix]
FILE:5:13: error: a: status: 200 is not an error's status; use 400 to 599 [contract]
FILE:6:16: error: a: messages[0]: is for every occurrence, so those behind it are never used; move it to the end [contract]
`},
	} {
		file := filepath.Join(dir, row.file)
		code, stdout, stderr := errcat("lint", file)
		want := strings.ReplaceAll(row.says, "FILE", file)
		if code != row.code || stdout != want || stderr != "" {
			t.Errorf("%s: %d %q\n%s\nwant %d\n%s", row.file, code, stderr, stdout, row.code, want)
		}
	}
}

func TestAFileThatCantBeReadKeepsNoOtherFromBeingLinted(t *testing.T) {
	t.Parallel()
	dir := folder(t, "warned.yaml", warned)
	missing := filepath.Join(dir, "missing.yaml")
	code, stdout, stderr := errcat("lint", missing, dir, filepath.Join(dir, "warned.yaml"), "-format", "json")
	if code != 1 || !strings.Contains(stderr, missing) || strings.Count(stderr, "errcat: ") != 2 {
		t.Errorf("%d %q", code, stderr)
	}
	if got := decode(t, stdout); len(got) != 2 {
		t.Errorf("the other file has the faults %v", got)
	}
}

func decode(t *testing.T, text string) []catalogfile.Fault {
	t.Helper()
	var faults []catalogfile.Fault
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&faults); err != nil || faults == nil {
		t.Fatalf("%v in %q", err, text)
	}
	return faults
}

func TestJSONHasTheFaults(t *testing.T) {
	t.Parallel()
	dir := folder(t, "broken.yaml", broken, "clean.yaml", clean)
	file := filepath.Join(dir, "broken.yaml")
	code, stdout, _ := errcat("lint", "--format", "json", file)
	f, err := catalogfile.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := decode(t, stdout); code != 1 || !reflect.DeepEqual(got, f.Faults) {
		t.Errorf("%d %+v\nwant %+v", code, got, f.Faults)
	}
	if code, stdout, _ := errcat("lint", "--format=json", filepath.Join(dir, "clean.yaml")); code != 0 || stdout != "[]\n" {
		t.Errorf("without faults: %d %q", code, stdout)
	}
}

func TestSARIFIsWhatScannersRead(t *testing.T) {
	t.Parallel()
	dir := folder(t, "a folder/broken.yaml", broken, "clean.yaml", clean)
	code, stdout, _ := errcat("lint", "-format", "sarif", filepath.Join(dir, "a folder", "broken.yaml"))
	var log sarif
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&log); err != nil || code != 1 {
		t.Fatalf("%d %v", code, err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "errcat" || log.Runs[0].ColumnKind != "unicodeCodePoints" {
		t.Errorf("%+v", log)
	}
	rules := map[string]bool{}
	for _, rule := range log.Runs[0].Tool.Driver.Rules {
		if rules[rule.ID] || rule.ShortDescription.Text == "" {
			t.Errorf("the rule %+v stands twice, or says nothing", rule)
		}
		rules[rule.ID] = true
	}
	if len(log.Runs[0].Results) != 4 {
		t.Errorf("%d results", len(log.Runs[0].Results))
	}
	for _, r := range log.Runs[0].Results {
		at := r.Locations[0].Physical
		if !rules[r.RuleID] || r.Message.Text == "" || r.Level != "error" && r.Level != "warning" ||
			at.Region.StartLine < 1 || at.Region.StartColumn < 1 {
			t.Errorf("%+v", r)
		}
		if !strings.HasPrefix(at.Artifact.URI, "file:///") || !strings.HasSuffix(at.Artifact.URI, "/a%20folder/broken.yaml") {
			t.Errorf("the file is %s", at.Artifact.URI)
		}
	}
	if _, stdout, _ := errcat("lint", "-format", "sarif", filepath.Join(dir, "clean.yaml")); !strings.Contains(stdout, `"results": []`) {
		t.Errorf("without faults: %s", stdout)
	}
}

func TestAFilesURIIsRelativeAsItsPathIs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"api/catalog.yaml": "api/catalog.yaml", "a b.yaml": "a%20b.yaml", "a:b.yaml": "./a:b.yaml"} {
		if got := uri(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

// full is a file that can't be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestOutputThatIsLostExitsWith1(t *testing.T) {
	t.Parallel()
	file := filepath.Join(folder(t, "warned.yaml", warned), "warned.yaml")
	for _, args := range [][]string{{"lint", file}, {"lint", "-format", "json", file}, {"lint", "-format", "sarif", file}, {"schema"}} {
		var stderr bytes.Buffer
		if code := run(args, full{}, &stderr); code != 1 || stderr.String() != "errcat: no space left\n" {
			t.Errorf("%s: %d %q", args, code, &stderr)
		}
	}
}

func TestSchemaIsPrinted(t *testing.T) {
	t.Parallel()
	if code, stdout, stderr := errcat("schema"); code != 0 || stdout != string(catalogfile.Schema) || stderr != "" {
		t.Errorf("%d %q", code, stderr)
	}
}

func TestTheBinaryHasHelp(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "errcat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, args := range [][]string{{"--help"}, {"gen", "-help"}} {
		if out, err := exec.CommandContext(t.Context(), binary, args...).Output(); err != nil || !strings.HasPrefix(string(out), "errcat ") {
			t.Errorf("%s: %v %q", args, err, out)
		}
	}
	var exit *exec.ExitError
	if err := exec.CommandContext(t.Context(), binary, "what").Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Errorf("what: %v", err)
	}
}
