package errcatalog

import (
	"net/http"
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
	literal string // the bytes, or a member's name with quotes and colon
	other   string // of opTitle, the bytes without docs URL; of opDocsURL, the catalogue's own member
	param   *param
	ops     []op
}

// A compiler turns an envelope into the ops that write one entry. What is the same
// for every occurrence of the entry becomes literal bytes.
type compiler struct {
	entry  *entry
	docs   string          // the catalogue's docs URL
	pinned map[string]bool // the params that the envelope names
	rename bool            // a field whose name is taken gets the prefix error_
	faults func(problem string)

	ops []op
	lit []byte
}

// compile returns the ops that write the entry in the shape of n.
func (c *compiler) compile(n *node) []op {
	c.lit = append(c.lit, '{')
	c.members(n.members)
	c.lit = append(c.lit, '}')
	c.flush()
	return c.ops
}

func (c *compiler) flush() {
	if len(c.lit) > 0 {
		c.ops = append(c.ops, op{kind: opLiteral, literal: string(c.lit)})
		c.lit = c.lit[:0]
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
		c.lit = append(appendQuoted(c.lit, m.name), ':')
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
	return isParamSlot(m.slot)
}

// conditional compiles a member that depends on the occurrence, if m is one.
func (c *compiler) conditional(m *node) bool {
	name := string(append(appendQuoted(nil, m.name), ':'))
	switch {
	case m.slot == slotRequestID:
		c.emit(op{kind: opRequestID, literal: name})
	case m.slot == slotTimestamp:
		c.emit(op{kind: opTimestamp, literal: name})
	case m.slot == slotDocsURL:
		own := ""
		if c.docs != "" {
			own = string(appendQuoted([]byte(name), c.docs+"#"+string(c.entry.Code)))
		}
		c.emit(op{kind: opDocsURL, literal: name, other: own})
	case isParamSlot(m.slot):
		p := c.entry.param(m.slot[1:])
		if p == nil || !p.Public {
			return false
		}
		c.emit(op{kind: opParam, literal: name, param: p})
	case m.optional && (m.object || m.slot == slotFields):
		sub := compiler{entry: c.entry, docs: c.docs, pinned: c.pinned, rename: c.rename, faults: c.faults}
		if m.object {
			sub.members(m.members)
		} else {
			sub.spread(nil)
		}
		sub.flush()
		c.emit(op{kind: opObject, literal: name, ops: sub.ops})
	default:
		return false
	}
	return true
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
	phrase := or(http.StatusText(c.entry.Status), title)
	c.emit(op{kind: opTitle, literal: string(appendQuoted(nil, title)), other: string(appendQuoted(nil, phrase))})
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
	for i := range c.entry.params {
		p := &c.entry.params[i]
		if !p.Public || c.pinned[p.Name] || c.twice(p, siblings) {
			continue
		}
		name := p.Name
		if c.rename {
			name = free(name, siblings)
		}
		if taken(name, siblings) {
			c.faults("would show two members " + strconv.Quote(name) + "; rename the param")
		}
		siblings = append(siblings[:len(siblings):len(siblings)], node{name: name})
		c.emit(op{kind: opParam, literal: string(append(appendQuoted(nil, name), ':')), param: p})
	}
}

// twice reports whether a sibling shows under the param's name what it shows.
func (c *compiler) twice(p *param, siblings []node) bool {
	if !c.rename {
		return false
	}
	for i := range siblings {
		if siblings[i].name == p.Name && siblings[i].slot == p.From {
			return true
		}
	}
	return false
}
