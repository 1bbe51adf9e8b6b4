package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
)

const genUsage = `errcat gen writes the Go of catalogues: the table, a constant for each code, and a
typed constructor for each message.

  errcat gen catalog.yaml                        writes catalog_gen.go beside it
  errcat gen -package apierr -o errors.go x.yaml
  errcat gen -check catalog.yaml                 writes nothing; fails if the Go differs

`

// A generator writes the Go of catalogues.
type generator struct {
	check    bool
	out, pkg string
}

func setUpGen(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	var g generator
	flags.BoolVar(&g.check, "check", false, "write nothing, and fail if a file is not what would be written")
	flags.StringVar(&g.out, "o", "", "the `file` to write, for one catalogue (default catalog_gen.go beside it)")
	flags.StringVar(&g.pkg, "package", "", "the package's `name` (default the folder's)")
	return func(files []string, _, stderr io.Writer) error { return g.run(files, stderr) }
}

// run does all files, whatever is wrong with one of them.
func (g *generator) run(files []string, stderr io.Writer) error {
	switch {
	case len(files) == 0:
		return usageError("name at least one catalog.yaml")
	case g.out != "" && len(files) > 1:
		return usageError("-o is for one catalogue")
	case g.pkg != "" && (!token.IsIdentifier(g.pkg) || g.pkg == "_"):
		return usageError(fmt.Sprintf("%q can't be a package's name", g.pkg))
	}
	var failed error
	sources := map[string]string{}
	for _, file := range files {
		target := g.target(file)
		err := claim(sources, file, target)
		if err == nil {
			err = g.file(file, target, stderr)
		}
		if err == nil {
			continue
		}
		failed = errTold
		if !errors.Is(err, errTold) {
			fmt.Fprintf(stderr, "errcat: %v\n", err)
		}
	}
	return failed
}

// claim notes which file a target is written from, which is to be one.
func claim(sources map[string]string, file, target string) error {
	if other, ok := sources[target]; ok && other != file {
		return fmt.Errorf("%s and %s would both be %s; put each in a folder of its own", other, file, target)
	}
	sources[target] = file
	return nil
}

// target returns the file to write for a catalogue.
func (g *generator) target(file string) string {
	if g.out != "" {
		return g.out
	}
	return filepath.Join(filepath.Dir(file), "catalog_gen.go")
}

func (g *generator) file(file, target string, stderr io.Writer) error {
	f, err := catalogfile.Read(file)
	if err != nil {
		return err
	}
	if f.Catalog == nil {
		for _, fault := range f.Faults {
			if fault.Severity == catalogfile.Error {
				fmt.Fprintln(stderr, fault.Error())
			}
		}
		return errTold
	}
	o, err := g.options(f, target)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return put(target, gen.Source(&f.Spec, o), g.check)
}

func (g *generator) options(f *catalogfile.File, target string) (gen.Options, error) {
	o := gen.Options{Package: g.pkg, Source: filepath.Base(f.Path)}
	dir, err := filepath.Abs(filepath.Dir(target))
	if err != nil {
		return o, err
	}
	if o.Package == "" {
		o.Package = gen.PackageName(filepath.Base(dir))
	}
	if f.Base == nil {
		return o, nil
	}
	base, err := filepath.Abs(filepath.Dir(f.Base.Path))
	if err != nil {
		return o, err
	}
	if base == dir {
		return o, errors.New("a catalogue and the one that it extends are two Go packages; put each in a folder of its own")
	}
	o.Base, err = importPath(base)
	return o, err
}

// put writes the file unless it has that text, or checks that it has.
func put(target string, source []byte, check bool) error {
	old, err := os.ReadFile(target)
	switch {
	case err == nil && bytes.Equal(old, source):
		return nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case check:
		return fmt.Errorf("%s is not up to date; run errcat gen", target)
	}
	return replace(target, source)
}

// replace writes the file whole or not at all.
func replace(target string, data []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(target), ".errcat-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), target)
}
