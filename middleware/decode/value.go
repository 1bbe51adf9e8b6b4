package decode

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
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

func decodePointer(w *walk, p *plan, v reflect.Value) bool {
	if v.IsNil() {
		v.Set(reflect.New(v.Type().Elem()))
	}
	return w.value(p.elem, v.Elem())
}

func decodeSlice(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '[' {
		return w.refuse(p.want)
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	return w.array(func(i int) bool {
		v.Grow(1)
		v.SetLen(i + 1)
		return w.item(p.elem, i, v.Index(i))
	})
}

func decodeArray(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '[' {
		return w.refuse(p.want)
	}
	n := 0
	ok := w.array(func(i int) bool {
		if n = i + 1; n > v.Len() {
			return w.skip()
		}
		return w.item(p.elem, i, v.Index(i))
	})
	if n != v.Len() {
		w.note(fmt.Sprintf("must have exactly %d items", v.Len()))
	}
	return ok
}

// item decodes the item i of an array into v.
func (w *walk) item(p *plan, i int, v reflect.Value) bool {
	w.path = append(w.path, step{index: i, item: true})
	ok := w.value(p, v)
	w.path = w.path[:len(w.path)-1]
	return ok
}

func decodeAny(w *walk, _ *plan, v reflect.Value) bool {
	value, ok := w.any()
	if value != nil {
		v.Set(reflect.ValueOf(value))
	} else {
		v.SetZero()
	}
	return ok
}

// any reads any value as encoding/json has it.
func (w *walk) any() (any, bool) {
	switch c := w.peek(); c {
	case '{':
		return w.anyObject()
	case '[':
		return w.anyArray()
	case '"':
		return first(w.string())
	case 't':
		return true, w.literal("true")
	case 'f':
		return false, w.literal("false")
	case 'n':
		return nil, w.literal("null")
	}
	text, _, ok := w.number()
	if !ok {
		return nil, false
	}
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		w.note(tooLarge)
	}
	return n, true
}

// first makes a string any.
func first(s string, ok bool) (any, bool) { return s, ok }

func (w *walk) anyObject() (any, bool) {
	members := map[string]any{}
	ok := w.object(func(b []byte) bool {
		name := string(b)
		return w.within(step{name: name, foreign: true}, func() (ok bool) {
			if _, known := members[name]; known {
				return w.refuse(twice)
			}
			members[name], ok = w.any()
			return ok
		})
	})
	return members, ok
}

func (w *walk) anyArray() (any, bool) {
	items := []any{}
	ok := w.array(func(i int) bool {
		return w.within(step{index: i, item: true}, func() bool {
			value, ok := w.any()
			items = append(items, value)
			return ok
		})
	})
	return items, ok
}

// decodeJSON decodes into a type with UnmarshalJSON.
func decodeJSON(w *walk, p *plan, v reflect.Value) bool {
	raw, ok := w.raw()
	if !ok {
		return false
	}
	if err := v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw); err != nil {
		w.note(p.want)
	}
	return true
}

// decodeText decodes into a type with UnmarshalText.
func decodeText(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '"' {
		return w.refuse(p.want)
	}
	s, ok := w.string()
	if !ok {
		return false
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
		w.note("is not in the form that is wanted")
	}
	return true
}

// decodeBoxed decodes a value that stands in a string, as the tag's option string
// has it.
func decodeBoxed(w *walk, p *plan, v reflect.Value) bool {
	raw, ok := w.raw()
	if !ok {
		return false
	}
	box := reflect.New(p.boxed)
	text := append(append([]byte(`{"v":`), raw...), '}')
	if err := json.Unmarshal(text, box.Interface()); err != nil {
		w.note(p.want)
		return true
	}
	v.Set(box.Elem().Field(0))
	return true
}
