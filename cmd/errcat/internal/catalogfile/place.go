package catalogfile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// A pair is a key of a mapping with its value, or an item of a list, without a key.
type pair struct {
	key   *yaml.Node
	value *yaml.Node
}

// at is where the pair stands: at its value if that is a plain one, else at its key.
func (p pair) at() mark {
	if p.key != nil && (p.value.Kind != yaml.ScalarNode || p.value.Tag == "!!null") {
		return at(p.key)
	}
	return at(p.value)
}

// find returns a field of an entry, such as params.limit.type, messages[1] or
// covers[timeout], or the nearest that is around it. Without a code it is a field
// of the catalogue.
func (f *File) find(code, field string) pair {
	p := f.root
	if code != "" {
		if e, ok := f.entries[code]; ok {
			p = e
		}
	}
	for field != "" {
		next, rest, ok := p.step(field)
		if !ok {
			break
		}
		p, field = next, strings.TrimPrefix(rest, ".")
	}
	return p
}

// step returns the part of p that a field begins with, and the rest of the field.
func (p pair) step(field string) (part pair, rest string, ok bool) {
	c := p.value.Content
	switch p.value.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(c); i += 2 {
			// A name may have a dot, and another name before it.
			after, found := strings.CutPrefix(field, c[i].Value)
			if found && (after == "" || after[0] == '.' || after[0] == '[') && (!ok || len(after) < len(rest)) {
				part, rest, ok = pair{c[i], c[i+1]}, after, true
			}
		}
	case yaml.SequenceNode:
		index, after, _ := strings.Cut(strings.TrimPrefix(field, "["), "]")
		i, err := strconv.Atoi(index)
		if err != nil {
			i = slices.IndexFunc(c, func(item *yaml.Node) bool { return item.Value == index })
		}
		if i >= 0 && i < len(c) {
			return pair{value: c[i]}, after, true
		}
	}
	return part, rest, ok
}

var envelopeMark = regexp.MustCompile(`^line (\d+), column (\d+): `)

// inEnvelope returns where in the file a fault of the envelope is, if its text
// stands there as it is, and the problem without the place within the text.
func (f *File) inEnvelope(n *yaml.Node, problem string) (mark, string) {
	m := envelopeMark.FindStringSubmatch(problem)
	if m == nil || n.Kind != yaml.ScalarNode {
		return at(n), problem
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	place, ok := f.inScalar(n, line, column)
	if !ok {
		return at(n), problem
	}
	return place, problem[len(m[0]):]
}

// inScalar returns where a line and column of a scalar's text stand in the file.
// The column counts bytes.
func (f *File) inScalar(n *yaml.Node, line, column int) (mark, bool) {
	text := strings.Split(n.Value, "\n")
	for line > 1 && text[line-1] == "" { // the end of the text
		line--
		column = len(text[line-1]) + 1
	}
	before, place := text[line-1][:column-1], at(n)
	switch {
	case n.Style == yaml.LiteralStyle:
		place.line += line
		indent, ok := strings.CutSuffix(f.line(place.line), text[line-1])
		place.column = 1 + utf8.RuneCountInString(indent) + utf8.RuneCountInString(before)
		return place, ok
	case n.Style != 0: // quotes
		place.column++
	}
	ok := strings.HasPrefix(from(f.line(place.line), place.column), n.Value)
	place.column += utf8.RuneCountInString(before)
	return place, ok
}
