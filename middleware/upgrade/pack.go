package upgrade

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// plain returns the beginning of the body without what a wrapper between packed it in,
// gzip or DEFLATE, and whether that is the body as it is or could be unpacked.
func (e *ReplyError) plain() (body []byte, ok bool) {
	encoding := e.Header.Get("Content-Encoding")
	var packed io.Reader
	switch gzipped := bytes.HasPrefix(e.Body, []byte("\x1f\x8b\x08")); {
	case strings.EqualFold(encoding, "deflate"): // bare, as chi's Compress sends it
		packed = flate.NewReader(bytes.NewReader(e.Body))
	case encoding != "" && !strings.EqualFold(encoding, "gzip"):
		return e.Body, false
	case encoding == "" && !gzipped: // of a gzip that nobody tells of
		return e.Body, true
	default:
		r, err := gzip.NewReader(bytes.NewReader(e.Body))
		if err != nil {
			return e.Body, encoding == ""
		}
		packed = r
	}
	// What was flushed or cut has no end, and is text all the same.
	body, _ = io.ReadAll(io.LimitReader(packed, defaultLimit))
	return body, true
}

// copies reports whether the reply is one of the contract's that came through a wrapper
// without Unwrap: its plain text is all there, or is what is left of it, packed or with what
// a handler wrote before or after, for want of a return. JSON of its own is another reply,
// to a batch, one of whose parts failed so. The reply is whole, or its body goes on.
func (e *ReplyError) copies(c *reqstate.Copy, text string, whole bool) bool {
	same := e.Status == c.Status
	switch {
	case strings.TrimSpace(text) == strings.TrimSpace(c.Body):
		return true
	case media(e.Header) != media(c.Header):
		return false
	case e.method == http.MethodHead:
		return same
	case !whole:
		begun := strings.HasPrefix(text, c.Body) || strings.HasPrefix(c.Body, text)
		return begun || same && !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[")
	}
	return !json.Valid([]byte(text)) && (same || strings.Contains(text, c.Body))
}
