package upgrade

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// encoded reports whether the reply says that its body is packed.
func (e *ReplyError) encoded() bool { return e.Header.Get("Content-Encoding") != "" }

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
	case encoding == "" && !gzipped: // of a gzip that nobody tells of, see unpack
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

// unpack makes the body of a contract reply, which had that length, what the Writer
// wrote: without what a wrapper between packed it in, and without what a handler wrote
// before or after it, for want of a return. A Writer that a wrapper without Unwrap packs
// took the Content-Encoding for one of the abandoned response, if it was set before, and
// so nobody may say that it is packed.
func (e *ReplyError) unpack(length int) {
	body, ok := e.plain()
	if !ok || len(body) >= defaultLimit {
		return
	}
	head := e.method == http.MethodHead && len(body) == 0 && e.encoded()
	if body = within(body, length); !head && (len(body) == 0 || bytes.Equal(body, e.Body)) {
		return
	}
	e.Body = body
	delete(e.Header, "Content-Encoding")
	delete(e.Header, "Content-Length")
	if head {
		e.Header["Content-Length"] = []string{strconv.Itoa(length)}
	}
}

// within returns the JSON of that length that the body begins or ends with, else the
// body.
func within(body []byte, length int) []byte {
	if length <= 0 || length >= len(body) {
		return body
	}
	if head := body[:length]; json.Valid(head) {
		return head
	}
	if tail := body[len(body)-length:]; json.Valid(tail) {
		return tail
	}
	return body
}
