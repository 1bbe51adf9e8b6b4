package errcatalog

import (
	"encoding/json"
	"log/slog"
	"strconv"
	"time"
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

func appendString(b []byte, s string, most int, escaped bool) []byte {
	ellipsis := ""
	if len(s) > most {
		s, ellipsis = cut(s, most)
	}
	if escaped {
		b = appendEscaped(b, s)
	} else {
		b = append(b, s...)
	}
	return append(b, ellipsis...)
}

var units = []struct {
	ms   int64
	name string
}{
	{24 * 60 * 60 * 1000, "day"},
	{60 * 60 * 1000, "hour"},
	{60 * 1000, "minute"},
	{1000, "second"},
	{1, "millisecond"},
}

// appendDuration appends d in seconds, or in the largest unit that divides it.
func appendDuration(b []byte, d time.Duration, as Form) []byte {
	if as != Words && as != Unit {
		return strconv.AppendInt(b, secondsCeil(d), 10)
	}
	ms := millisecondsCeil(d)
	u := units[3] // of zero
	for _, unit := range units {
		if ms > 0 && ms%unit.ms == 0 {
			u = unit
			break
		}
	}
	n := ms / u.ms
	if n != 1 || as == Words {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	b = append(b, u.name...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// millisecondsCeil is the first whole millisecond that is not less than d. What was
// measured finer than that is of whole seconds, if it is as long as one.
func millisecondsCeil(d time.Duration) int64 {
	switch {
	case d%time.Millisecond == 0:
		return int64(d / time.Millisecond)
	case d < time.Second:
		return int64(d/time.Millisecond) + 1
	}
	return secondsCeil(d) * 1000
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
