package decode

import (
	"encoding"
	"reflect"
	"strconv"
)

// The reasons of violations that are of a name.
const (
	unknown = "is not known"
	twice   = "must not be given twice"
	badKey  = "has a name that is not in the form that is wanted"
)

func decodeStruct(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '{' {
		return w.refuse(p.want)
	}
	base, first := len(w.members), len(w.faults)
	for range p.fields {
		w.members = append(w.members, absent)
	}
	next := 0
	ok := w.object(func(name []byte) bool {
		i := p.find(name, next)
		if i < 0 {
			return w.unknown(name)
		}
		next = i + 1
		f := &p.fields[i]
		w.path = append(w.path, step{name: f.name})
		ok := w.member(f, base+i, v)
		w.path = w.path[:len(w.path)-1]
		return ok
	})
	if ok {
		w.missing(p, base, first)
	}
	w.members = w.members[:base]
	return ok
}

// find returns the index of the field with the name, -1 if there is none. Most
// clients send the fields in their order, so the next one is tried first.
func (p *plan) find(name []byte, next int) int {
	if next < len(p.fields) && p.fields[next].name == string(name) {
		return next
	}
	if i, ok := p.index[string(name)]; ok {
		return i
	}
	return -1
}

// unknown reads a member that there is no field for.
func (w *walk) unknown(name []byte) bool {
	if w.allowUnknown || len(w.faults) == maxFaults {
		return w.skip()
	}
	return w.within(step{name: string(name), foreign: true}, func() bool { return w.refuse(unknown) })
}

// member decodes the value of a field of the struct v.
func (w *walk) member(f *field, at int, v reflect.Value) bool {
	if w.members[at] != absent {
		return w.refuse(twice)
	}
	w.members[at] = present
	if w.peek() == 'n' {
		w.members[at] = null
		if f.required || !f.plan.nilable && !f.plan.takesNull {
			return w.literal("null")
		}
	}
	if len(f.path) == 1 {
		return w.value(f.plan, v.Field(f.path[0]))
	}
	for i, n := range f.path {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return w.value(f.plan, v)
}

// missing notes the required fields that were not there.
func (w *walk) missing(p *plan, base, first int) {
	if len(p.required) == 0 || first == maxFaults {
		return
	}
	var absences []fault
	for i := range p.fields {
		if f := &p.fields[i]; f.required && w.members[base+i] != present {
			at := pointer(append(w.path, step{name: f.name}))
			absences = append(absences, absence(at, p.required))
		}
	}
	w.lack(first, absences)
}

func decodeMap(w *walk, p *plan, v reflect.Value) bool {
	if w.peek() != '{' {
		return w.refuse(p.want)
	}
	t := v.Type()
	if v.IsNil() {
		v.Set(reflect.MakeMap(t))
	}
	elem := reflect.New(t.Elem()).Elem()
	var seen names
	return w.object(func(b []byte) bool {
		name := string(b)
		return w.within(step{name: name, foreign: true}, func() bool {
			key, ok := p.key(name, t.Key())
			switch {
			case !ok:
				return w.refuse(badKey)
			case !seen.add(name):
				return w.refuse(twice)
			}
			elem.SetZero()
			if !w.value(p.elem, elem) {
				return false
			}
			v.SetMapIndex(key, elem)
			return true
		})
	})
}

// keyOf returns what makes keys of a type, nil if nothing does.
func keyOf(t reflect.Type) func(string, reflect.Type) (reflect.Value, bool) {
	switch k := t.Kind(); {
	case reflect.PointerTo(t).Implements(textUnmarshaler):
		return textKey
	case k == reflect.String:
		return func(name string, t reflect.Type) (reflect.Value, bool) {
			return reflect.ValueOf(name).Convert(t), true
		}
	case reflect.Int <= k && k <= reflect.Int64:
		return intKey
	case reflect.Uint <= k && k <= reflect.Uintptr:
		return uintKey
	}
	return nil
}

func textKey(name string, t reflect.Type) (reflect.Value, bool) {
	key := reflect.New(t)
	err := key.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(name))
	return key.Elem(), err == nil
}

func intKey(name string, t reflect.Type) (reflect.Value, bool) {
	n, err := strconv.ParseInt(name, 10, t.Bits())
	return reflect.ValueOf(n).Convert(t), err == nil
}

func uintKey(name string, t reflect.Type) (reflect.Value, bool) {
	n, err := strconv.ParseUint(name, 10, t.Bits())
	return reflect.ValueOf(n).Convert(t), err == nil
}
