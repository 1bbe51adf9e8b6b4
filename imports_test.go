package contrite_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "github.com/contrite-go/contrite"

// imports has a row for each package of the module: what its non-test code
// imports beyond the standard library. A package of this module stands with its
// path below the root, another module's with that module's path.
var imports = map[string][]string{
	"auth":           {"errcatalog", "internal/onerror", "internal/reqstate"},
	"auth/authtest":  {"auth", "auth/jwtauth", "github.com/golang-jwt/jwt/v5"},
	"auth/jwtauth":   {"auth", "errcatalog", "github.com/golang-jwt/jwt/v5"},
	"auth/sqlstore":  {"auth"},
	"auth/storetest": {"auth"},
	"cmd/demo-server": {
		"cmd/demo-server/agenthuman", "cmd/demo-server/faos", "cmd/demo-server/onecli", "cmd/demo-server/so1",
		"cmd/demo-server/system", "errcatalog", "github.com/go-chi/chi/v5", "middleware", "middleware/listener", "requestid",
	},
	"cmd/demo-server/faos": {"auth", "auth/jwtauth", "cmd/demo-server/system", "errcatalog", "errcatalog/faos", "github.com/go-chi/chi/v5", "github.com/golang-jwt/jwt/v5", "middleware/decode"},
	"cmd/demo-server/system": {
		"auth", "errcatalog", "github.com/go-chi/chi/v5", "middleware", "middleware/decode", "ratelimit",
	},
	"cmd/demo-server/system/systemtest": {
		"auth", "cmd/demo-server/system", "errcatalog", "errtest", "internal/testutil", "middleware",
	},
	"cmd/demo-server/agenthuman": {"auth", "cmd/demo-server/system", "errcatalog", "errcatalog/agenthuman", "github.com/go-chi/chi/v5", "middleware/decode"},
	"cmd/demo-server/onecli":     {"auth", "cmd/demo-server/system", "errcatalog", "errcatalog/onecli", "github.com/go-chi/chi/v5", "middleware/decode"},
	"cmd/demo-server/so1":        {"auth", "cmd/demo-server/system", "errcatalog", "errcatalog/so1", "github.com/go-chi/chi/v5", "middleware/decode"},
	"errcatalog":                 {"internal/reqstate"},
	"errcatalog/agenthuman":      {"errcatalog"},
	"errcatalog/faos":            {"errcatalog"},
	"errcatalog/onecli":          {"errcatalog"},
	"errcatalog/so1":             {"errcatalog"},
	"errtest":                    {"errcatalog", "github.com/go-chi/chi/v5"},
	"examples/quickstart":        {"errcatalog", "errcatalog/faos", "middleware"},
	"internal/onerror":           {"errcatalog", "internal/reqstate"},
	"internal/reqstate":          {},
	"internal/testutil":          {},
	"middleware":                 {"errcatalog", "github.com/go-chi/chi/v5", "internal/onerror", "internal/reqstate", "middleware/upgrade", "requestid"},
	"middleware/decode":          {"errcatalog"},
	"middleware/listener":        {"errcatalog", "requestid"},
	"middleware/upgrade":         {"errcatalog", "internal/onerror", "internal/reqstate"},
	"ratelimit":                  {"errcatalog", "github.com/go-chi/chi/v5", "github.com/go-chi/httprate", "internal/onerror", "internal/reqstate"},
	"ratelimit/ratelimittest":    {"ratelimit"},
	"ratelimit/storetest":        {"ratelimit"},
	"requestid":                  {"github.com/google/uuid", "internal/reqstate"},
}

// strangers are packages that must not reach each other by any way.
var strangers = [][2]string{
	{"errcatalog", "requestid"},
	{"requestid", "errcatalog"},
}

// requirements are the modules that the root module may require, besides those
// that they need themselves. What needs another one belongs in a nested module.
var requirements = []string{
	"github.com/go-chi/chi/v5",
	"github.com/go-chi/httprate",
	"github.com/golang-jwt/jwt/v5",
	"github.com/google/uuid",
}

func TestPackagesImportOnlyWhatTheTableSays(t *testing.T) {
	t.Parallel()
	found := list(t, "./...").edges()
	for _, pkg := range slices.Sorted(maps.Keys(found)) {
		row, ok := imports[pkg]
		if !ok {
			t.Errorf("imports lacks a package; add the row\n\t%s", format(pkg, found[pkg]))
			continue
		}
		for _, to := range minus(found[pkg], row) {
			t.Errorf("%s imports %s; take the import out, or add %q to the row, which is then\n\t%s",
				pkg, to, to, format(pkg, found[pkg]))
		}
		for _, to := range minus(row, found[pkg]) {
			t.Errorf("%s no longer imports %s; remove %q from the row, which is then\n\t%s",
				pkg, to, to, format(pkg, found[pkg]))
		}
	}
	for _, pkg := range minus(slices.Sorted(maps.Keys(imports)), slices.Collect(maps.Keys(found))) {
		t.Errorf("there is no package %s; remove the row\n\t%s", pkg, format(pkg, imports[pkg]))
	}
}

