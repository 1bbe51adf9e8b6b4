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

// Mark marks a header as one reply's: nothing else has these strings, wherever they are
// copied to, and nobody sees it.
func Mark(h http.Header) {
	for _, name := range [...]string{"Content-Type", "Cache-Control"} {
		h[name] = []string{strings.Clone(h.Get(name))}
	}
}

// Marks reports whether the header is the reply's: it has the Content-Type that it was given,
// or one to which a wrapper added a parameter.
func (c *Copy) Marks(h http.Header) bool {
	mark, here := c.Header.Get("Content-Type"), h.Get("Content-Type")
	return isOne(mark, here) || strings.HasPrefix(here, mark+";") && c.Touches(h)
}

// Touches reports whether the header was the reply's, whatever it is now.
func (c *Copy) Touches(h http.Header) bool {
	return isOne(c.Header.Get("Cache-Control"), h.Get("Cache-Control"))
}

// isOne reports whether the two are one string, not only the same.
func isOne(mark, here string) bool {
	return mark != "" && len(here) == len(mark) && unsafe.StringData(here) == unsafe.StringData(mark)
}
