package catalogfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// load reads the text as one YAML document.
func (f *File) load() bool {
	if at, problem := character(f.text); problem != "" {
		f.fault(at, Error, ruleYAML, "", problem)
		return false
	}
	var docs []yaml.Node
	err := yaml.Load(f.text, &docs, yaml.WithAllDocuments())
	switch {
	case err != nil:
		f.syntax(err)
	case len(docs) == 0:
		f.fault(mark{1, 1}, Error, ruleYAML, "", "the file is empty; start with: name: my_api")
	case len(docs) > 1:
		f.fault(at(&docs[1]), Error, ruleYAML, "", "a second document begins here; write each catalogue into a file of its own")
	default:
		f.root.value = docs[0].Content[0]
		return true
	}
	return false
}

// character finds the first character that no YAML file in UTF-8 may have, or that
// YAML takes for the end of a line and editors do not.
func character(text []byte) (mark, string) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	at := mark{1, 1}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			return at, "the file is not in UTF-8 from here on"
		case r == '\r' && !bytes.HasPrefix(text, []byte("\r\n")):
			return at, "a line ends in CR alone; end lines in LF or CRLF"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff:
			return at, fmt.Sprintf("YAML takes no %U; in double quotes write \\u%04x", r, r)
		case r == 0x85 || r == 0x2028 || r == 0x2029:
			return at, fmt.Sprintf("YAML takes %U for the end of a line; in double quotes write \\u%04x", r, r)
		}
		at.column++
		if r == '\n' {
			at = mark{at.line + 1, 1}
		}
		text = text[size:]
	}
	return at, ""
}

// syntax reports what the YAML parser found.
func (f *File) syntax(err error) {
	var all *yaml.LoadErrors
	if errors.As(err, &all) && len(all.Errors) > 0 {
		err = all.Errors[0]
	}
	var e *yaml.LoadError
	if !errors.As(err, &e) || e.Mark.Line == 0 {
		f.fault(mark{1, 1}, Error, ruleYAML, "", "not YAML: "+err.Error())
		return
	}
	place := e.Mark
	if strings.Contains(e.Message, "end of stream") && e.ContextMark.Line > 0 {
		place = e.ContextMark // where the quote begins that has no end
	}
	at := mark{place.Line, max(1, place.Column)}
	f.fault(at, Error, ruleYAML, "", f.explain(at, e))
}

// explain says what the YAML parser found, and how to mend it.
func (f *File) explain(at mark, e *yaml.LoadError) string {
	c, _ := utf8.DecodeRuneInString(from(f.line(at.line), at.column))
	switch {
	case c == '\t':
		return "YAML does not indent with tabs; use spaces"
	case strings.Contains(e.Message, "cannot start any token"):
		return fmt.Sprintf("a value that starts with %c must stand in quotes", c)
	case strings.Contains(e.Message, "unknown anchor"):
		return "a value that starts with * must stand in quotes"
	case strings.Contains(e.Message, "mapping values are not allowed"):
		return "a value with a colon and a blank in it must stand in quotes; and keys of one mapping in one column"
	case strings.Contains(e.Message, "end of stream"):
		return "the quote that begins here has no end"
	}
	problem := "not YAML: " + e.Message
	if e.ContextMark.Line > 0 && e.ContextMark != e.Mark {
		problem += fmt.Sprintf(", %s that begins at %d:%d", e.ContextMsg, e.ContextMark.Line, e.ContextMark.Column)
	}
	if strings.Contains(e.Message, "did not find expected") {
		problem += `; a text that starts with {, [, ' or " must stand in quotes as a whole`
	}
	return problem
}

// line returns a line of the text, "" if there is none.
func (f *File) line(n int) string {
	for line := range bytes.Lines(f.text) {
		if n--; n == 0 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
			return strings.TrimRight(string(line), "\r\n")
		}
	}
	return ""
}

// from returns what of a line stands from a column on.
func from(line string, column int) string {
	for ; column > 1 && line != ""; column-- {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}
