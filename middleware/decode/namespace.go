package decode

import (
	"reflect"
	"strings"
)

// Pointer returns the JSON Pointer of a place in v that is named by Go's fields:
// for Workflow.Steps[2].DependsOn[0] it is /steps/2/depends_on/0. The first name is
// that of the type. It is for the errors of go-playground/validator, whose
// StructNamespace is such a name. An embedded struct leaves no token, and a name
// that the type of v does not have stays as it is.
func Pointer(v any, namespace string) string {
	t := reflect.TypeOf(v)
	_, rest, _ := strings.Cut(namespace, ".")
	var pointer strings.Builder
	for rest != "" {
		var token string
		if key, ok := strings.CutPrefix(rest, "["); ok {
			token, rest, _ = strings.Cut(key, "]")
			t = element(t)
		} else {
			name := rest
			if end := strings.IndexAny(rest, ".["); end >= 0 {
				name = rest[:end]
			}
			rest = rest[len(name):]
			token, t = named(t, name)
		}
		rest = strings.TrimPrefix(rest, ".")
		if token != "" {
			pointer.WriteString("/" + escaper.Replace(token))
		}
	}
	return pointer.String()
}

// named returns the JSON name and the type of a struct's field. The name of a
// struct that it embeds is empty.
func named(t reflect.Type, name string) (string, reflect.Type) {
	if t = pointee(t); t == nil || t.Kind() != reflect.Struct {
		return name, nil
	}
	sf, ok := t.FieldByName(name)
	if !ok {
		return name, nil
	}
	f := newField(sf)
	switch {
	case f == nil:
		return name, sf.Type
	case embedded(sf) != nil && !f.tagged:
		return "", sf.Type
	}
	return f.name, sf.Type
}

// element returns the type of the items of an array, slice or map.
func element(t reflect.Type) reflect.Type {
	if t = pointee(t); t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Array, reflect.Slice, reflect.Map:
		return t.Elem()
	}
	return nil
}

// pointee returns the type behind all pointers.
func pointee(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
