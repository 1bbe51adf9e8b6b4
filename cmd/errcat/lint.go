package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
)

const lintUsage = `errcat lint finds what is wrong in catalogues: a line for each fault, with its place,
what is wrong, and how to mend it. It exits with 1 when one of them is an error; warnings
alone are no failure.

  errcat lint catalog.yaml
  errcat lint -format json api/*/catalog.yaml
  errcat lint -format sarif catalog.yaml > errcat.sarif

`

var formats = map[string]func(io.Writer, []catalogfile.Fault) error{
	"text": printText, "json": printJSON, "sarif": printSARIF,
}

func setUpLint(flags *flag.FlagSet) func([]string, io.Writer, io.Writer) error {
	format := flags.String("format", "text", "text, json or sarif")
	return func(files []string, stdout, stderr io.Writer) error {
		show := formats[*format]
		switch {
		case len(files) == 0:
			return usageError("name at least one catalog.yaml")
		case show == nil:
			return usageError(fmt.Sprintf("%q is no format; use text, json or sarif", *format))
		}
		faults, failed := lint(files, stderr)
		if err := show(stdout, faults); err != nil {
			return err
		}
		return failed
	}
}

// lint returns the faults of all files that can be read, and an error that has been
// told if one can't or has errors.
func lint(files []string, stderr io.Writer) (faults []catalogfile.Fault, failed error) {
	faults = []catalogfile.Fault{}
	for _, file := range files {
		f, err := catalogfile.Read(file)
		if err != nil {
			fmt.Fprintf(stderr, "errcat: %v\n", err)
			failed = errTold
			continue
		}
		faults = append(faults, f.Faults...)
	}
	if catalogfile.HasErrors(faults) {
		failed = errTold
	}
	return faults, failed
}

func printText(w io.Writer, faults []catalogfile.Fault) error {
	for _, f := range faults {
		if _, err := fmt.Fprintln(w, f.Error()); err != nil {
			return err
		}
	}
	return nil
}

func printJSON(w io.Writer, faults []catalogfile.Fault) error { return encode(w, faults) }

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
