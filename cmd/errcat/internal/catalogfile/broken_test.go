package catalogfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

// A want is a fault that a broken file says it has: in a comment on the line,
//
//	status: 0404 # want 13 yaml-trap: YAML reads 0404 as 260
//
// or, where no comment can stand, with the line in a comment elsewhere, or in a
// file beside it that ends in .want:
//
//	# want-line 7 13 yaml-trap: YAML reads 0404 as 260
type want struct {
	line, column int
	rule, phrase string
}

var wantMark = regexp.MustCompile(`^(?:-line (\d+))? (\d+) ([a-z-]+): (.*)$`)

func parseWants(t *testing.T, text string) []want {
	t.Helper()
	var wants []want
	for i, line := range strings.Split(text, "\n") {
		for _, mark := range strings.Split(line, "# want")[1:] {
			m := wantMark.FindStringSubmatch(strings.TrimRight(mark, " \r"))
			if m == nil {
				t.Fatalf("line %d: bad mark %q", i+1, mark)
			}
			at := i + 1
			if m[1] != "" {
				at = number(t, m[1])
			}
			wants = append(wants, want{at, number(t, m[2]), m[3], m[4]})
		}
	}
	return wants
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w want) matches(f catalogfile.Fault) bool {
	return w.line == f.Line && w.column == f.Column && w.rule == f.Rule && strings.Contains(f.Problem, w.phrase)
}

func (w want) String() string {
	return fmt.Sprintf("%d:%d: %s [%s]", w.line, w.column, w.phrase, w.rule)
}

func brokenFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no broken files: %v", err)
	}
	return files
}

// wantsOf returns what a broken file says that it has.
func wantsOf(t *testing.T, file string) []want {
	t.Helper()
	var wants []want
	for _, name := range []string{file, strings.TrimSuffix(file, ".yaml") + ".want"} {
		text, err := os.ReadFile(name)
		if err != nil && name == file {
			t.Fatal(err)
		}
		wants = append(wants, parseWants(t, string(text))...)
	}
	return wants
}

func TestEachFaultOfABrokenFileIsReportedAtItsPlace(t *testing.T) {
	t.Parallel()
	for _, file := range brokenFiles(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			f, err := catalogfile.Read(file)
			if err != nil {
				t.Fatal(err)
			}
			wants := wantsOf(t, file)
			for _, fault := range f.Faults {
				i := slices.IndexFunc(wants, func(w want) bool { return w.matches(fault) })
				if i >= 0 {
					wants = slices.Delete(wants, i, i+1)
				} else if fault.Severity == catalogfile.Error {
					t.Errorf("unmarked: %v", fault)
				}
			}
			for _, w := range wants {
				t.Errorf("not reported: %v", w)
			}
			if f.Catalog != nil && catalogfile.HasErrors(f.Faults) {
				t.Error("a file with errors has a catalogue")
			}
		})
	}
}

func TestEveryRuleIsBrokenSomewhere(t *testing.T) {
	t.Parallel()
	broken := map[string]bool{}
	for _, file := range brokenFiles(t) {
		for _, w := range wantsOf(t, file) {
			broken[w.rule] = true
		}
	}
	for _, rule := range catalogfile.Rules {
		if !broken[rule.ID] {
			t.Errorf("no broken file breaks %s", rule.ID)
		}
		delete(broken, rule.ID)
	}
	for rule := range broken {
		t.Errorf("%s is not among the rules", rule)
	}
}
