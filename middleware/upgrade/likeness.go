package upgrade

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// madeOf returns the one of the contract's replies of which wrappers made the held one:
// packed, or with what a handler wrote before or after it, for want of a return. JSON of its
// own is another reply, to a batch, one of whose parts failed so. The held one is whole, or
// its body goes on. Its headers may be set by now, or have been when it began.
func (e *ReplyError) madeOf(told []*reqstate.Copy, now http.Header, whole bool) *reqstate.Copy {
	l := likeness{ReplyError: e, now: now, whole: whole}
	body, read := e.plain()
	cut := len(body) >= defaultLimit && len(body) != len(e.Body)
	l.text = string(body)
	l.values = sync.OnceValue(func() spans { return values(body, whole && !cut) })
	l.blank = !read || cut || !utf8.Valid(body) || e.head
	l.marked, l.touched = slices.ContainsFunc(told, l.marks), slices.ContainsFunc(told, l.touches)
	if c := least(told, l.shown, l.marks); c != nil {
		return c
	}
	if l.marked || l.touched && !e.typed() {
		return least(told, l.hidden, l.marks)
	}
	return nil
}

// A likeness is what of a held reply can be like the contract's.
type likeness struct {
	*ReplyError
	now             http.Header  // by now
	whole           bool         // the body, which goes on otherwise
	text            string       // of the body
	values          func() spans // of JSON in it
	blank           bool         // the text says nothing
	marked, touched bool         // by one of the contract's replies
}

func (l *likeness) marks(c *reqstate.Copy) bool   { return c.Marks(l.Header) || c.Marks(l.now) }
func (l *likeness) touches(c *reqstate.Copy) bool { return c.Touches(l.Header) || c.Touches(l.now) }

// shown ranks a reply by where the text has its body.
func (l *likeness) shown(c *reqstate.Copy) int {
	at := strings.Index(l.text, c.Body)
	switch same := l.Status == c.Status; {
	case at < 0, at > 0 && l.values().around(at):
		return unlike
	case l.marked, l.touched && same, (l.touched || same) && !l.typed(),
		media(l.Header) == media(c.Header) && (same || len(l.values()) < 2):
		return at // of several the first counts
	}
	return unlike
}

// hidden ranks a reply whose body the text does not have, or not all of it yet.
func (l *likeness) hidden(c *reqstate.Copy) int {
	same := l.Status == c.Status
	begun := !l.whole && strings.HasPrefix(c.Body, l.text) && (same || len(l.text) > 1) // not only a brace
	switch {
	case !l.blank && !begun, !same && !l.marks(c):
		return unlike
	case !same:
		return 1
	}
	return 0
}

// disown takes the headers off that one of the contract's replies left, which a wrapper
// dropped: the type too, unless the handler set one, or the body is of it.
func (e *ReplyError) disown(told []*reqstate.Copy) {
	for _, c := range told {
		if !c.Marks(e.Header) {
			continue
		}
		body, _ := e.plain()
		typed := json.Valid(body)
		maps.DeleteFunc(e.Header, func(name string, values []string) bool {
			return name != "X-Request-Id" && (name != "Content-Type" || !typed) && slices.Equal(values, c.Header[name])
		})
	}
}

// unlike is the rank of what is not the reply.
const unlike = math.MaxInt

// least returns the reply of the lowest rank: of equal ones the last, but rather one that is
// marked.
func least(told []*reqstate.Copy, rank func(*reqstate.Copy) int, marked func(*reqstate.Copy) bool) (reply *reqstate.Copy) {
	lowest := unlike
	for _, c := range told {
		n := rank(c)
		if n < lowest || n == lowest && n < unlike && (marked(c) || !marked(reply)) {
			reply, lowest = c, n
		}
	}
	return reply
}

// spans are where the JSON values of a text begin and end.
type spans [][2]int

// values returns the spans of the JSON values with which a text begins. The last of them may
// go on, unless the text is whole.
func values(text []byte, whole bool) (all spans) {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var v json.RawMessage
		err := d.Decode(&v)
		end := int(d.InputOffset())
		switch {
		case err == nil:
			all = append(all, [2]int{end - len(v), end})
		case errors.Is(err, io.ErrUnexpectedEOF) && !whole:
			return append(all, [2]int{end, len(text)})
		default:
			return all
		}
	}
}

// around reports whether that place is inside a value.
func (s spans) around(at int) bool {
	return slices.ContainsFunc(s, func(span [2]int) bool { return span[0] < at && at < span[1] })
}
