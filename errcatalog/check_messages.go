package errcatalog

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

func (b *builder) messages(e *entry) {
	if len(e.Messages) == 0 {
		b.fault(e.Code, "messages", "are missing; give at least one, without holes")
		return
	}
	e.messages = make([]message, len(e.Messages))
	for i := range e.Messages {
		m, ok := &e.messages[i], b.message(e, i)
		last := i == len(e.Messages)-1
		switch {
		case !ok:
		case last && !m.fixed():
			b.fault(e.Code, messageField(i, ""), "is the last, so it must be for every occurrence; add one without when and holes")
		case !last && m.fixed():
			b.fault(e.Code, messageField(i, ""), "is for every occurrence, so those behind it are never used; move it to the end")
		case strings.TrimSpace(e.Messages[i].Text) == "":
			b.fault(e.Code, messageField(i, ""), "is empty")
		}
	}
}

// messageField is where a fault of a message is.
func messageField(i int, part string) string { return "messages[" + strconv.Itoa(i) + "]" + part }

// message compiles a message. It is not ok if it does not parse.
func (b *builder) message(e *entry, i int) (ok bool) {
	d, m := &e.Messages[i], &e.messages[i]
	m.when = d.When
	for _, k := range d.When {
		if byKind[k] == nil {
			b.fault(e.Code, messageField(i, ".when"), strconv.Quote(string(k))+" is not a kind"+instead(string(k), Kinds()))
		}
	}
	pieces, err := parseMessage(b.pieces[:0], d.Text)
	if err != nil {
		b.fault(e.Code, messageField(i, ""), err.Error())
		return false
	}
	b.pieces = pieces
	m.parts = make([]part, len(pieces))
	for j := range pieces {
		piece, part := &pieces[j], &m.parts[j]
		part.text, part.as = strings.ToValidUTF8(piece.text, "\uFFFD"), piece.form
		part.escaped = escaped(part.text)
		if piece.name != "" {
			part.hole = b.hole(e, i, piece)
			part.as = cmp.Or(part.as, part.hole.As)
		}
	}
	return true
}

func (b *builder) hole(e *entry, i int, hole *piece) *param {
	p := e.param(hole.name)
	if p == nil {
		names := make([]string, len(e.Params))
		for i := range e.Params {
			names[i] = e.Params[i].Name
		}
		b.fault(e.Code, messageField(i, ""), "the hole {"+hole.name+"} is not a declared param"+instead(hole.name, names))
		return &param{Param: &Param{}}
	}
	switch p.Type {
	case "": // a fault already
	case Object, JSON, Violations:
		b.fault(e.Code, messageField(i, ""), fmt.Sprintf("the hole {%s} is of type %s, which has no text", hole.name, p.Type))
	default:
		if problem := p.refuses(hole.form); problem != "" {
			b.fault(e.Code, messageField(i, ""), problem)
		}
	}
	return p
}
