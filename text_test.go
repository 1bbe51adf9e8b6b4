package contrite_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// foreign matches what only one machine has: a folder beside the checkout, or the
// path of somebody's files.
var foreign = regexp.MustCompile(`\.\./shar[e]d|(?:^|[^A-Za-z0-9._-])/(?:work|root|home/[a-z]+|Users/[a-z]+)/`)

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

func TestNoFileNamesAPathOfOneMachine(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		text, err := os.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted, and not committed yet
			continue
		case err != nil:
			t.Error(err)
		case bytes.IndexByte(text, 0) >= 0 || generated.Match(text):
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			if found := foreign.FindString(line); found != "" {
				t.Errorf("%s:%d: take out %q, which no other machine has", name, i+1, found)
			}
		}
	}
}

// tracked returns the files that git tracks. Outside a checkout there are none.
func tracked(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat(".git"); err != nil {
		t.Skip("not a git checkout")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	watchTree()
	// The checkout may be another user's, as on a build machine.
	out := output(t, "git", "-c", "safe.directory=*", "ls-files", "-z")
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
