package catalogfile_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// published are the catalogues that were generated from YAML.
var published = map[string]*errcatalog.Catalog{
	"so1": so1.Catalog, "agenthuman": agenthuman.Catalog, "onecli": onecli.Catalog, "faos": faos.Catalog,
}

func publishedFile(name string) string { return "../../../../errcatalog/" + name + "/catalog.yaml" }

// read returns a catalogue file that must be without errors.
func read(t testing.TB, path string) *catalogfile.File {
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

func TestAPublishedFileHasNoFaults(t *testing.T) {
	t.Parallel()
	for name := range published {
		for _, fault := range read(t, publishedFile(name)).Faults {
			t.Error(fault)
		}
	}
}

func TestAFileAndItsGoAreEqualCatalogues(t *testing.T) {
	t.Parallel()
	for name, literal := range published {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := read(t, publishedFile(name)).Catalog
			if file.Name() != literal.Name() {
				t.Errorf("the names are %q and %q", file.Name(), literal.Name())
			}
			got, want := file.Errors(), literal.Errors()
			if len(got) != len(want) {
				t.Fatalf("the file has %d entries and the Go has %d", len(got), len(want))
			}
			for i := range got {
				if g, w := plainEntry(got[i]), plainEntry(want[i]); !reflect.DeepEqual(g, w) {
					t.Errorf("file %+v\n  Go %+v", g, w)
				}
			}
		})
	}
}

func TestAFileAndItsGoAnswerAlike(t *testing.T) {
	t.Parallel()
	for name, literal := range published {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := read(t, publishedFile(name)).Catalog
			for _, err := range occurrences(literal) {
				for _, accept := range []string{"application/json", "application/problem+json"} {
					m := errcatalog.Meta{RequestID: "req_1", Time: time.Unix(1e9, 0), Accept: []string{accept}}
					got := (&errcatalog.Writer{Catalog: file}).Reply(err, m)
					want := (&errcatalog.Writer{Catalog: literal}).Reply(err, m)
					if !reflect.DeepEqual(got, want) {
						t.Errorf("%v: file %+v\n  Go %+v", err, got, want)
					}
				}
			}
		})
	}
}

// occurrences are each code with and without its params, and each kind with and
// without all of them.
func occurrences(c *errcatalog.Catalog) []*errcatalog.Error {
	var all []*errcatalog.Error
	var params []slog.Attr
	for _, e := range c.Errors() {
		all = append(all, e.Code.With(), e.Code.With(examples(e)...))
		params = append(params, examples(e)...)
	}
	for _, k := range errcatalog.Kinds() {
		all = append(all, k.With(), k.With(params...))
	}
	return all
}

func examples(e errcatalog.Entry) []slog.Attr {
	var attrs []slog.Attr
	for _, p := range e.Params {
		if p.From == "" {
			p.From = p.Name
		}
		if isZero(p.Example) {
			p.Example = p.Default
		}
		if !isZero(p.Example) {
			attrs = append(attrs, slog.Attr{Key: p.From, Value: p.Example})
		}
	}
	return attrs
}

func isZero(v slog.Value) bool { return v.Kind() == slog.KindAny && v.Any() == nil }

// plainEntry is an entry in a form that reflect.DeepEqual compares: it looks at no
// more than the first byte of a string in a slog.Value.
func plainEntry(e errcatalog.Entry) any {
	var values []any
	e.Params = slices.Clone(e.Params)
	for i := range e.Params {
		p := &e.Params[i]
		values = append(values, plainValue(p.Default), plainValue(p.Example))
		p.Default, p.Example = slog.Value{}, slog.Value{}
	}
	return struct {
		Entry  errcatalog.Entry
		Values []any
	}{e, values}
}

func plainValue(v slog.Value) any {
	switch v.Kind() {
	case slog.KindGroup:
		group := []any{"group"}
		for _, a := range v.Group() {
			group = append(group, a.Key, plainValue(a.Value))
		}
		return group
	case slog.KindTime:
		return v.Time().Format(time.RFC3339Nano)
	case slog.KindAny:
		switch raw := v.Any().(type) {
		case json.RawMessage:
			return string(raw)
		case []errcatalog.Violation:
			return fmt.Sprintf("%#v", raw)
		}
	}
	return fmt.Sprintf("%v %v", v.Kind(), v.Any())
}

func TestPlainValuesTellValuesApart(t *testing.T) {
	t.Parallel()
	values := []slog.Value{
		{},
		slog.StringValue("ab"), slog.StringValue("ac"), slog.IntValue(1), slog.Float64Value(1),
		slog.GroupValue(slog.Int("a", 1)), slog.GroupValue(slog.Int("a", 2)), slog.DurationValue(1),
		errcatalog.Strings("", "a").Value, errcatalog.Strings("", "a", "b").Value,
		errcatalog.Invalid("", errcatalog.Violation{Field: "a"}).Value, errcatalog.Invalid("").Value,
	}
	seen := map[string]bool{}
	for _, v := range values {
		seen[fmt.Sprint(plainValue(v))] = true
	}
	if len(seen) != len(values) {
		t.Errorf("%d values have the %d forms %s", len(values), len(seen), strings.Join(slices.Sorted(maps.Keys(seen)), ", "))
	}
}

func TestAFileExtendsOneByItsAbsolutePath(t *testing.T) {
	t.Parallel()
	base, err := filepath.Abs("testdata/broken/base/good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := catalogfile.Parse("catalog.yaml", []byte("name: child\nextends: "+base+"\n"))
	if f.Catalog == nil || f.Base == nil || f.Base.Path != base {
		t.Errorf("base %v, faults %v", f.Base, f.Faults)
	}
	if _, ok := f.Catalog.Lookup("conflict"); !ok {
		t.Error("the base's entry is not inherited")
	}
}
