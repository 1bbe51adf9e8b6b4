package errcatalog

import (
	"encoding/json"
	"log/slog"
	"math"
	"slices"
	"time"
	"unicode/utf8"
)

// accepts reports whether v is a value of the param: of its type, and raw JSON
// within its cap.
func (p *Param) accepts(v slog.Value) bool {
	return p.Type.accepts(v) && (p.Type != JSON || len(v.Any().(json.RawMessage)) <= p.max())
}

// accepts reports whether v is a value of the type.
func (t ParamType) accepts(v slog.Value) bool {
	switch v.Kind() {
	case slog.KindString:
		return t == String
	case slog.KindInt64, slog.KindUint64:
		return t == Integer || t == Number
	case slog.KindFloat64:
		f := v.Float64()
		return t == Number && !math.IsNaN(f) && !math.IsInf(f, 0)
	case slog.KindBool:
		return t == Boolean
	case slog.KindTime:
		return t == Time && shownTime(v.Time())
	case slog.KindDuration:
		return t == Duration && v.Duration() >= 0
	case slog.KindGroup:
		return t == Object
	case slog.KindAny:
		return t.acceptsAny(v.Any())
	}
	return false
}

func (t ParamType) acceptsAny(v any) bool {
	switch v := v.(type) {
	case []string:
		return t == StringList
	case []Violation:
		return t == Violations
	case json.RawMessage:
		return t == JSON && validJSON(v)
	}
	return false
}

// maxRawDepth is how deep raw JSON may nest. Readers have limits too, some of 64.
const maxRawDepth = 64

// validJSON reports whether text is one JSON text in UTF-8 that is not too deep.
func validJSON(text json.RawMessage) bool {
	return utf8.Valid(text) && json.Valid(text) && depth(text) <= maxRawDepth
}

// depth is how deep the arrays and objects of a valid JSON text nest.
func depth(text json.RawMessage) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '[', c == '{':
			now++
			deepest = max(deepest, now)
		case c == ']', c == '}':
			now--
		}
	}
	return deepest
}

// shownTime reports whether t can be shown: RFC 3339 ends with the year 9999.
func shownTime(t time.Time) bool {
	return !t.IsZero() && t.Unix() >= -62167219200 && t.Unix() < 253402300800
}

// cloneValue returns a copy of v that shares no slice with it.
func cloneValue(v slog.Value) slog.Value {
	if v.Kind() == slog.KindGroup {
		attrs := slices.Clone(v.Group())
		for i := range attrs {
			attrs[i].Value = cloneValue(attrs[i].Value)
		}
		return slog.GroupValue(attrs...)
	}
	if v.Kind() != slog.KindAny {
		return v
	}
	switch list := v.Any().(type) {
	case []string:
		return slog.AnyValue(slices.Clone(list))
	case []Violation:
		list = slices.Clone(list)
		for i := range list {
			list[i].Path = slices.Clone(list[i].Path)
		}
		return slog.AnyValue(list)
	case json.RawMessage:
		return slog.AnyValue(slices.Clone(list))
	}
	return v
}
