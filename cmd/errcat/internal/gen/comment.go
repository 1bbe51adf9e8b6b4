package gen

import (
	"regexp"
	"strings"
	"unicode"
)

// comment writes text as a comment of lines that are not too long. Its first word
// must be none that gofmt takes for markup.
func (w *writer) comment(indent, text string) {
	width := 0
	for word := range strings.FieldsSeq(curly.Replace(printable(text))) {
		// A line that begins with +build would be a build constraint.
		if width > 0 && width+1+len(word) > 100 && !strings.HasPrefix(word, "+build") {
			w.put("\n")
			width = 0
		}
		if width == 0 {
			w.put(indent, "//")
			width = len(indent) + len("//")
		}
		w.put(" ", word)
		width += 1 + len(word)
	}
	w.put("\n")
}

// curly writes quotes as gofmt writes them in a comment.
var curly = strings.NewReplacer("``", "“", "''", "”")

// printable replaces what a comment must not or should not have: NUL, byte order
// marks, characters that turn the direction of text.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || unicode.IsSpace(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// markup is the start of a line that gofmt takes for an item of a list, or for a
// build constraint.
var markup = regexp.MustCompile(`^([-*+•]|[0-9]+[.)])( |$)|^\+build`)

// oneLine is text as a line of a comment's code.
func oneLine(text string) string {
	s := strings.Join(strings.Fields(printable(text)), " ")
	if markup.MatchString(s) {
		return `"` + s + `"`
	}
	return s
}
