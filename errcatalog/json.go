package errcatalog

import (
	"encoding/json"
	"log/slog"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// plain marks the bytes that stand in a JSON string as they are.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendEscaped appends s as it stands between the quotes of a JSON string. An
// invalid byte becomes U+FFFD; U+2028 and U+2029 are escaped, so that the text
// is JavaScript too.
func appendEscaped(b []byte, s string) []byte {
	for {
		n := plainPrefix(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return b
		}
		s = s[n:]
		c := s[0]
		if c < utf8.RuneSelf {
			b = appendControl(b, c)
			s = s[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, `\ufffd`...)
		case r == '\u2028' || r == '\u2029':
			b = append(append(b, `\u202`...), hex[r&0xf])
		default:
			b = append(b, s[:size]...)
		}
		s = s[size:]
	}
}

// plainPrefix returns how many bytes at the start of s are plain. It looks at
// eight at a time: in the arithmetic of one word, a byte's top bit ends up set if
// the byte is below 0x20, a quote, a backslash, or not ASCII.
func plainPrefix(s string) int {
	const ones = 0x0101010101010101
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := s[i : i+8]
		x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
			uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
		quote, backslash := x^('"'*ones), x^('\\'*ones)
		if (x|(x-' '*ones)|(quote-ones)|(backslash-ones))&(0x80*ones) != 0 {
			break
		}
	}
	for i < len(s) && plain[s[i]] {
		i++
	}
	return i
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// escaped is s as it stands between the quotes of a JSON string.
func escaped(s string) string {
	if plainPrefix(s) == len(s) {
		return s
	}
	return string(appendEscaped(nil, s))
}

// quotedName is a member's name as it stands before the value.
func quotedName(name string) string { return `"` + escaped(name) + `":` }

func appendQuoted(b []byte, s string) []byte {
	return append(appendEscaped(append(b, '"'), s), '"')
}

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

// cut returns s, or the first characters of it and an ellipsis, together at most
// most characters.
func cut(s string, most int) (head, ellipsis string) {
	n, end := 0, 0
	for i := range s {
		if n == most-1 {
			end = i
		}
		if n == most {
			return s[:end], "…"
		}
		n++
	}
	return s, ""
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

func appendTime(b []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(b, time.RFC3339)
}

// unixCeil is the first whole second that is not before t.
func unixCeil(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// secondsCeil is the first whole second that is not less than d.
func secondsCeil(d time.Duration) int64 {
	s := int64(d / time.Second)
	if d%time.Second > 0 {
		s++
	}
	return s
}
