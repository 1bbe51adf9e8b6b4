package errtest_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// A fake takes what a test would have failed with.
type fake struct {
	mu     sync.Mutex
	errors []string
	logs   []string
}

func (f *fake) Helper() {}

func (f *fake) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func (f *fake) Logf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logs = append(f.logs, fmt.Sprintf(format, args...))
}

// find returns the first failure that has all of the texts in it.
func (f *fake) find(texts ...string) string {
	for _, e := range f.errors {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(e, text)
		}
		if all {
			return e
		}
	}
	return ""
}

// some are the first failures, for a test's own failure.
func (f *fake) some() string {
	return strings.Join(f.errors[:min(len(f.errors), 10)], "\n")
}

func quiet(context.Context, *errcatalog.Error, error) {}

// writer answers with the catalogue and logs nothing.
func writer(c *errcatalog.Catalog) *errcatalog.Writer {
	return &errcatalog.Writer{Catalog: c, Report: quiet}
}

func build(t testing.TB, spec errcatalog.Spec) *errcatalog.Catalog {
	t.Helper()
	c, err := errcatalog.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
