package errcatalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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

var slots = []string{
	slotCode, slotMessage, slotStatus, slotType, slotTitle, slotRetryable,
	slotRequestID, slotTimestamp, slotDocsURL, slotFields,
}

// isParamSlot reports whether slot names a param.
func isParamSlot(slot string) bool { return slot != "" && !slices.Contains(slots, slot) }

// A node is a member of an envelope: an object, a slot, a literal, or a spread,
// which has no name.
type node struct {
	name     string
	quoted   string // the name as it stands before the value
	members  []node // of an object
	object   bool
	slot     string // of a slot or spread
	param    string // the param's name, of a slot that names one
	literal  string
	optional bool
}

// title is what a fault calls a member.
func (n *node) title() string {
	if n.name == "" {
		return "..." + n.slot
	}
	return "members " + strconv.Quote(n.name)
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
