package errcatalog

import (
	"slices"
)

// A message is a Message, compiled.
type message struct {
	when  []Kind
	parts []part
}

// A part is literal text, as it is and escaped for JSON, and the hole behind it.
type part struct {
	text    string
	escaped string
	hole    *param // nil at the end
	as      Form
}

// fixed reports whether m is the same for every occurrence, whatever its kind.
func (m *message) fixed() bool { return len(m.when) == 0 && m.whole() }

// whole reports whether m has no hole.
func (m *message) whole() bool {
	return len(m.parts) == 0 || len(m.parts) == 1 && m.parts[0].hole == nil
}

// appendMessage appends the first message that fits the occurrence, escaped for a
// JSON string if escaped is set. The last one of an entry always fits.
func (o *occurrence) appendMessage(b []byte, escaped bool) []byte {
	for i := range o.entry.messages {
		m := &o.entry.messages[i]
		if len(m.when) > 0 && !underAny(o.kind, m.when) {
			continue
		}
		if b, ok := o.appendFilled(b, m, escaped); ok {
			return b
		}
	}
	return b
}

// appendFilled appends m, if the occurrence fills all of its holes.
func (o *occurrence) appendFilled(b []byte, m *message, escaped bool) ([]byte, bool) {
	before := len(b)
	for i := range m.parts {
		p := &m.parts[i]
		if escaped {
			b = append(b, p.escaped...)
		} else {
			b = append(b, p.text...)
		}
		if p.hole == nil {
			continue
		}
		v, ok := o.value(p.hole)
		if !ok || !fills(p.hole.Param, p.as, v) {
			return b[:before], false
		}
		b = appendText(b, p.hole.Param, p.as, v, escaped)
	}
	return b, true
}

func underAny(k Kind, kinds []Kind) bool {
	return slices.ContainsFunc(kinds, k.under)
}
