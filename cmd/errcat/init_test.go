package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

func TestAStarterIsCleanAndItsGoBuilds(t *testing.T) {
	t.Parallel()
	dir := folder(t, "go.mod", "module example.com/m\n"+library(t), "main.go", `package main

import (
	"fmt"

	"example.com/m/internal/apierr"
	"github.com/contrite-go/contrite/errcatalog"
)

func main() {
	w := &errcatalog.Writer{Catalog: apierr.Catalog}
	fmt.Printf("%s\n", w.Reply(apierr.OrderNotFound("ord_123"), errcatalog.Meta{}).Body)
}
`)
	apierr := filepath.Join(dir, "internal", "apierr")
	file := filepath.Join(apierr, "catalog.yaml")

	code, stdout, stderr := errcat("init", apierr)
	if want := "wrote " + file + " and " + filepath.Join(apierr, "catalog.schema.json") + "\nnext: errcat gen " + file + "\n"; code != 0 || stdout != want || stderr != "" {
		t.Fatalf("%d %q %q, want %q", code, stdout, stderr, want)
	}
	if code, stdout, stderr := errcat("lint", file); code != 0 || stdout+stderr != "" {
		t.Errorf("lint: %d %q %q", code, stdout, stderr)
	}
	if code, _, stderr := errcat("gen", file); code != 0 {
		t.Fatalf("gen: %d %q", code, stderr)
	}
	want := `{"error":{"code":"order_not_found","message":"Order 'ord_123' does not exist.","details":{"order_id":"ord_123"}}}` + "\n"
	if got := goRun(t, dir, "run", "."); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func TestInitOverwritesNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"catalog.yaml", "catalog.schema.json"} {
		dir := folder(t, name, "mine")
		code, stdout, stderr := errcat("init", dir)
		if want := "errcat: " + filepath.Join(dir, name) + " exists, and init overwrites nothing\n"; code != 1 || stdout != "" || stderr != want {
			t.Errorf("%s: %d %q %q", name, code, stdout, stderr)
		}
		if got := names(t, dir); !slices.Equal(got, []string{name}) || readFile(t, filepath.Join(dir, name)) != "mine" {
			t.Errorf("%s: the folder has %s", name, got)
		}
	}
}

func TestInitTwiceLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	errcat("init", dir)
	file := filepath.Join(dir, "catalog.yaml")
	write(t, file, strings.Replace(readFile(t, file), "my_api", "changed", 1))
	if code, _, _ := errcat("init", dir); code != 1 {
		t.Errorf("the second time exits with %d", code)
	}
	if !strings.Contains(readFile(t, file), "name: changed") || readFile(t, filepath.Join(dir, "catalog.schema.json")) != string(catalogfile.Schema) {
		t.Error("a file was changed")
	}
}

func TestInitInAFileIsTold(t *testing.T) {
	t.Parallel()
	dir := folder(t, "taken", "")
	code, _, stderr := errcat("init", filepath.Join(dir, "taken"))
	if code != 1 || !strings.Contains(stderr, filepath.Join(dir, "taken")) {
		t.Errorf("%d %q", code, stderr)
	}
}

// TestInitWithoutFolderIsForThisOne can't be parallel: it changes the folder.
func TestInitWithoutFolderIsForThisOne(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, stdout, stderr := errcat("init"); code != 0 || !strings.HasPrefix(stdout, "wrote catalog.yaml and catalog.schema.json\n") {
		t.Errorf("%d %q %q", code, stdout, stderr)
	}
}
