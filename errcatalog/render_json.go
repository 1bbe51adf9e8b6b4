package errcatalog

import (
	"log/slog"
	"math"
	"strconv"
	"unicode/utf8"
)

func appendStrings(b []byte, list []string, limit, most int) []byte {
	b = append(b, '[')
	for i, s := range list[:min(len(list), limit)] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(append(b, '"'), s, most, true), '"')
	}
	return append(b, ']')
}

func appendViolations(b []byte, list []Violation, limit int) []byte {
	b = append(b, '[')
	for i, v := range list[:min(len(list), limit)] {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCut(append(b, `{"field":"`...), v.Field)
		b = appendCut(append(b, `","reason":"`...), v.Reason)
		b = append(b, '"')
		if len(v.Path) > 0 {
			b = appendStrings(append(b, `,"path":`...), v.Path, limit, defaultMaxString)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendCut(b []byte, s string) []byte {
	return appendString(b, s, defaultMaxString, true)
}

// maxDepth is how deep an object may nest; what lies deeper is null.
const maxDepth = 16

// appendObject appends a group as a JSON object of at most limit members. Of two
// with one name the later counts; one whose name is empty, too long or not UTF-8 is
// left out, and a value of no known type is null.
func appendObject(b []byte, attrs []slog.Attr, limit, depth int) []byte {
	if depth > maxDepth {
		return append(b, "null"...)
	}
	b = append(b, '{')
	for i, a := range attrs {
		if !isMember(a.Key) || shadowed(attrs[i+1:], a.Key) {
			continue
		}
		if limit--; limit < 0 {
			break
		}
		b = append(appendQuoted(appendComma(b), a.Key), ':')
		b = appendAny(b, a.Value, depth+1)
	}
	return append(b, '}')
}

// isMember reports whether name can be a member's as it stands: two names that
// were cut or mended could become one.
func isMember(name string) bool {
	return name != "" && len(name) <= defaultMaxString && utf8.ValidString(name)
}

// appendComma appends the comma before an object's next member, if it is not the first.
func appendComma(b []byte) []byte {
	if b[len(b)-1] == '{' {
		return b
	}
	return append(b, ',')
}

func shadowed(later []slog.Attr, key string) bool {
	for i := range later {
		if later[i].Key == key {
			return true
		}
	}
	return false
}

// appendAny appends a value inside an object, whose members have no declared type.
func appendAny(b []byte, v slog.Value, depth int) []byte {
	for _, t := range [...]ParamType{String, Number, Boolean, Time, Duration, StringList, Violations, Object, JSON} {
		if p := (Param{Type: t}); p.accepts(v) {
			return appendJSON(b, &p, "", v, depth)
		}
	}
	return append(b, "null"...)
}

// appendNumber appends f as encoding/json does.
func appendNumber(b []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, f, format, -1, 64)
	if n := len(b); format == 'e' && b[n-3] == '-' && b[n-2] == '0' { // e-09
		b = append(b[:n-2], b[n-1])
	}
	return b
}
