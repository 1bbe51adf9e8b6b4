package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

const initUsage = `errcat init writes a starter catalogue that extends the standard one, and the JSON
Schema with which editors complete and check it. It never overwrites a file.

  errcat init                   catalog.yaml and catalog.schema.json in this folder
  errcat init internal/apierr   in that folder, which it makes

`

//go:embed starter.yaml
var starter []byte

func setUpInit(*flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	return func(args []string, stdout, _ io.Writer) error {
		if len(args) > 1 {
			return usageError("name one folder")
		}
		return initialize(filepath.Join(args...), stdout)
	}
}

// initialize writes the starter's files into a folder.
func initialize(dir string, stdout io.Writer) error {
	catalog, schema := filepath.Join(dir, "catalog.yaml"), filepath.Join(dir, "catalog.schema.json")
	for _, path := range []string{catalog, schema} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, fmt.Errorf("%s exists, and init overwrites nothing", path))
		}
	}
	if err := os.MkdirAll(filepath.Dir(catalog), 0o755); err != nil {
		return err
	}
	if err := errors.Join(create(catalog, starter), create(schema, catalogfile.Schema)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "wrote %s and %s\nnext: errcat gen %[1]s\n", catalog, schema)
	return err
}

// create writes a file that must not exist.
func create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func setUpSchema(*flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	return func(args []string, stdout, _ io.Writer) error {
		if len(args) > 0 {
			return usageError("takes no file")
		}
		_, err := stdout.Write(catalogfile.Schema)
		return err
	}
}
