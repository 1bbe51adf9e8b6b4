package catalogfile

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

var (
	decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	digits  = regexp.MustCompile(`^[-+]?[0-9_]+$`)
)

// isOldBoolean reports whether YAML 1.1, which many tools still read, takes s for
// true or false.
func isOldBoolean(s string) bool {
	if len(s) > len("off") {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "yes", "n", "no", "on", "off":
		return true
	}
	return false
}

func isPlain(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Style == 0 }

// reading is what YAML takes a scalar for that looks like a string.
func reading(n *yaml.Node) string {
	switch n.Tag {
	case "!!int":
		var i int64
		if err := n.Decode(&i); err == nil && !decimal.MatchString(n.Value) {
			return strconv.FormatInt(i, 10)
		}
	case "!!float":
		var f float64
		if err := n.Decode(&f); err == nil {
			if s := strconv.FormatFloat(f, 'g', -1, 64); s != n.Value {
				return s
			}
		}
	case "!!bool":
		return "a boolean"
	case "!!null":
		return "nothing"
	case "!!timestamp":
		return "a time"
	}
	return "a number"
}

// str reads a string. What looks like one and is another thing to YAML must stand
// in quotes.
func (r *reader) str(n *yaml.Node) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.wrong(n, ruleValue, "a string must stand here; put it in quotes, or behind a |")
	case n.Tag == "!!str" && n.Style == 0 && isOldBoolean(n.Value):
		r.wrong(n, ruleTrap, "older YAML reads %s as true or false; put it in quotes", n.Value)
	case n.Tag == "!!str":
		return n.Value, true
	case n.Value == "":
		r.wrong(n, ruleValue, "a string must stand here, and there is nothing")
	default:
		r.wrong(n, ruleTrap, "YAML reads %s as %s, not as text; put it in quotes", n.Value, reading(n))
	}
	return "", false
}

// text returns what reads a string into s.
func (r *reader) text(s *string) func(*yaml.Node) {
	return func(n *yaml.Node) { *s, _ = r.str(n) }
}

// int64 reads a whole number in decimal.
func (r *reader) int64(n *yaml.Node) (int64, bool) {
	switch {
	case isPlain(n) && decimal.MatchString(n.Value):
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return i, true
		}
		r.wrong(n, ruleValue, "%s is too large a number", n.Value)
	case isPlain(n) && (n.Tag == "!!int" || digits.MatchString(n.Value)):
		r.wrong(n, ruleTrap, "YAML reads %s as %s; write the number in decimal, without signs and zeros before it", n.Value, reading(n))
	default:
		r.wrong(n, ruleValue, "a whole number must stand here, without quotes")
	}
	return 0, false
}

// integer returns what reads a whole number into i.
func (r *reader) integer(i *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, _ := r.int64(n)
		*i = int(v)
	}
}

// float64 reads a number in decimal.
func (r *reader) float64(n *yaml.Node) (float64, bool) {
	if isPlain(n) && (n.Tag == "!!int" || digits.MatchString(n.Value)) && !decimal.MatchString(n.Value) {
		r.wrong(n, ruleTrap, "YAML reads %s as %s; write the number in decimal, without signs and zeros before it", n.Value, reading(n))
		return 0, false
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	switch {
	case !isPlain(n) || n.Tag != "!!int" && n.Tag != "!!float" || err != nil:
		r.wrong(n, ruleValue, "a decimal number must stand here, without quotes")
	case zeros.MatchString(n.Value):
		r.wrong(n, ruleTrap, "YAML reads %s as %s; write that, or put it in quotes if it is text", n.Value, reading(n))
	case f == 0:
		return 0, true // not -0, which no Go constant is
	default:
		return f, true
	}
	return 0, false
}

// zeros is a number whose last zeros are lost.
var zeros = regexp.MustCompile(`\.[0-9]*0$`)

// bool reads true or false.
func (r *reader) bool(n *yaml.Node) (bool, bool) {
	switch {
	case isPlain(n) && (n.Value == "true" || n.Value == "false"):
		return n.Value == "true", true
	case isPlain(n) && (n.Tag == "!!bool" || isOldBoolean(n.Value)):
		r.wrong(n, ruleTrap, "not every YAML reads %s as true or false; write true or false", n.Value)
	default:
		r.wrong(n, ruleValue, "true or false must stand here, without quotes")
	}
	return false, false
}

// boolean returns what reads true or false into b.
func (r *reader) boolean(b *bool) func(*yaml.Node) {
	return func(n *yaml.Node) { *b, _ = r.bool(n) }
}

// span reads a duration.
func (r *reader) span(n *yaml.Node) (time.Duration, bool) {
	if n.Kind == yaml.ScalarNode && n.Value != "0" {
		if d, err := time.ParseDuration(n.Value); err == nil {
			return d, true
		}
	}
	r.wrong(n, ruleValue, "a duration must stand here, with its unit: 90s, 5m, 24h")
	return 0, false
}

// duration returns what reads a duration into d.
func (r *reader) duration(d *time.Duration) func(*yaml.Node) {
	return func(n *yaml.Node) { *d, _ = r.span(n) }
}

// time reads a time. Its zone makes no difference on the wire, so it is UTC.
func (r *reader) time(n *yaml.Node) (time.Time, bool) {
	if n.Kind == yaml.ScalarNode {
		if t, err := time.Parse(time.RFC3339, n.Value); err == nil {
			return t.UTC(), true
		}
	}
	r.wrong(n, ruleValue, "a time must stand here: 2006-01-02T15:04:05Z")
	return time.Time{}, false
}

// strings reads a list of strings, nil if there are none.
func (r *reader) strings(n *yaml.Node, what string) []string {
	var list []string
	for _, item := range r.items(n, what) {
		if s, ok := r.str(item); ok {
			list = append(list, s)
		}
	}
	return list
}

// texts returns what reads a mapping of strings into m.
func (r *reader) texts(m *map[string]string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*m = map[string]string{}
		for _, p := range r.named(n, what) {
			if s, ok := r.str(p.value); ok {
				(*m)[p.key.Value] = s
			}
		}
	}
}
