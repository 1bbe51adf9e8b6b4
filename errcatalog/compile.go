package errcatalog

import (
	"cmp"
	"iter"
	"net/http"
	"slices"
	"strconv"
)

// An opKind is what an op does.
type opKind uint8

const (
	opLiteral   opKind = iota // append the literal
	opComma                   // append a comma unless an object was just opened
	opMessage                 // append the message, escaped
	opRequestID               // append a member, if there is a request ID
	opTimestamp               // append a member, if there is a time
	opDocsURL                 // append a member, if there is a docs URL
	opTitle                   // append the title
	opParam                   // append a member, if the param has a value
	opObject                  // append a member, unless its object stays empty
)

// An op is one step of writing an envelope: literal bytes, or a hole.
type op struct {
	kind    opKind
	n       int32  // of opObject, how many of the next ops write its members
	literal string // the bytes, or a member's name with quotes and colon
	other   string // of opTitle, the bytes without docs URL; of opDocsURL and opParam, the member by default
	param   *param
}

// A compiler turns an envelope into the ops that write one entry. What is the same
// for every occurrence of the entry becomes literal bytes.
type compiler struct {
	entry  *entry
	docs   string          // the catalogue's docs URL
	pinned map[string]bool // the params that the envelope names
	rename bool            // a field whose name is taken gets the prefix error_
	faults func(problem string)

	ops   []op
	lit   []byte
	names []string // those that fields gave out
}

// compile returns the ops that write an entry in the shape of n.
func (c *compiler) compile(e *entry, n *node, rename bool) []op {
	c.entry, c.rename = e, rename
	c.lit = append(c.lit, '{')
	c.members(n.members)
	c.lit = append(c.lit, '}')
	c.flush()
	ops := slices.Clone(c.ops)
	c.ops = c.ops[:0]
	return ops
}

func (c *compiler) flush() {
	if len(c.lit) > 0 {
		c.ops = append(c.ops, op{kind: opLiteral, literal: c.keep(c.lit)})
	}
}

func (c *compiler) emit(o op) {
	c.flush()
	c.ops = append(c.ops, o)
}

// members compiles the members of one object.
func (c *compiler) members(members []node) {
	first, certain := true, false
	for i := range members {
		m := &members[i]
		if m.name == "" {
			c.spread(members)
			first = false
			continue
		}
		if c.conditional(m) {
			first = false
			continue
		}
		if c.left(m) {
			continue
		}
		switch {
		case certain:
			c.lit = append(c.lit, ',')
		case !first:
			c.emit(op{kind: opComma})
		}
		first, certain = false, true
		c.lit = append(c.lit, m.quoted...)
		c.value(m)
	}
}

// left reports whether this entry never has the member.
func (c *compiler) left(m *node) bool {
	if m.slot == slotType {
		if c.entry.Type == "" && !m.optional && !c.rename {
			c.faults("has no type, which the envelope shows; set one, or write $type? there")
		}
		return c.entry.Type == ""
	}
	return m.param != ""
}

// conditional compiles a member that depends on the occurrence, if m is one.
func (c *compiler) conditional(m *node) bool {
	switch {
	case m.slot == slotRequestID:
		c.emit(op{kind: opRequestID, literal: m.quoted})
	case m.slot == slotTimestamp:
		c.emit(op{kind: opTimestamp, literal: m.quoted})
	case m.slot == slotDocsURL:
		c.emit(op{kind: opDocsURL, literal: m.quoted, other: c.docsURL(m)})
	case m.param != "":
		p := c.entry.param(m.param)
		if p == nil || !p.Public {
			return false
		}
		c.param(p, m.quoted)
	case m.optional && (m.object || m.slot == slotFields):
		c.emit(op{kind: opObject, literal: m.quoted})
		object := len(c.ops)
		if m.object {
			c.members(m.members)
		} else {
			c.spread(nil)
		}
		c.flush()
		c.ops[object-1].n = int32(len(c.ops) - object)
	default:
		return false
	}
	return true
}

