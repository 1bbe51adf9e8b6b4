package decode

import (
	"fmt"
	"reflect"
)

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
