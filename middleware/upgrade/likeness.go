package upgrade

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// likeness returns what ranks the contract's replies by how much the held one looks like
// what wrappers made of them: packed, or with what a handler wrote before or after, for want
// of a return. JSON of its own is another reply, to a batch, one of whose parts failed so.
// The held one is whole, or its body goes on. Its headers may be set by now, or have been
// when it began.
func (e *ReplyError) likeness(now http.Header, whole bool) func(*reqstate.Copy) int {
	body, ok := e.plain()
	text, head := string(body), e.method == http.MethodHead
	own := isJSON(body) || !whole && (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "["))
	unread := !ok || !utf8.Valid(body) || len(body) >= defaultLimit && e.Header.Get("Content-Encoding") != ""
	return func(c *reqstate.Copy) int {
		if strings.TrimSpace(text) == strings.TrimSpace(c.Body) {
			return 0
		}
		at := strings.Index(text, c.Body)
		begun := !whole && (at == 0 || strings.HasPrefix(c.Body, text))
		unseen := begun || unread || head || text == ""
		same, marked := e.Status == c.Status, shows(c, marks, e.Header, now)
		switch {
		case !marked && media(e.Header) != media(c.Header):
			return reqstate.Unlike
		case own && !begun && !(head && marked):
			return reqstate.Unlike
		case at >= 0:
			return 1 + at // of several the first counts
		case unseen && same && (marked || whole && !unread):
			return reqstate.Unlike - 2
		case unseen && marked && shows(c, slices.Collect(maps.Keys(c.Header)), e.Header, now):
			return reqstate.Unlike - 1
		}
		return reqstate.Unlike
	}
}

// isJSON reports whether the body is JSON, or lines of it.
func isJSON(body []byte) bool {
	for line := range bytes.Lines(body) {
		if !json.Valid(line) {
			return json.Valid(body)
		}
	}
	return len(body) > 0
}

// marks are headers that all replies of a Writer have.
var marks = []string{"Content-Type", "Cache-Control", "X-Content-Type-Options"}

// shows reports whether one of the headers has those names as the contract's reply has
// them, but for what others add to.
func shows(c *reqstate.Copy, names []string, headers ...http.Header) bool {
	return slices.ContainsFunc(headers, func(h http.Header) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			if name == "Content-Type" {
				return media(h) != media(c.Header)
			}
			return name != "X-Request-Id" && name != "Vary" && h.Get(name) != c.Header.Get(name)
		})
	})
}
