// Package catalogfile reads catalog.yaml files: the grammar in which an error
// catalogue is written. What it expresses is what [errcatalog.Spec] expresses.
package catalogfile

import (
	"os"

	"go.yaml.in/yaml/v4"

	"github.com/contrite-go/contrite/errcatalog"
)

// A File is a catalogue file, read.
type File struct {
	Path    string
	Spec    errcatalog.Spec
	Base    *File               // the file that it extends, nil for the standard catalogue and for none
	Catalog *errcatalog.Catalog // nil if the file has errors
	Faults  []Fault             // in the order of the file

	text    []byte
	root    pair            // the document, without a key
	entries map[string]pair // by code
	unread  unread
}

// unread is what could not be read, so that what comes of it is not reported too.
type unread struct {
	entries map[string]bool // by code
	fields  map[string]bool // of the catalogue; "" is any of them
}

// Read reads the file and the ones that it extends, and checks them. The error is
// for a file that can't be read at all; whatever is wrong inside is in Faults.
func Read(path string) (*File, error) { return read(path, nil) }

func read(path string, open []string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parse(path, text, open), nil
}

// Parse is Read for a file's text. A path in its extends is taken from the folder
// of the given path.
func Parse(path string, text []byte) *File { return parse(path, text, nil) }

// parse reads a text on behalf of the files that are open, each of which extends
// the next.
func parse(path string, text []byte, open []string) *File {
	f := &File{
		Path: path, text: text, entries: map[string]pair{},
		unread: unread{map[string]bool{}, map[string]bool{}},
	}
	if f.load() {
		r := reader{File: f, open: open}
		r.file(f.root.value)
		f.build()
	}
	sortFaults(f.Faults)
	return f
}

// build checks what could be read, and builds the catalogue.
func (f *File) build() {
	c, err := errcatalog.New(f.Spec)
	f.contract(err)
	f.lint()
	if !HasErrors(f.Faults) {
		f.Catalog = c
	}
}

func (f *File) fault(at mark, severity Severity, rule, code, problem string) {
	f.Faults = append(f.Faults, Fault{
		File: f.Path, Line: at.line, Column: at.column,
		Severity: severity, Rule: rule, Code: code, Problem: problem,
	})
}

// A mark is a place in the text, from 1. Columns count Unicode code points.
type mark struct{ line, column int }

func at(n *yaml.Node) mark { return mark{n.Line, max(1, n.Column)} }
