package catalogfile

import (
	"encoding/json"
	"log/slog"

	"go.yaml.in/yaml/v4"

	"github.com/contrite-go/contrite/errcatalog"
)

// value reads a default or example of a param's type. It is the zero Value if it
// can't.
func (r *reader) value(n *yaml.Node, what string, typ errcatalog.ParamType) slog.Value {
	switch typ {
	case errcatalog.String:
		return valueOf(slog.StringValue)(r.str(n))
	case errcatalog.Integer:
		return valueOf(slog.Int64Value)(r.int64(n))
	case errcatalog.Number:
		return valueOf(slog.Float64Value)(r.float64(n))
	case errcatalog.Boolean:
		return valueOf(slog.BoolValue)(r.bool(n))
	case errcatalog.Time:
		return valueOf(slog.TimeValue)(r.time(n))
	case errcatalog.Duration:
		return valueOf(slog.DurationValue)(r.span(n))
	case errcatalog.StringList:
		return errcatalog.Strings("", r.strings(n, what)...).Value
	case errcatalog.Violations:
		return errcatalog.Invalid("", r.violations(n, what)...).Value
	case errcatalog.Object:
		return slog.GroupValue(r.members(n, what)...)
	case errcatalog.JSON:
		return valueOf(rawJSON)(r.json(n))
	}
	return slog.Value{} // the type itself is at fault, and is reported as such
}

// valueOf returns what makes a Value of what could be read.
func valueOf[T any](value func(T) slog.Value) func(T, bool) slog.Value {
	return func(v T, ok bool) slog.Value {
		if !ok {
			return slog.Value{}
		}
		return value(v)
	}
}

func rawJSON(text string) slog.Value { return errcatalog.RawJSON("", json.RawMessage(text)).Value }

// json reads a JSON text.
func (r *reader) json(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode && json.Valid([]byte(n.Value)) {
		return n.Value, true
	}
	r.wrong(n, ruleValue, `a JSON text must stand here, in quotes: '{"a": [1, 2]}'`)
	return "", false
}

func (r *reader) violations(n *yaml.Node, what string) []errcatalog.Violation {
	var list []errcatalog.Violation
	for _, item := range r.items(n, what) {
		var v errcatalog.Violation
		r.object(item, "a violation", fields{
			"field":  r.text(&v.Field),
			"reason": r.text(&v.Reason),
			"path":   func(n *yaml.Node) { v.Path = r.strings(n, "path") },
		})
		list = append(list, v)
	}
	return list
}

// members reads the members of an object, whose types are those of YAML.
func (r *reader) members(n *yaml.Node, what string) []slog.Attr {
	var attrs []slog.Attr
	for _, p := range r.named(n, what) {
		attrs = append(attrs, slog.Attr{Key: p.key.Value, Value: r.value(p.value, what, memberType(p.value))})
	}
	return attrs
}

func memberType(n *yaml.Node) errcatalog.ParamType {
	switch {
	case n.Kind == yaml.MappingNode:
		return errcatalog.Object
	case n.Kind == yaml.SequenceNode:
		return errcatalog.StringList
	case n.Tag == "!!int" || isPlain(n) && digits.MatchString(n.Value):
		return errcatalog.Integer
	case n.Tag == "!!float":
		return errcatalog.Number
	case n.Tag == "!!bool":
		return errcatalog.Boolean
	case n.Tag == "!!timestamp" && len(n.Value) > len("2006-01-02"):
		return errcatalog.Time
	}
	return errcatalog.String
}

// isZero reports whether v is the zero Value.
func isZero(v slog.Value) bool { return v.Kind() == slog.KindAny && v.Any() == nil }
