package reqstate

import (
	"net/http"
	"strings"
	"unsafe"
)

// A Copy is one of the contract's replies. It is known again by it after it was written to
// a response that may be copied, or come later.
type Copy struct {
	Status int
	Header http.Header // what the contract says of it
	Body   string
	Failure
}

// Mark marks a header as one reply's: nothing else has those strings, wherever they are
// copied to, and nobody sees it.
func Mark(h http.Header) {
	for _, name := range marked {
		h[name] = []string{strings.Clone(h.Get(name))}
	}
}

// marked are headers that all replies have. A wrapper may change one of them.
var marked = [...]string{"Content-Type", "Cache-Control"}

// Marks reports whether the header has the mark that the reply's was given.
func (c *Copy) Marks(h http.Header) bool {
	for _, name := range marked {
		mark, here := c.Header.Get(name), h.Get(name)
		if mark != "" && len(here) == len(mark) && unsafe.StringData(here) == unsafe.StringData(mark) {
			return true
		}
	}
	return false
}