// docsURL is the member for the catalogue's own docs URL, empty if there is none.
func (c *compiler) docsURL(m *node) string {
	if c.docs == "" {
		return ""
	}
	c.flush()
	b := append(append(c.lit, m.quoted...), '"')
	b = append(appendEscaped(b, c.docs), '#')
	return c.keep(append(append(b, c.entry.Code...), '"'))
}

// keep returns b, which was made in the empty c.lit, as a string.
func (c *compiler) keep(b []byte) string {
	c.lit = b[:0]
	return string(b)
}

// value compiles the value of a member that every occurrence of the entry has.
func (c *compiler) value(m *node) {
	switch {
	case m.object:
		c.lit = append(c.lit, '{')
		c.members(m.members)
		c.lit = append(c.lit, '}')
	case m.slot == slotFields:
		c.lit = append(c.lit, '{')
		c.spread(nil)
		c.lit = append(c.lit, '}')
	case m.slot == slotMessage:
		c.message()
	case m.slot == slotTitle:
		c.title()
	case m.slot == "":
		c.lit = append(c.lit, m.literal...)
	default:
		c.lit = c.entry.appendConstant(c.lit, m.slot)
	}
}

func (c *compiler) message() {
	c.lit = append(c.lit, '"')
	if m := &c.entry.messages[0]; m.fixed() {
		for _, p := range m.parts {
			c.lit = append(c.lit, p.escaped...)
		}
	} else {
		c.emit(op{kind: opMessage})
	}
	c.lit = append(c.lit, '"')
}

// title compiles the summary of the entry. Problem details without a type are to
// have the status's own phrase there (RFC 9457, section 4.2.1).
func (c *compiler) title() {
	title := c.entry.title()
	c.lit = append(c.lit, '"')
	c.emit(op{kind: opTitle, literal: title, other: cmp.Or(http.StatusText(c.entry.Status), title)})
	c.lit = append(c.lit, '"')
}

// appendConstant appends the value of a slot that is the entry's own.
func (e *entry) appendConstant(b []byte, slot string) []byte {
	switch slot {
	case slotCode:
		return appendQuoted(b, string(e.Code))
	case slotType:
		return appendQuoted(b, e.Type)
	case slotStatus:
		return strconv.AppendInt(b, int64(e.Status), 10)
	}
	return strconv.AppendBool(b, e.retryable())
}

// spread compiles the public params among the given members of their object.
func (c *compiler) spread(siblings []node) {
	for name, p := range c.fields(siblings) {
		c.flush()
		quoted := c.keep(append(appendQuoted(c.lit, name), ':'))
		c.param(p, quoted)
	}
}

// fields are the public params that $fields has, under the names they get among the
// given members of their object.
func (c *compiler) fields(siblings []node) iter.Seq2[string, *param] {
	return func(yield func(string, *param) bool) {
		c.names = c.names[:0]
		for i := range c.entry.params {
			p := &c.entry.params[i]
			if !p.Public || c.pinned[p.Name] || c.rename && lists(siblings, p.Name, p.From) {
				continue
			}
			name := p.Name
			for c.rename && (kept(name, siblings) || slices.Contains(c.names, name)) {
				name = "error_" + name
			}
			if taken(name, siblings) {
				c.faults("would show two members " + strconv.Quote(name) + "; rename the param")
			}
			c.names = append(c.names, name)
			if !yield(name, p) {
				return
			}
		}
	}
}

// param compiles the member of a param: its default, where it has one, to bytes.
func (c *compiler) param(p *param, quoted string) {
	o := op{kind: opParam, literal: quoted, param: p}
	if !isZero(p.Default) && shows(p.Param, p.As, p.Default) {
		o.other = string(appendJSON([]byte(quoted), p.Param, p.As, p.Default, 0))
	}
	c.emit(o)
}
