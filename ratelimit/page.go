package ratelimit

import (
	"strconv"
	"strings"
)

// A page is what the values of headers are written on: a long string that they are
// parts of, and a long array with a row for each response. Responses that share it
// need few allocations, and none can reach another's. What was handed out is never written
// again, because net/http reads headers after the handler has returned.
type page struct {
	text strings.Builder
	rows []row // not handed out yet
}

// A row has the values of one response.
type row [5]string

// A page is short: it lives as long as any response that has a value on it.
const (
	pageText = 512 // bytes
	pageRows = 12
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

// row returns one for a response.
func (p *page) row() *row {
	if len(p.rows) == 0 {
		p.rows = make([]row, pageRows)
	}
	v := &p.rows[0]
	p.rows = p.rows[1:]
	return v
}

// set writes a value, and returns it as a header has it: alone in a slice.
func (r *row) set(i int, s string) []string {
	r[i] = s
	return r[i : i+1 : i+1]
}

func (p *page) integer(n int64) string {
	var digits [20]byte
	return p.write(strconv.AppendInt(digits[:0], n, 10))
}
