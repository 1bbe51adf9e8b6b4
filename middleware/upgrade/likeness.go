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
	body, read := e.plain()
	cut := len(body) >= defaultLimit && len(body) != len(e.Body)
	text, own := string(body), sync.OnceValue(func() spans { return values(body, whole && !cut) })
	marks := func(c *reqstate.Copy) bool { return c.Marks(e.Header) || c.Marks(now) }
	marked := slices.ContainsFunc(told, marks)
	touched := slices.ContainsFunc(told, func(c *reqstate.Copy) bool { return c.Touches(e.Header) || c.Touches(now) })

	shown := least(told, func(c *reqstate.Copy) int {
		at := strings.Index(text, c.Body)
		switch same := e.Status == c.Status; {
		case at < 0, at > 0 && own().around(at):
			return unlike
		case marked, touched && same, (touched || same) && !e.typed(),
			media(e.Header) == media(c.Header) && (same || len(own()) < 2):
			return at // of several the first counts
		}
		return unlike
	}, marks)
	if shown != nil || !marked && (!touched || e.typed()) {
		return shown
	}
	blank := !read || cut || !utf8.Valid(body) || e.method == http.MethodHead
	return least(told, func(c *reqstate.Copy) int {
		same := e.Status == c.Status
		begun := !whole && strings.HasPrefix(c.Body, text) && (same || len(text) > 1) // not only a brace
		switch {
		case !blank && !begun, !same && !marks(c):
			return unlike
		case !same:
			return 1
		}
		return 0
	}, marks)
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
