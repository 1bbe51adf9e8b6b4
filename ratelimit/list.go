package ratelimit

import "strings"

// What RateLimit and RateLimit-Policy are: lists of strings with parameters (RFC 9651,
// section 3.1).

// appendOthers appends the items of a list but for those of the policies that are told
// of, whose new ones take their place.
func (s *scratch) appendOthers(b []byte, list []string) []byte {
	for _, items := range list {
		for items != "" {
			var item string
			if item, items = cutItem(items); item != "" && !s.tells(item) {
				b = appendItem(b, item)
			}
		}
	}
	return b
}

// tells reports whether an item is that of a policy that is told of.
func (s *scratch) tells(item string) bool {
	for i := range s.charges {
		if !shown(&s.charges[i], &s.decisions[i]) {
			continue
		}
		name := s.rules[i].item
		if len(item) > len(name) && item[:len(name)] == string(name) && item[len(name)] == ';' {
			return true
		}
	}
	return false
}

// cutItem returns the first item of a list, and what comes after its comma.
func cutItem(list string) (item, rest string) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return strings.TrimSpace(list[:i]), list[i+1:]
		}
	}
	return strings.TrimSpace(list), ""
}

func appendItem[T string | []byte](b []byte, item T) []byte {
	if len(b) > 0 {
		b = append(b, ", "...)
	}
	return append(b, item...)
}

// appendString appends a string of printable ASCII as a structured field has it (RFC
// 9651, section 3.3.3).
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
