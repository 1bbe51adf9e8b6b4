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
				b = append(comma(b), item...)
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
		if params, ok := strings.CutPrefix(item, s.rules[i].item); ok && strings.HasPrefix(params, ";") {
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

// comma appends one, unless the list is empty.
func comma(b []byte) []byte {
	if len(b) > 0 {
		b = append(b, ", "...)
	}
	return b
}

// quoted returns printable ASCII as a string of a structured field (RFC 9651, section
// 3.3.3).
func quoted(s string) string { return `"` + escaper.Replace(s) + `"` }

var escaper = strings.NewReplacer(`"`, `\"`, `\`, `\\`)
