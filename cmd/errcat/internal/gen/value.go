package gen

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

// isZero reports whether v is the zero Value.
func isZero(v slog.Value) bool { return v.Kind() == slog.KindAny && v.Any() == nil }

// value is the Go expression of a default or example.
func (w *writer) value(v slog.Value) string {
	if v.Kind() == slog.KindAny {
		return anyValue(v.Any())
	}
	w.imports["log/slog"] = true
	switch v.Kind() {
	case slog.KindString:
		return "slog.StringValue(" + quote(v.String()) + ")"
	case slog.KindInt64:
		return "slog.Int64Value(" + v.String() + ")"
	case slog.KindFloat64:
		return "slog.Float64Value(" + v.String() + ")"
	case slog.KindBool:
		return "slog.BoolValue(" + v.String() + ")"
	case slog.KindTime:
		w.imports["time"] = true
		return "slog.TimeValue(" + instant(v.Time()) + ")"
	case slog.KindDuration:
		w.imports["time"] = true
		return "slog.DurationValue(" + duration(v.Duration()) + ")"
	case slog.KindGroup:
		var attrs []string
		for _, a := range v.Group() {
			attrs = append(attrs, "slog.Attr{Key: "+quote(a.Key)+", Value: "+w.value(a.Value)+"}")
		}
		return "slog.GroupValue(" + strings.Join(attrs, ", ") + ")"
	}
	panic("gen: no expression for a " + v.Kind().String())
}

func anyValue(v any) string {
	switch v := v.(type) {
	case []string:
		return call("errcatalog.Strings", v, quote)
	case []errcatalog.Violation:
		return call("errcatalog.Invalid", v, violation)
	case json.RawMessage:
		return call("errcatalog.RawJSON", []string{string(v)}, func(s string) string { return "[]byte(" + quote(s) + ")" })
	}
	panic(fmt.Sprintf("gen: no expression for a %T", v))
}

// call is the value that a function of errcatalog makes of a list.
func call[T any](f string, list []T, expr func(T) string) string {
	args := []string{`""`}
	for _, item := range list {
		args = append(args, expr(item))
	}
	return f + "(" + strings.Join(args, ", ") + ").Value"
}

func violation(v errcatalog.Violation) string {
	s := "errcatalog.Violation{Field: " + quote(v.Field) + ", Reason: " + quote(v.Reason)
	if len(v.Path) > 0 {
		s += ", Path: " + list("[]string", v.Path)
	}
	return s + "}"
}

func list(typ string, items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = quote(s)
	}
	return typ + "{" + strings.Join(quoted, ", ") + "}"
}

func stringMap(m map[string]string) string {
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		pairs = append(pairs, quote(k)+": "+quote(m[k]))
	}
	return "map[string]string{" + strings.Join(pairs, ", ") + "}"
}

// instant is the Go expression of a time. A default or example is in UTC.
func instant(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("time.Date(%d, %d, %d, %d, %d, %d, %d, time.UTC)",
		t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond())
}

// duration is the Go expression of a duration, in the largest unit that divides it.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		d    time.Duration
		name string
	}{
		{time.Hour, "time.Hour"},
		{time.Minute, "time.Minute"},
		{time.Second, "time.Second"},
		{time.Millisecond, "time.Millisecond"},
	} {
		switch {
		case d == unit.d:
			return unit.name
		case d != 0 && d%unit.d == 0:
			return fmt.Sprintf("%d * %s", d/unit.d, unit.name)
		}
	}
	return fmt.Sprintf("time.Duration(%d)", d)
}

// quote is a Go string literal on one line.
func quote(s string) string {
	if strings.ContainsAny(s, `"\`) && isRaw(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// block is a Go string literal that may have several lines.
func block(s string) string {
	if strings.Contains(s, "\n") && isRaw(strings.NewReplacer("\n", "", "\t", "").Replace(s)) {
		return "`" + s + "`"
	}
	return quote(s)
}

// isRaw reports whether s can stand in back quotes, and is what it looks like there.
func isRaw(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == '`' || !strconv.IsPrint(r) })
}
