package errcatalog

import "strings"

// The media types of replies.
const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
)

// prefersProblem reports whether an Accept header (RFC 9110, section 12.5.1), by
// its values, ranks application/problem+json above application/json. What does not
// parse counts as not there.
func prefersProblem(accept []string) bool {
	var plain, problem quality
	for _, value := range accept {
		for value != "" {
			var element string
			element, value = cutElement(value, ',')
			plain.rate(element, "json")
			problem.rate(element, "problem+json")
		}
	}
	return problem.q > plain.q
}

// A quality is the weight of a representation, in thousandths, by the most
// specific media range that matched it so far.
type quality struct {
	q     int
	level int // 1 for */*, 2 for application/*, 3 for the type itself
}

// rate takes one media range into account.
func (a *quality) rate(element, subtype string) {
	mediaRange, params := cutElement(element, ';')
	typ, sub, _ := strings.Cut(strings.Trim(mediaRange, " \t"), "/")
	level := 0
	switch {
	case typ == "*" && sub == "*":
		level = 1
	case !strings.EqualFold(typ, "application"):
	case sub == "*":
		level = 2
	case strings.EqualFold(sub, subtype):
		level = 3
	}
	if level == 0 || level < a.level {
		return
	}
	if q, ok := weigh(params); ok && (level > a.level || q > a.q) {
		a.q, a.level = q, level
	}
}

// weigh reads a media range's parameters: its weight, and whether it can match
// JSON in UTF-8 at all.
func weigh(params string) (q int, ok bool) {
	q = 1000
	for params != "" {
		var param string
		param, params = cutElement(params, ';')
		name, value, _ := strings.Cut(strings.Trim(param, " \t"), "=")
		switch {
		case name == "":
		case strings.EqualFold(name, "q"):
			// What follows the weight is an extension, and says nothing of the type.
			return thousandths(value)
		case !strings.EqualFold(name, "charset") || !strings.EqualFold(strings.Trim(value, `"`), "utf-8"):
			return 0, false
		}
	}
	return q, true
}

// thousandths reads a qvalue: 0 to 1 with up to three decimals.
func thousandths(s string) (int, bool) {
	whole, decimals, _ := strings.Cut(s, ".")
	if whole != "0" && whole != "1" || len(decimals) > 3 {
		return 0, false
	}
	q, unit := int(whole[0]-'0')*1000, 100
	for i := range len(decimals) {
		if decimals[i] < '0' || decimals[i] > '9' {
			return 0, false
		}
		q += int(decimals[i]-'0') * unit
		unit /= 10
	}
	return q, q <= 1000
}

// cutElement cuts s at the first separator outside a quoted string.
func cutElement(s string, separator byte) (element, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted && s[i] == '\\':
			i++
		case !quoted && s[i] == separator:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
