package decode

import (
	"encoding"
	"encoding/json"
	"reflect"
)

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
