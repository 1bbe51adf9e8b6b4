package jwtauth

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays may be nested.
const maxDepth = 32

// object reads a text that is one JSON object, with no name twice in any object:
// readers differ in which of the two they take. The values are those that
// encoding/json gives; texts in them share the memory of one copy of the whole.
func object(text []byte) (map[string]any, bool) {
	if !json.Valid(text) || !utf8.Valid(text) {
		return nil, false
	}
	r := objectReader{rest: string(text)}
	if r.peek() != '{' {
		return nil, false
	}
	members := r.members(maxDepth)
	return members, !r.failed
}

// An objectReader reads values of a text that is valid JSON: it needs to look at no
// more than tells them apart.
type objectReader struct {
	rest   string
	failed bool // a name stands twice, or a value is too deep or large
}

// peek returns the next character that is no space. The text has one.
func (r *objectReader) peek() byte {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	return r.rest[0]
}

// next takes that character.
func (r *objectReader) next() byte {
	c := r.peek()
	r.rest = r.rest[1:]
	return c
}

// take takes the first n bytes.
func (r *objectReader) take(n int) string {
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *objectReader) value(depth int) any {
	if depth == 0 {
		r.failed = true
	}
	if r.failed {
		return nil
	}
	switch r.peek() {
	case '{':
		return r.members(depth)
	case '[':
		return r.elements(depth)
	case '"':
		return r.text()
	case 't':
		r.take(len("true"))
		return true
	case 'f':
		r.take(len("false"))
		return false
	case 'n':
		r.take(len("null"))
		return nil
	}
	return r.number()
}

func (r *objectReader) members(depth int) map[string]any {
	members := map[string]any{}
	for r.next(); !r.failed && r.peek() != '}'; {
		if r.peek() == ',' {
			r.next()
			r.peek()
		}
		name := r.text()
		if _, twice := members[name]; twice {
			r.failed = true
		}
		r.next() // the colon
		members[name] = r.value(depth - 1)
	}
	if !r.failed {
		r.next()
	}
	return members
}

func (r *objectReader) elements(depth int) []any {
	elements := []any{}
	for r.next(); !r.failed && r.peek() != ']'; {
		if r.peek() == ',' {
			r.next()
		}
		elements = append(elements, r.value(depth-1))
	}
	if !r.failed {
		r.next()
	}
	return elements
}

func (r *objectReader) text() string {
	end, escaped := 1, false
	for ; r.rest[end] != '"'; end++ {
		if r.rest[end] == '\\' {
			escaped = true
			end++
		}
	}
	quoted := r.take(end + 1)
	if !escaped {
		return quoted[1:end]
	}
	var s string
	r.failed = r.failed || json.Unmarshal([]byte(quoted), &s) != nil
	return s
}

func (r *objectReader) number() float64 {
	end := strings.IndexAny(r.rest, " \t\r\n,]}")
	n, err := strconv.ParseFloat(r.take(end), 64)
	r.failed = r.failed || err != nil
	return n
}
