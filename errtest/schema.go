package errtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A schema is a JSON Schema (2020-12), of the keywords that errcatalog.Catalog.Schema
// writes. With any other keyword it can't be read: a rule that is not understood
// would not be kept.
type schema struct {
	Type          string             `json:"type"`
	Format        string             `json:"format"`
	Description   string             `json:"description"`
	Const         json.RawMessage    `json:"const"`
	Enum          []string           `json:"enum"`
	MinLength     *int               `json:"minLength"`
	MaxLength     *int               `json:"maxLength"`
	Minimum       *float64           `json:"minimum"`
	MaxItems      *int               `json:"maxItems"`
	MaxProperties *int               `json:"maxProperties"`
	Items         *schema            `json:"items"`
	Properties    map[string]*schema `json:"properties"`
	Required      []string           `json:"required"`
	Additional    *bool              `json:"additionalProperties"`

	constant any
}

// parseSchema reads a schema.
func parseSchema(text []byte) (*schema, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	s := new(schema)
	if err := d.Decode(s); err != nil {
		return nil, fmt.Errorf("errtest: a schema of the catalogue can't be read: %w", err)
	}
	return s, s.prepare()
}

var (
	types   = []string{"", "string", "integer", "number", "boolean", "array", "object"}
	formats = []string{"", "date-time", "uri-reference"}
)

// prepare reads the constants and refuses what check does not know.
func (s *schema) prepare() (err error) {
	if !slices.Contains(types, s.Type) || !slices.Contains(formats, s.Format) {
		return fmt.Errorf("errtest: a schema of the catalogue has the type %q and format %q, which errtest does not know", s.Type, s.Format)
	}
	if s.Const != nil {
		if s.constant, err = decode(s.Const); err != nil {
			return err
		}
	}
	if s.Items != nil {
		if err := s.Items.prepare(); err != nil {
			return err
		}
	}
	for _, p := range s.Properties {
		if p == nil {
			return fmt.Errorf("errtest: a schema of the catalogue has null for a property")
		}
		if err := p.prepare(); err != nil {
			return err
		}
	}
	return nil
}

// check returns how v, which stands at the JSON Pointer at, is not as the schema
// has it.
func (s *schema) check(v any, at string) []*Fault {
	if s.Const != nil {
		if !equal(v, s.constant) {
			f := faultf(RuleAgree, "%s is %s, and the catalogue has %s", place(at), show(v), s.Const)
			f.at = at
			return []*Fault{f}
		}
		return nil
	}
	switch v := v.(type) {
	case string:
		return s.checkString(v, at)
	case json.Number:
		return s.checkNumber(v, at)
	case []any:
		return s.checkArray(v, at)
	case map[string]any:
		return s.checkObject(v, at)
	case bool:
		if s.Type == "boolean" || s.Type == "" {
			return nil
		}
	case nil:
		if s.Type == "" {
			return nil
		}
	}
	return s.mismatch(v, at)
}

func (s *schema) mismatch(v any, at string) []*Fault {
	return []*Fault{faultf(RuleShape, "%s is %s, and the catalogue has a value of type %s", place(at), show(v), s.Type)}
}

func (s *schema) checkString(v, at string) []*Fault {
	n := utf8.RuneCountInString(v)
	switch {
	case s.Type != "string" && s.Type != "":
		return s.mismatch(v, at)
	case s.MinLength != nil && n < *s.MinLength, s.MaxLength != nil && n > *s.MaxLength:
		return []*Fault{faultf(RuleShape, "%s has %d characters, which is too few or too many", place(at), n)}
	case s.Enum != nil && !slices.Contains(s.Enum, v):
		return []*Fault{faultf(RuleShape, "%s is %s, and the catalogue has %q", place(at), show(v), s.Enum)}
	case !formatted(s.Format, v):
		return []*Fault{faultf(RuleShape, "%s is %s, which is not in the format %s", place(at), show(v), s.Format)}
	}
	return nil
}

func formatted(format, v string) bool {
	var err error
	switch format {
	case "date-time":
		_, err = time.Parse(time.RFC3339, v)
	case "uri-reference":
		_, err = url.Parse(v)
	}
	return err == nil
}

func (s *schema) checkNumber(v json.Number, at string) []*Fault {
	f, err := v.Float64()
	switch {
	case s.Type == "":
		return nil
	case err != nil, s.Type != "number" && (s.Type != "integer" || f != math.Trunc(f)):
		return s.mismatch(v, at)
	case s.Minimum != nil && f < *s.Minimum:
		return []*Fault{faultf(RuleShape, "%s is %s, and the least is %v", place(at), v, *s.Minimum)}
	}
	return nil
}

func (s *schema) checkArray(v []any, at string) (faults []*Fault) {
	switch {
	case s.Type != "array" && s.Type != "":
		return s.mismatch(v, at)
	case s.MaxItems != nil && len(v) > *s.MaxItems:
		faults = append(faults, faultf(RuleShape, "%s has %d items, and the most is %d", place(at), len(v), *s.MaxItems))
	}
	for i, item := range v {
		if s.Items != nil {
			faults = append(faults, s.Items.check(item, fmt.Sprint(at, "/", i))...)
		}
	}
	return faults
}

func (s *schema) checkObject(v map[string]any, at string) (faults []*Fault) {
	switch {
	case s.Type != "object" && s.Type != "":
		return s.mismatch(v, at)
	case s.MaxProperties != nil && len(v) > *s.MaxProperties:
		faults = append(faults, faultf(RuleShape, "%s has %d members, and the most is %d", place(at), len(v), *s.MaxProperties))
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if p := s.Properties[name]; p != nil {
			faults = append(faults, p.check(v[name], at+"/"+name)...)
		} else if s.Additional != nil && !*s.Additional {
			faults = append(faults, faultf(RuleMember, "the catalogue does not declare %s", at+"/"+name))
		}
	}
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			faults = append(faults, faultf(RuleShape, "%s is missing", at+"/"+name))
		}
	}
	return faults
}

// equal compares two decoded values, and numbers by their value.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		n, ok := b.(json.Number)
		x, errX := a.Float64()
		y, errY := n.Float64()
		return ok && (a == n || errX == nil && errY == nil && x == y)
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, equal)
	case map[string]any:
		m, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, m, equal)
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

// place names a JSON Pointer in a sentence.
func place(at string) string {
	if at == "" {
		return "the body"
	}
	return at
}

// show returns v as short JSON.
func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return shorten(string(text), 80)
}

// shorten cuts text to about n bytes, at the end of a character.
func shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}
