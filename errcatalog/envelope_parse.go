package errcatalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxNesting is how deep an envelope may nest.
const maxNesting = 16

// parse reads the envelope into its outermost object.
func (e Envelope) parse() (node, error) {
	p := envelopeParser{text: string(e)}
	n, err := p.object(0)
	if err == nil {
		if p.space(); p.at < len(p.text) {
			err = p.fault("something follows the closing brace")
		}
	}
	return n, err
}

type envelopeParser struct {
	text string
	at   int
}

// fault is what is wrong where the parser stands.
func (p *envelopeParser) fault(format string, args ...any) error {
	return p.faultAt(p.at, format, args...)
}

func (p *envelopeParser) faultAt(at int, format string, args ...any) error {
	line := 1 + strings.Count(p.text[:at], "\n")
	column := at - strings.LastIndexByte(p.text[:at], '\n')
	return fmt.Errorf("line %d, column %d: %s", line, column, fmt.Sprintf(format, args...))
}

func (p *envelopeParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// take skips white space and then s, if it stands there.
func (p *envelopeParser) take(s string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *envelopeParser) object(depth int) (node, error) {
	n := node{object: true}
	if !p.take("{") {
		return n, p.fault("an object must begin here, with {")
	}
	if depth > maxNesting {
		return n, p.faultAt(p.at-1, "objects nest deeper than %d", maxNesting)
	}
	if p.take("}") {
		return n, nil
	}
	for {
		p.space()
		from := p.at
		m, err := p.member(depth)
		if err != nil {
			return n, err
		}
		if taken(m.name, n.members) {
			return n, p.faultAt(from, "the object has two %s", m.title())
		}
		n.members = append(n.members, m)
		if p.take("}") {
			return n, nil
		}
		if !p.take(",") {
			return n, p.fault("a comma or } must stand here")
		}
	}
}

func (p *envelopeParser) member(depth int) (node, error) {
	if p.take("...") {
		from := p.at
		if slot := p.word(); slot != slotFields {
			return node{}, p.faultAt(from, "only ...$fields can be spread")
		}
		return node{slot: slotFields}, nil
	}
	p.space()
	from := p.at
	quoted := p.literal()
	var name string
	if err := json.Unmarshal([]byte(quoted), &name); err != nil || name == "" || !utf8.ValidString(quoted) {
		return node{}, p.faultAt(from, "a member's name must stand here, in double quotes")
	}
	if !p.take(":") {
		return node{}, p.fault("a colon must follow the name %q", name)
	}
	n, err := p.value(depth)
	n.name, n.quoted = name, quotedName(name)
	return n, err
}

func (p *envelopeParser) value(depth int) (node, error) {
	p.space()
	from := p.at
	var n node
	var err error
	switch {
	case strings.HasPrefix(p.text[p.at:], "{"):
		if n, err = p.object(depth + 1); err != nil {
			return n, err
		}
	case strings.HasPrefix(p.text[p.at:], "$"):
		n.slot = p.word()
		if !isName(n.slot[1:]) {
			return n, p.faultAt(from, "a slot's name is of a-z, 0-9 and _")
		}
		if isParamSlot(n.slot) {
			n.param = n.slot[1:]
		}
	default:
		text := p.literal()
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(text)); err != nil || !utf8.ValidString(text) {
			return n, p.faultAt(from, "%q is no slot, object, string, number, true, false or null", text)
		}
		n.literal = compact.String()
		return n, nil
	}
	n.optional = p.take("?")
	if n.param != "" && !n.optional {
		return n, p.faultAt(from, "%s is a param, and an entry may lack it; write %s?%s", n.slot, n.slot, instead(n.slot, slots))
	}
	if n.optional && !n.object && n.param == "" && n.slot != slotType && n.slot != slotFields {
		return n, p.faultAt(from, "%s? is not needed: write %s", n.slot, n.slot)
	}
	return n, nil
}

// word takes $ and a name.
func (p *envelopeParser) word() string {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] == '$' && p.at == from || isName(p.text[p.at:p.at+1])) {
		p.at++
	}
	return p.text[from:p.at]
}

// literal takes a JSON string, or what stands before the next delimiter.
func (p *envelopeParser) literal() string {
	from := p.at
	if p.at < len(p.text) && p.text[p.at] == '"' {
		for p.at++; p.at < len(p.text); p.at++ {
			if p.text[p.at] == '\\' {
				p.at++
			} else if p.text[p.at] == '"' {
				p.at++
				break
			}
		}
		p.at = min(p.at, len(p.text))
		return p.text[from:p.at]
	}
	for p.at < len(p.text) && strings.IndexByte(",}:? \t\r\n", p.text[p.at]) < 0 {
		p.at++
	}
	return p.text[from:p.at]
}
