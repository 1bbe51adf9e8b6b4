package decode

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"
)

// A plan says how values of a type are decoded. It is made once for each type.
type plan struct {
	decode    func(w *walk, p *plan, v reflect.Value) bool
	want      string // the reason when the value is of another type
	nilable   bool   // null is the zero value
	takesNull bool   // decode takes null too
	validates bool   // the type's pointer is a Validator

	elem     *plan                                                   // of a pointer, slice, array or map
	key      func(name string, t reflect.Type) (reflect.Value, bool) // of a map
	fields   []field                                                 // of a struct
	index    map[string]int                                          // of its fields, by name
	required []string                                                // of its fields, the names
	boxed    reflect.Type                                            // of a value in a string: a struct for encoding/json
}

var plans sync.Map // of *plan, by reflect.Type

// planOf returns the plan of a type, or says why nothing can be decoded into it.
func planOf(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		return p.(*plan), nil
	}
	p, err := builder{}.build(t)
	if err != nil {
		return nil, err
	}
	plans.Store(t, p)
	return p, nil
}

// A builder has the plans that are being made, for types that have themselves inside.
type builder map[reflect.Type]*plan

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	validator       = reflect.TypeFor[Validator]()
	number          = reflect.TypeFor[json.Number]()
	timeType        = reflect.TypeFor[time.Time]()
)

func (b builder) build(t reflect.Type) (*plan, error) {
	if p := b[t]; p != nil {
		return p, nil
	}
	p := new(plan)
	b[t] = p
	pointer := reflect.PointerTo(t)
	p.validates = t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && pointer.Implements(validator)
	var err error
	switch {
	case t.Kind() != reflect.Pointer && pointer.Implements(unmarshaler):
		p.decode, p.want, p.takesNull = decodeJSON, wantOf(t), true
	case t.Kind() != reflect.Pointer && pointer.Implements(textUnmarshaler):
		p.decode, p.want = decodeText, "must be a string"
	case t == number:
		p.decode, p.want = decodeNumber, "must be a number"
	default:
		err = b.kind(p, t)
	}
	return p, err
}

// wantOf returns what values of a type with UnmarshalJSON must be like.
func wantOf(t reflect.Type) string {
	if t == timeType {
		return "must be a time as in RFC 3339"
	}
	return "is not in the form that is wanted"
}

// kind fills the plan of a type that has no method to decode itself.
func (b builder) kind(p *plan, t reflect.Type) (err error) {
	switch t.Kind() {
	case reflect.String:
		p.decode, p.want = decodeString, "must be a string"
	case reflect.Bool:
		p.decode, p.want = decodeBool, "must be true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.decode, p.want = decodeInteger, "must be an integer"
	case reflect.Float32, reflect.Float64:
		p.decode, p.want = decodeFloat, "must be a number"
	case reflect.Struct:
		p.decode, p.want = decodeStruct, "must be an object"
		return b.object(p, t)
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return impossible(t)
		}
		p.decode, p.nilable = decodeAny, true
	case reflect.Pointer:
		p.decode, p.nilable = decodePointer, true
		p.elem, err = b.build(t.Elem())
	case reflect.Array:
		p.decode, p.want = decodeArray, "must be an array"
		p.elem, err = b.build(t.Elem())
	case reflect.Slice:
		p.decode, p.want, p.nilable = decodeSlice, "must be an array", true
		if isBytes(t) {
			p.decode, p.want = decodeBytes, "must be a string in base64"
		}
		p.elem, err = b.build(t.Elem())
	case reflect.Map:
		p.decode, p.want, p.nilable = decodeMap, "must be an object", true
		if p.key = keyOf(t.Key()); p.key == nil {
			return impossible(t)
		}
		p.elem, err = b.build(t.Elem())
	default:
		return impossible(t)
	}
	return err
}

func impossible(t reflect.Type) error {
	return fmt.Errorf("decode: JSON has no values for the type %s; tag its field json:\"-\", or give it UnmarshalJSON", t)
}

// isBytes reports whether a slice is one of plain bytes.
func isBytes(t reflect.Type) bool {
	elem := reflect.PointerTo(t.Elem())
	return t.Elem().Kind() == reflect.Uint8 && !elem.Implements(unmarshaler) && !elem.Implements(textUnmarshaler)
}

// object fills the plan of a struct.
func (b builder) object(p *plan, t reflect.Type) (err error) {
	if p.fields, err = fieldsOf(t); err != nil {
		return err
	}
	p.index = make(map[string]int, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		p.index[f.name] = i
		if f.required {
			p.required = append(p.required, f.name)
		}
		if f.plan, err = b.field(f); err != nil {
			return fmt.Errorf("%w (%s of %s)", err, f.name, t)
		}
	}
	return nil
}

// field returns the plan of a field.
func (b builder) field(f *field) (*plan, error) {
	p, err := b.build(f.typ)
	if err != nil || !f.boxed {
		return p, err
	}
	return &plan{
		decode: decodeBoxed, want: "must be a string with the value inside", nilable: p.nilable, validates: p.validates,
		boxed: reflect.StructOf([]reflect.StructField{{Name: "V", Type: f.typ, Tag: `json:"v,string"`}}),
	}, nil
}
