package errcatalog

import (
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
