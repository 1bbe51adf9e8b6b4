package upgrade

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// plain returns the body, or its beginning without what a wrapper between packed it in,
// gzip or DEFLATE, and whether it is as it was or could be unpacked.
func (e *ReplyError) plain() (body []byte, ok bool) {
	coding := strings.ToLower(e.Header.Get("Content-Encoding"))
	packed, err := unpacked(coding, e.Body)
	if packed == nil && err == nil {
		return e.Body, true
	}
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(packed, defaultLimit))
	}
	// What was flushed or cut has no end, and is text all the same.
	if err == nil || len(body) > 0 || errors.Is(err, io.ErrUnexpectedEOF) {
		return body, true
	}
	return e.Body, coding == ""
}

// errCoding is a content coding that is not read here.
var errCoding = errors.New("upgrade: an unknown content coding")

// unpacked returns what the body was packed from, nil if it was not. Of gzip and zlib (RFC
// 1950) nobody may tell: a Writer that a wrapper without Unwrap packs took the
// Content-Encoding for one of the abandoned response, if it was set before.
func unpacked(coding string, body []byte) (io.Reader, error) {
	zlibbed := len(body) > 1 && body[0] == 0x78 && (int(body[0])<<8+int(body[1]))%31 == 0 && !utf8.Valid(body)
	switch {
	case bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) && (coding == "" || coding == "gzip"):
		return gzip.NewReader(bytes.NewReader(body))
	case zlibbed && (coding == "" || coding == "deflate"):
		return zlib.NewReader(bytes.NewReader(body))
	case coding == "deflate": // bare, as chi's Compress sends it
		return flate.NewReader(bytes.NewReader(body)), nil
	case coding == "" || len(body) == 0:
		return nil, nil
	}
	return nil, errCoding
}
