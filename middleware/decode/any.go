package decode

import (
	"reflect"
	"strconv"
)

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
