package decode

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, and returns what is between its quotes.
func (s *scanner) text() (raw []byte, escaped, ok bool) {
	s.pos++
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[start : s.pos-1], escaped, true
		case c < ' ':
			return nil, false, s.fail("a control character must be escaped")
		case c == '\\':
			if escaped = true; !s.escape() {
				return nil, false, false
			}
		default:
			s.pos++
		}
	}
	return nil, false, s.fail("the string does not end")
}

// escape reads a backslash and what it escapes.
func (s *scanner) escape() bool {
	_, size := unescape(s.data[s.pos:])
	if size == 0 {
		return s.fail("the escape is none, or is half a surrogate pair")
	}
	s.pos += size
	return true
}

// unescape returns the character that an escape stands for, and the escape's size,
// 0 if it is none.
func unescape(b []byte) (rune, int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	high, ok := unit(b)
	if !ok || !utf16.IsSurrogate(high) {
		return high, size(ok, 6)
	}
	low, ok := unit(b[6:])
	r := utf16.DecodeRune(high, low)
	return r, size(ok && r != utf8.RuneError, 12)
}

func size(ok bool, n int) int {
	if ok {
		return n
	}
	return 0
}

// unit reads the UTF-16 code unit of an escape with u.
func unit(b []byte) (u rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		digit := hex(c)
		if digit < 0 {
			return 0, false
		}
		u = u<<4 | digit
	}
	return u, true
}

func hex(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// appendUnescaped appends the text of a string that was read.
func appendUnescaped(b, raw []byte) []byte {
	for len(raw) > 0 {
		if raw[0] != '\\' {
			b = append(b, raw[0])
			raw = raw[1:]
			continue
		}
		r, size := unescape(raw)
		b = utf8.AppendRune(b, r)
		raw = raw[size:]
	}
	return b
}
