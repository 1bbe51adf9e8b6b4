package decode

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A field is a member that a struct takes.
type field struct {
	name     string
	typ      reflect.Type
	path     []int // of the field, after those of embedded structs
	tagged   bool  // its tag json has the name
	boxed    bool  // its tag json has the option string
	required bool
	plan     *plan
}

// A layer is a struct whose fields are those of the struct that embeds it.
type layer struct {
	typ   reflect.Type
	path  []int
	twice bool // it is embedded twice at its depth, so that none of its fields counts
}

// fieldsOf returns the fields of a struct in their order, those that encoding/json
// finds.
func fieldsOf(t reflect.Type) ([]field, error) {
	var found []field
	visited := map[reflect.Type]bool{}
	for depth := []layer{{typ: t}}; len(depth) > 0; {
		var deeper []layer
		for _, l := range depth {
			if visited[l.typ] {
				continue
			}
			visited[l.typ] = true
			fields, layers, err := l.read()
			if err != nil {
				return nil, err
			}
			found = append(found, fields...)
			deeper = merge(deeper, layers)
		}
		depth = deeper
	}
	return dominant(found), nil
}

// read returns the fields of one layer, and the layers right below it.
func (l *layer) read() (fields []field, deeper []layer, err error) {
	for i := range l.typ.NumField() {
		sf := l.typ.Field(i)
		f := newField(sf)
		if f == nil {
			continue
		}
		f.path = append(slices.Clip(l.path), i)
		if err := checkField(l.typ, sf, f.tagged); err != nil {
			return nil, nil, err
		}
		if inner := embedded(sf); inner != nil && !f.tagged {
			deeper = append(deeper, layer{inner, f.path, l.twice})
			continue
		}
		fields = append(fields, *f)
		if l.twice {
			fields = append(fields, *f) // so that the two outdo each other
		}
	}
	return fields, deeper, nil
}

// merge adds the layers of a depth to those that it has.
func merge(depth, more []layer) []layer {
	for _, l := range more {
		i := slices.IndexFunc(depth, func(known layer) bool { return known.typ == l.typ })
		if i < 0 {
			depth = append(depth, l)
		} else {
			depth[i].twice = true
		}
	}
	return depth
}

// embedded returns the struct type that the field embeds, or nil.
func embedded(sf reflect.StructField) reflect.Type {
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !sf.Anonymous || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// newField reads the tags of a field, and returns nil if JSON has no part in it.
func newField(sf reflect.StructField) *field {
	tag := sf.Tag.Get("json")
	if tag == "-" || !sf.IsExported() && embedded(sf) == nil {
		return nil
	}
	name, options, _ := strings.Cut(tag, ",")
	f := &field{name: sf.Name, typ: sf.Type, required: sf.Tag.Get("decode") == "required"}
	if isName(name) {
		f.name, f.tagged = name, true
	}
	f.boxed = slices.Contains(strings.Split(options, ","), "string") && boxable(sf.Type)
	return f
}

// checkField says what is wrong with a field of the type t.
func checkField(t reflect.Type, sf reflect.StructField, tagged bool) error {
	tag, ok := sf.Tag.Lookup("decode")
	switch {
	case ok && tag != "required":
		return fmt.Errorf(`decode: %s.%s has the tag decode:%q; it can be decode:"required" or be left out`, t, sf.Name, tag)
	case ok && !tagged && embedded(sf) != nil:
		return fmt.Errorf("decode: %s.%s is embedded and no member itself; tag those of its fields that are required", t, sf.Name)
	}
	if !sf.IsExported() && (sf.Type.Kind() == reflect.Pointer || sf.Tag.Get("json") != "") {
		return fmt.Errorf("decode: %s embeds %s, which can't be set; export the type, or embed it as it is and without a tag", t, sf.Type)
	}
	return nil
}

// boxable reports whether the tag's option string has a meaning for the type.
func boxable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	switch k := t.Kind(); k {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	default:
		return reflect.Int <= k && k <= reflect.Uintptr
	}
}

// isName reports whether encoding/json takes the name of a tag.
func isName(name string) bool {
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) {
			return false
		}
	}
	return name != ""
}

// dominant returns the fields that count, in their order: of those with one name
// the shallowest, and there the tagged one, if it is the only one.
func dominant(found []field) []field {
	byName := map[string][]field{}
	for _, f := range found {
		byName[f.name] = append(byName[f.name], f)
	}
	var fields []field
	for _, rivals := range byName {
		slices.SortStableFunc(rivals, func(a, b field) int { return rank(a) - rank(b) })
		if len(rivals) == 1 || rank(rivals[0]) < rank(rivals[1]) {
			fields = append(fields, rivals[0])
		}
	}
	slices.SortFunc(fields, func(a, b field) int { return slices.Compare(a.path, b.path) })
	return fields
}

func rank(f field) int {
	if f.tagged {
		return 2 * len(f.path)
	}
	return 2*len(f.path) + 1
}