func TestStrangersDoNotReachEachOther(t *testing.T) {
	t.Parallel()
	pkgs := list(t, "./...")
	for _, pair := range strangers {
		if pkgs.reach(root+"/"+pair[0], root+"/"+pair[1]) {
			t.Errorf("%s depends on %s, perhaps by way of others", pair[0], pair[1])
		}
	}
}

func TestRootRequiresOnlyTheAgreedModules(t *testing.T) {
	t.Parallel()
	allowed := make(map[string]bool)
	for _, path := range requirements {
		allowed[path] = true
	}
	for _, gomod := range list(t, "-test", "./...").gomods(requirements) {
		for _, path := range required(t, gomod) {
			allowed[path] = true
		}
	}
	for _, path := range required(t, "go.mod") {
		if !allowed[path] {
			t.Errorf("go.mod requires %s, which is none of %s, nor required by them: "+
				"move what needs it into a nested module", path, strings.Join(requirements, ", "))
		}
	}
}

// A listed is a package as go list gives it.
type listed struct {
	ImportPath string
	GoFiles    []string
	Imports    []string
	Module     *struct {
		Path  string
		GoMod string
	}
}

// module returns the path of the package's module, "" in the standard library.
func (p listed) module() string {
	if p.Module == nil {
		return ""
	}
	return p.Module.Path
}

// packages are listed packages by their import path.
type packages map[string]listed

// edges returns the imports of this module's packages, in the table's form.
func (ps packages) edges() map[string][]string {
	table := make(map[string][]string)
	for path, p := range ps {
		if p.module() != root || len(p.GoFiles) == 0 {
			continue
		}
		var row []string
		for _, to := range p.Imports {
			switch m := ps[to].module(); m {
			case "":
			case root:
				row = append(row, strings.TrimPrefix(to, root+"/"))
			default:
				row = append(row, m)
			}
		}
		slices.Sort(row)
		table[strings.TrimPrefix(path, root+"/")] = slices.Compact(row)
	}
	return table
}

// reach reports whether from imports to, itself or by way of others of this module.
func (ps packages) reach(from, to string) bool {
	return slices.ContainsFunc(ps[from].Imports, func(next string) bool {
		return next == to || ps[next].module() == root && ps.reach(next, to)
	})
}

// gomods returns the go.mod files of the modules, those with a listed package.
func (ps packages) gomods(modules []string) []string {
	found := make(map[string]bool)
	for _, p := range ps {
		if slices.Contains(modules, p.module()) {
			found[p.Module.GoMod] = true
		}
	}
	return slices.Collect(maps.Keys(found))
}

// required returns the paths of the modules that a go.mod file requires.
func required(t *testing.T, gomod string) []string {
	t.Helper()
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(output(t, "go", "mod", "edit", "-json", gomod), &mod); err != nil {
		t.Fatal(err)
	}
	paths := make([]string, len(mod.Require))
	for i, r := range mod.Require {
		paths[i] = r.Path
	}
	return paths
}

// list returns the packages that go list finds, and all that they import.
func list(t *testing.T, args ...string) packages {
	t.Helper()
	watchTree()
	args = append([]string{"list", "-deps", "-json=ImportPath,GoFiles,Imports,Module"}, args...)
	ps := make(packages)
	for d := json.NewDecoder(bytes.NewReader(output(t, "go", args...))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps
		} else if err != nil {
			t.Fatal(err)
		}
		ps[p.ImportPath] = p
	}
}

// watchTree reads every folder, so that go test does not take the last run's
// result for this one's: it knows what a test opens, and not what a command does.
func watchTree() {
	filepath.WalkDir(".", func(_ string, d fs.DirEntry, _ error) error {
		if d != nil && d.Name() == ".git" {
			return fs.SkipDir
		}
		return nil
	})
}

func output(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &stderr)
	}
	return out
}

// format returns a row as the table has it, but for gofmt's blanks.
func format(pkg string, row []string) string {
	quoted := make([]string, len(row))
	for i, to := range row {
		quoted[i] = `"` + to + `"`
	}
	return `"` + pkg + `": {` + strings.Join(quoted, ", ") + "},"
}

// minus returns what is in a and not in b.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}
