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

// decodeInteger decodes an integer of any size, signed or not.
func decodeInteger(w *walk, p *plan, v reflect.Value) bool {
	if !isNumber(w.peek()) {
		return w.refuse(p.want)
	}
	text, integral, ok := w.number()
	if !ok {
		return false
	}
	low, high := bounds(v.Type())
	if !integral {
		n, _ := strconv.ParseFloat(string(text), 64) // infinite if need be
		if float64(low) <= n && n <= float64(high) {
			w.note(p.want)
			return true
		}
		text = strconv.AppendFloat(nil, min(max(n, -1e20), 1e20), 'f', 0, 64) // beyond every type
	}
	if !setInteger(v, string(text)) {
		w.fault(fault{unread: true, beyond: true}, fmt.Sprintf("must be an integer from %d to %d", low, high))
	}
	return true
}

// setInteger makes v the integer, or the nearest of its type, and reports whether it is
// the integer.
func setInteger(v reflect.Value, text string) bool {
	if v.CanInt() {
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(n)
		return err == nil
	}
	n, err := strconv.ParseUint(text, 10, v.Type().Bits()) // 0 of what is negative
	v.SetUint(n)
	return err == nil
}

// bounds returns the least and the greatest integer of a type.
func bounds(t reflect.Type) (low int64, high uint64) {
	if t.Kind() >= reflect.Uint {
		return 0, 1<<t.Bits() - 1
	}
	return -1 << (t.Bits() - 1), 1<<(t.Bits()-1) - 1
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
