package errcatalog

import (
	"encoding/json"
	"log/slog"
	"strconv"
)

// appendJSON appends an accepted value as a JSON value in the given form.
func appendJSON(b []byte, p *Param, as Form, v slog.Value, depth int) []byte {
	switch p.Type {
	case Integer, Number, Boolean:
		return appendText(b, p, as, v, false)
	case Duration:
		if as == "" || as == Seconds {
			return appendText(b, p, as, v, false)
		}
	case Time:
		if as == Unix {
			return appendText(b, p, as, v, false)
		}
	case StringList:
		if as == "" {
			return appendStrings(b, v.Any().([]string), p.max(), defaultMaxString)
		}
	case Violations:
		return appendViolations(b, v.Any().([]Violation), p.max())
	case Object:
		return appendObject(b, v.Group(), p.max(), depth)
	case JSON:
		return append(b, v.Any().(json.RawMessage)...)
	}
	return append(appendText(append(b, '"'), p, as, v, true), '"')
}

// appendText appends an accepted value as text in the given form, escaped for a
// JSON string if escaped is set.
func appendText(b []byte, p *Param, as Form, v slog.Value, escaped bool) []byte {
	switch v.Kind() {
	case slog.KindString:
		s := v.String()
		if as == Label {
			s = p.Labels[s]
		}
		return appendString(b, s, p.max(), escaped)
	case slog.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindFloat64:
		return appendNumber(b, v.Float64())
	case slog.KindBool:
		return strconv.AppendBool(b, v.Bool())
	case slog.KindTime:
		if as == Unix {
			return strconv.AppendInt(b, unixCeil(v.Time()), 10)
		}
		return appendTime(b, v.Time())
	case slog.KindDuration:
		return appendDuration(b, v.Duration(), as)
	}
	list := v.Any().([]string)
	if as == First {
		return appendString(b, list[0], defaultMaxString, escaped)
	}
	for i, s := range list[:min(len(list), p.max())] {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendString(b, s, defaultMaxString, escaped)
	}
	return b
}

// shows reports whether an accepted value has anything to show in the form.
func shows(p *Param, as Form, v slog.Value) bool {
	switch as {
	case First:
		return len(v.Any().([]string)) > 0
	case Label:
		return p.Labels[v.String()] != ""
	}
	return true
}

// fills reports whether an accepted value fills the hole of a message: an empty
// string or list does not.
func fills(p *Param, as Form, v slog.Value) bool {
	switch p.Type {
	case String:
		if v.String() == "" {
			return false
		}
	case StringList:
		if list := v.Any().([]string); len(list) == 0 || as == First && list[0] == "" {
			return false
		}
	}
	return shows(p, as, v)
}
