// Command errcat works on error catalogues: it makes Go from a catalog.yaml, and
// finds what is wrong in one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// gcPercent lets garbage pile up: a run is short.
const gcPercent = 400

func main() {
	debug.SetGCPercent(gcPercent)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

const usage = `errcat works on error catalogues.

  errcat init [folder]                write a starter catalogue
  errcat lint catalog.yaml ...        find what is wrong in catalogues
  errcat gen catalog.yaml ...         write catalog_gen.go beside each catalogue
  errcat schema                       print the JSON Schema of catalog.yaml

errcat COMMAND -help tells more of a command.

Examples

  errcat init internal/apierr         an own catalogue, to be changed
  errcat gen internal/apierr/catalog.yaml
  errcat gen -check api/*/catalog.yaml    in CI: fail if the Go is not up to date
  errcat lint -format sarif internal/apierr/catalog.yaml > errcat.sarif
`

const schemaUsage = `errcat schema prints the JSON Schema of catalog.yaml, for editors.

  errcat schema > catalog.schema.json

`

// A command has flags and does its work on what is left of the arguments.
type command struct {
	name  string
	about string
	setUp func(*flag.FlagSet) func(args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{"init", initUsage, setUpInit},
	{"lint", lintUsage, setUpLint},
	{"gen", genUsage, setUpGen},
	{"schema", schemaUsage, setUpSchema},
}

// A usageError is a call that can't be meant.
type usageError string

func (e usageError) Error() string { return string(e) }

// errTold stands for what has been told already.
var errTold = errors.New("see above")

// run returns the exit code: 0, 1 when something is wrong with a catalogue or a
// file, 2 for wrong usage.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return 2
	}
	switch args[0] {
	case "help", "-help", "--help", "-h":
		fmt.Fprint(stdout, usage)
		return 0
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "errcat: there is no command %q; errcat help lists them\n", args[0])
	return 2
}

func (c command) run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	do := c.setUp(flags)
	operands, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, c.about)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return 0
	}
	if err == nil {
		err = do(operands, stdout, stderr)
	}
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "errcat %s: %v; errcat %[1]s -help tells more\n", c.name, err)
		return 2
	case !errors.Is(err, errTold):
		fmt.Fprintf(stderr, "errcat: %v\n", err)
	}
	return 1
}

// parse parses the flags, which may stand behind other arguments too, and returns
// those.
func parse(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		err := flags.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, err
		case err != nil:
			return nil, usageError(err.Error())
		case flags.NArg() == 0:
			return operands, nil
		}
		operands = append(operands, flags.Arg(0))
		args = flags.Args()[1:]
	}
}
