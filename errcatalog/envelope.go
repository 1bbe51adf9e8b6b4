package errcatalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// An Envelope is the shape of an error's body, written as it looks on the wire,
// with slots where values go:
//
//	{"error": {"code": $code, "message": $message, "request_id": $request_id, ...$fields}}
//
// The slots are
//
//	$code        the published code
//	$message     the message
//	$status      the HTTP status
//	$type        the entry's type
//	$title       the entry's last message, the same for every occurrence; the status's
//	             own phrase when there is no docs URL
//	$retryable   whether the entry's retry rule is other than never
//	$request_id  the request's ID; the member is left out when there is none
//	$timestamp   the time of the reply, RFC 3339 in UTC, in whole seconds
//	$docs_url    the catalogue's docs URL, #, and the code; left out when there is none
//	$fields      the public params, as an object; ...$fields puts them among the members
//	$name?       the public param of that name, which $fields then leaves out
//
// A ? behind $type, $fields or an object leaves the member out when it would be
// empty. Everything else is a JSON literal. White space does not reach the wire.
type Envelope string

// ProblemDetails is the envelope of RFC 9457, for a catalogue that has no other.
// Use it with the media type application/problem+json.
const ProblemDetails Envelope = `{"type": $docs_url, "title": $title, "status": $status, "detail": $message,
	"code": $code, "request_id": $request_id, ...$fields}`

// The slots that are not params, and what $name in Param.From may be.
const (
	slotCode      = "$code"
	slotMessage   = "$message"
	slotStatus    = "$status"
	slotType      = "$type"
	slotTitle     = "$title"
	slotRetryable = "$retryable"
	slotRequestID = "$request_id"
	slotTimestamp = "$timestamp"
	slotDocsURL   = "$docs_url"
	slotFields    = "$fields"
)

// isParamSlot reports whether slot names a param.
func isParamSlot(slot string) bool {
	switch slot {
	case "", slotCode, slotMessage, slotStatus, slotType, slotTitle, slotRetryable,
		slotRequestID, slotTimestamp, slotDocsURL, slotFields:
		return false
	}
	return true
}

// A node is a member of an envelope: an object, a slot, a literal, or a spread,
// which has no name.
type node struct {
	name     string
	members  []node // of an object
	object   bool
	slot     string // of a slot or spread
	literal  string
	optional bool
}

// walk calls f for n and for every node in it.
func (n *node) walk(f func(*node)) {
	f(n)
	for i := range n.members {
		n.members[i].walk(f)
	}
}

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

func (p *envelopeParser) fault(format string, args ...any) error {
	line := 1 + strings.Count(p.text[:p.at], "\n")
	column := p.at - strings.LastIndexByte(p.text[:p.at], '\n')
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
		return n, p.fault("objects nest deeper than %d", maxNesting)
	}
	if p.take("}") {
		return n, nil
	}
	for {
		m, err := p.member(depth)
		if err != nil {
			return n, err
		}
		for _, other := range n.members {
			if other.name == m.name {
				return n, p.fault("the object has two members %q", m.name)
			}
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
		if slot := p.word(); slot != slotFields {
			return node{}, p.fault("only ...$fields can be spread")
		}
		return node{slot: slotFields}, nil
	}
	p.space()
	quoted := p.literal()
	var name string
	if err := json.Unmarshal([]byte(quoted), &name); err != nil || name == "" {
		return node{}, p.fault("a member's name must stand here, in double quotes")
	}
	if !p.take(":") {
		return node{}, p.fault("a colon must follow the name %q", name)
	}
	n, err := p.value(depth)
	n.name = name
	return n, err
}

func (p *envelopeParser) value(depth int) (node, error) {
	p.space()
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
			return n, p.fault("a slot's name is of a-z, 0-9 and _")
		}
	default:
		text := p.literal()
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(text)); err != nil {
			return n, p.fault("%q is no slot, object, string, number, true, false or null", text)
		}
		n.literal = compact.String()
		return n, nil
	}
	n.optional = p.take("?")
	if isParamSlot(n.slot) && !n.optional {
		return n, p.fault("%s is a param, and an entry may lack it; write %s?", n.slot, n.slot)
	}
	if n.optional && !n.object && !isParamSlot(n.slot) && n.slot != slotType && n.slot != slotFields {
		return n, p.fault("%s? is not needed: write %s", n.slot, n.slot)
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
