package ratelimit

import (
	"strconv"
	"strings"
)

// A page is what the values of headers are written on: a long string that they are
// parts of, and a long array of slices with one value each. Responses that share it
// need few allocations, and none can reach another's. What was handed out is never written
// again, because net/http reads headers after the handler has returned.
type page struct {
	text   strings.Builder
	values []string // not handed out yet
}

// A page is short: it lives as long as any response that has a value on it.
const (
	pageText   = 512 // bytes
	pageValues = 64
)

// write returns b as a string.
func (p *page) write(b []byte) string {
	if len(b) > pageText/4 {
		return string(b)
	}
	if p.text.Cap()-p.text.Len() < len(b) {
		p.text.Reset()
		p.text.Grow(pageText)
	}
	start := p.text.Len()
	p.text.Write(b)
	return p.text.String()[start:]
}

// value returns s as a header has it: alone in a slice.
func (p *page) value(s string) []string {
	if len(p.values) == 0 {
		p.values = make([]string, pageValues)
	}
	v := p.values[:1:1]
	v[0], p.values = s, p.values[1:]
	return v
}

func (p *page) integer(n int64) string {
	var digits [20]byte
	return p.write(strconv.AppendInt(digits[:0], n, 10))
}
