package errcatalog

import (
	"cmp"
	"maps"
	"strconv"
)

// A builder gathers what a Catalog is made of, and every fault on the way.
type builder struct {
	spec    Spec
	native  node
	problem node
	pinned  map[string]bool
	entries []*entry // the spec's own, then the inherited ones
	own     int      // how many are the spec's own
	byCode  map[Code]*entry
	byKind  map[Kind]*entry
	faults  []error

	compiler compiler
	shared   []header // the spec's headers: those that are slots have no values yet
	pieces   []piece
}

func (b *builder) fault(code Code, field, problem string) {
	b.faults = append(b.faults, &Fault{b.spec.Name, code, field, problem})
}

// inherit takes over what the spec leaves empty.
func (b *builder) inherit() {
	s := &b.spec
	if s.Name == "" {
		b.fault("", "name", "is empty; name the catalogue")
	}
	base := Spec{MediaType: mediaJSON}
	if s.Extends != nil {
		base = s.Extends.spec
	}
	s.Docs = cmp.Or(s.Docs, base.Docs)
	s.Envelope = cmp.Or(s.Envelope, base.Envelope)
	s.MediaType = cmp.Or(s.MediaType, base.MediaType)
	s.Challenge = cmp.Or(s.Challenge, base.Challenge)
	if s.Headers == nil {
		s.Headers = base.Headers
	}
	if s.Types == nil {
		s.Types = base.Types
	}
	s.Headers, s.Types = maps.Clone(s.Headers), maps.Clone(s.Types)
}

// shape reads the envelope.
func (b *builder) shape() {
	if b.spec.Envelope == "" {
		b.fault("", "envelope", `is empty; write one, such as {"code": $code, "message": $message}, or extend a catalogue`)
		return
	}
	var err error
	if b.native, err = b.spec.Envelope.parse(); err != nil {
		b.fault("", "envelope", err.Error())
		b.native = node{object: true}
	}
	b.problem = problem(b.native)
	b.pinned = map[string]bool{}
	b.native.walk(func(n *node) {
		if n.param != "" {
			b.pinned[n.param] = true
		}
	})
}

// timed reports whether a reply can show its time.
func (b *builder) timed() bool {
	found := false
	b.native.walk(func(n *node) { found = found || n.slot == slotTimestamp })
	for _, e := range b.entries {
		for i := range e.params {
			found = found || e.params[i].slot == slotTimestamp
		}
	}
	return found
}

// collect gathers the spec's entries, then the inherited ones.
func (b *builder) collect() {
	n := len(b.spec.Errors)
	if b.spec.Extends != nil {
		n += len(b.spec.Extends.entries)
	}
	b.byCode, b.entries = make(map[Code]*entry, n), make([]*entry, 0, n)
	for i := range b.spec.Errors {
		declared := &b.spec.Errors[i]
		if b.byCode[declared.Code] != nil {
			b.fault(declared.Code, "code", "stands twice; codes are unique")
			continue
		}
		if !isCode(declared.Code) {
			b.fault(declared.Code, "code", strconv.Quote(string(declared.Code))+
				" is not a code; use letters, digits, and ._- between them")
		}
		b.add(declared, declared.Type).unshare()
	}
	b.own = len(b.entries)
	if b.spec.Extends == nil {
		return
	}
	for _, base := range b.spec.Extends.entries {
		if b.byCode[base.Code] == nil {
			b.add(&base.Entry, base.ownType)
		}
	}
}

func (b *builder) add(declared *Entry, ownType string) *entry {
	e := &entry{Entry: *declared, ownType: ownType}
	e.Type = ownType
	b.entries = append(b.entries, e)
	b.byCode[e.Code] = e
	return e
}

func isCode(c Code) bool {
	for i := range len(c) {
		ch := c[i] | 0x20
		letter := ch >= 'a' && ch <= 'z' || c[i] >= '0' && c[i] <= '9'
		if !letter && (i == 0 || i == len(c)-1 || c[i] != '_' && c[i] != '.' && c[i] != '-') {
			return false
		}
	}
	return c != ""
}

// compileAll checks the entries and compiles them.
func (b *builder) compileAll() {
	b.compiler.docs, b.compiler.pinned = b.spec.Docs, b.pinned
	b.compiler.faults = func(problem string) { b.fault(b.compiler.entry.Code, "envelope", problem) }
	for _, e := range b.entries {
		b.compile(e)
	}
}

// compile checks one entry and compiles it.
func (b *builder) compile(e *entry) {
	before := len(b.faults)
	if e.Status < 400 || e.Status > 599 {
		b.fault(e.Code, "status", strconv.Itoa(e.Status)+" is not an error's status; use 400 to 599")
	}
	e.Type = cmp.Or(e.Type, b.spec.typeOf(e.Status))
	b.params(e)
	b.messages(e)
	b.rules(e)
	b.duties(e)
	b.headers(e)
	e.documented = b.spec.Docs != ""
	if len(b.faults) == before {
		e.native = b.compiler.compile(e, &b.native, false)
	}
}

// typeOf returns the $type that the spec gives a status.
func (s *Spec) typeOf(status int) string {
	digits := strconv.AppendInt(nil, int64(status), 10)
	if t := s.Types[string(digits)]; t != "" {
		return t
	}
	return s.Types[string(append(digits[:1], "xx"...))]
}
