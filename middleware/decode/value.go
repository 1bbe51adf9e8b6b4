package decode

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strconv"
)

func decodeString(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '"' {
		return w.refuse(p.want)
	}
	s, ok := w.string()
	v.SetString(s)
	return ok
}

// string reads a string.
func (w *walk) string() (string, bool) {
	raw, escaped, ok := w.text()
	if escaped {
		w.scratch = appendUnescaped(w.scratch[:0], raw)
		raw = w.scratch
	}
	return string(raw), ok
}

func decodeBool(w *walk, p *plan, v reflect.Value) bool {
	switch w.peek() {
	case 't':
		v.SetBool(true)
		return w.literal("true")
	case 'f':
		v.SetBool(false)
		return w.literal("false")
	}
	return w.refuse(p.want)
}

// isNumber reports whether a value that starts with c is a number, if it is any.
func isNumber(c byte) bool { return c == '-' || '0' <= c && c <= '9' }

func decodeInt(w *walk, p *plan, v reflect.Value) bool {
	if !isNumber(w.peek()) {
		return w.refuse(p.want)
	}
	text, integral, ok := w.number()
	if !ok {
		return false
	}
	bits := v.Type().Bits()
	n, err := strconv.ParseInt(string(text), 10, bits)
	switch {
	case !integral:
		w.note(p.want)
	case err != nil:
		most := int64(1)<<(bits-1) - 1
		w.note(fmt.Sprintf("must be an integer from %d to %d", -most-1, most))
	default:
		v.SetInt(n)
	}
	return true
}

func decodeUint(w *walk, p *plan, v reflect.Value) bool {
	if !isNumber(w.peek()) {
		return w.refuse(p.want)
	}
	text, integral, ok := w.number()
	if !ok {
		return false
	}
	bits := v.Type().Bits()
	n, err := strconv.ParseUint(string(text), 10, bits)
	switch {
	case !integral:
		w.note(p.want)
	case err != nil:
		w.note(fmt.Sprintf("must be an integer from 0 to %d", ^uint64(0)>>(64-bits)))
	default:
		v.SetUint(n)
	}
	return true
}

// tooLarge is the reason for a number that a float does not hold.
const tooLarge = "must be a number closer to zero"

func decodeFloat(w *walk, p *plan, v reflect.Value) bool {
	if !isNumber(w.peek()) {
		return w.refuse(p.want)
	}
	text, _, ok := w.number()
	if !ok {
		return false
	}
	n, err := strconv.ParseFloat(string(text), v.Type().Bits())
	if err != nil {
		w.note(tooLarge)
		return true
	}
	v.SetFloat(n)
	return true
}

// decodeNumber decodes a json.Number, which may stand in a string too.
func decodeNumber(w *walk, p *plan, v reflect.Value) bool {
	if c := w.peek(); c != '"' {
		if !isNumber(c) {
			return w.refuse(p.want)
		}
		text, _, ok := w.number()
		v.SetString(string(text))
		return ok
	}
	s, ok := w.string()
	if !ok {
		return false
	}
	inner := scanner{data: []byte(s)}
	if _, _, ok := inner.number(); !ok || inner.pos < len(s) {
		w.note(p.want)
		return true
	}
	v.SetString(s)
	return true
}

func decodeBytes(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '"' {
		return w.refuse(p.want)
	}
	s, ok := w.string()
	if !ok {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		w.note(p.want)
		return true
	}
	v.SetBytes(b)
	return true
}
