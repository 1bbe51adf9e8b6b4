package upgrade

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
)

// plain returns the beginning of the body without the gzip that a wrapper between
// packed it in, and whether that is the body as it is or could be unpacked.
func (e *ReplyError) plain() (body []byte, ok bool) {
	encoding := e.Header.Get("Content-Encoding")
	switch {
	case strings.EqualFold(encoding, "gzip"):
	case encoding != "":
		return e.Body, false
	case !bytes.HasPrefix(e.Body, []byte("\x1f\x8b\x08")): // said by nobody: see unpack
		return e.Body, true
	}
	packed, err := gzip.NewReader(bytes.NewReader(e.Body))
	if err != nil {
		return e.Body, encoding == ""
	}
	// What was flushed or cut has no end, and is text all the same.
	body, _ = io.ReadAll(io.LimitReader(packed, defaultLimit))
	return body, true
}

// unpack takes the gzip from a contract reply that a wrapper without Unwrap packed.
// The Writer inside took the Content-Encoding for one of the abandoned response, if
// it was set before, and so nobody says that it is packed.
func (e *ReplyError) unpack() {
	body, ok := e.plain()
	if ok && len(body) > 0 && len(body) < defaultLimit && len(body) != len(e.Body) {
		e.Body = body
		delete(e.Header, "Content-Encoding")
		delete(e.Header, "Content-Length")
	}
}
