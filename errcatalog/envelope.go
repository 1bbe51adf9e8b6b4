package errcatalog

import (
	"slices"
	"strconv"
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
