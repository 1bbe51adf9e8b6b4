package errcatalog

import (
	"errors"
	"maps"
	"strconv"
	"strings"
)

// A Catalog is all the errors that an API may answer, checked and compiled. It is
// immutable and safe for concurrent use. Make one with [New].
type Catalog struct {
	spec    Spec
	native  node // the envelope, and its form as problem details
	problem node
	pinned  map[string]bool // the params that the envelope names
	media   []string
	timed   bool // whether a reply can show its time
	entries []*entry
	byCode  map[Code]*entry
	byKind  map[Kind]*entry

	negotiable bool // whether the media type is application/json
}

// New checks spec and compiles it. The error joins a [*Fault] for everything that
// is wrong. The catalogue keeps nothing of spec's slices and maps.
func New(spec Spec) (*Catalog, error) {
	b := builder{spec: spec}
	b.inherit()
	b.shape()
	b.common()
	b.collect()
	b.cover()
	b.compileAll()
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	b.spec.Extends, b.spec.Errors = nil, nil
	return &Catalog{
		spec:    b.spec,
		native:  b.native,
		problem: b.problem,
		pinned:  b.pinned,
		media:   []string{b.spec.MediaType},
		timed:   b.timed(),

		negotiable: isJSON(b.spec.MediaType),
		entries:    b.entries,
		byCode:     b.byCode,
		byKind:     b.byKind,
	}, nil
}

// problemOps returns the ops of an entry's form as problem details. Few clients ask
// for those, and their form has no faults of its own: taken names are changed.
func (c *Catalog) problemOps(e *entry) []op {
	if ops := e.problem.Load(); ops != nil {
		return *ops
	}
	k := compiler{docs: c.spec.Docs, pinned: c.pinned}
	ops := k.compile(e, &c.problem, true)
	e.problem.Store(&ops)
	return ops
}

// isJSON reports whether a media type is application/json, whatever its parameters.
func isJSON(mediaType string) bool {
	name, _, _ := strings.Cut(mediaType, ";")
	return strings.EqualFold(strings.TrimSpace(name), mediaJSON)
}

// Must returns c, and panics if err is not nil. It is for catalogues that are
// package variables: Must(New(spec)).
func Must(c *Catalog, err error) *Catalog {
	if err != nil {
		panic(err)
	}
	return c
}

// Name returns the catalogue's name.
func (c *Catalog) Name() string { return c.spec.Name }

// Errors returns the entries, the catalogue's own first and then the inherited
// ones. An entry's Covers names every kind that it answers, and its params have
// their source and type. The caller may keep the slice, and must not change what
// the entries refer to.
func (c *Catalog) Errors() []Entry {
	entries := make([]Entry, len(c.entries))
	for i, e := range c.entries {
		entries[i] = e.Entry
	}
	return entries
}

// Lookup returns the entry of a code, and whether the catalogue has one.
func (c *Catalog) Lookup(code Code) (Entry, bool) {
	e := c.byCode[code]
	if e == nil {
		return Entry{}, false
	}
	return e.Entry, true
}

// A builder gathers what a Catalog is made of, and every fault on the way.
type builder struct {
	spec    Spec
	native  node
	problem node
	pinned  map[string]bool
	slab    []entry
	entries []*entry // in the slab: the spec's own, then the inherited ones
	own     int      // how many are the spec's own
	byCode  map[Code]*entry
	byKind  map[Kind]*entry
	faults  []error

	compiler compiler
	shared   []header // the spec's headers: those that are slots have no values yet
	pieces   []piece

	declaredSlab slab[Param]
	wordedSlab   slab[Message]
	fixSlab      slab[string]
	paramSlab    slab[param]
	messageSlab  slab[message]
	partSlab     slab[part]
	headerSlab   slab[header]
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
	s.Docs = or(s.Docs, base.Docs)
	s.Envelope = or(s.Envelope, base.Envelope)
	s.MediaType = or(s.MediaType, base.MediaType)
	s.Challenge = or(s.Challenge, base.Challenge)
	if s.Headers == nil {
		s.Headers = base.Headers
	}
	if s.Types == nil {
		s.Types = base.Types
	}
	s.Headers, s.Types = maps.Clone(s.Headers), maps.Clone(s.Types)
}

func or[T comparable](a, b T) T {
	var zero T
	if a == zero {
		return b
	}
	return a
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
	size := min(n, 512)
	b.declaredSlab.size, b.wordedSlab.size, b.fixSlab.size = size, size, size
	b.byCode, b.entries, b.slab = make(map[Code]*entry, n), make([]*entry, 0, n), make([]entry, n)
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
		b.unshare(&b.add(declared, declared.Type).Entry)
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
	e := &b.slab[len(b.entries)]
	e.Entry, e.Type, e.ownType = *declared, ownType, ownType
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

// cover gives every kind its entry: the nearest that covers it or a kind above
// it among the spec's own, and only then among the inherited ones.
func (b *builder) cover() {
	mine, theirs := b.claims(b.entries[:b.own]), b.claims(b.entries[b.own:])
	b.byKind = make(map[Kind]*entry, len(tree))
	answers := map[*entry][]Kind{}
	for _, row := range tree {
		e := nearest(row.kind, mine)
		if e == nil {
			e = nearest(row.kind, theirs)
		}
		if e == nil {
			if row.parent == "" {
				b.fault("", "errors", "no entry covers the kind "+string(row.kind)+"; cover it, or extend a catalogue that does")
			}
			continue
		}
		b.byKind[row.kind] = e
		answers[e] = append(answers[e], row.kind)
	}
	kept := b.entries[:b.own]
	for _, e := range b.entries[b.own:] {
		if len(e.Covers) > 0 && len(answers[e]) == 0 {
			delete(b.byCode, e.Code)
			continue
		}
		kept = append(kept, e)
	}
	b.entries = kept
	for e, kinds := range answers {
		e.Covers = kinds
	}
}

// claims maps each covered kind to the entry that covers it.
func (b *builder) claims(entries []*entry) map[Kind]*entry {
	claims := map[Kind]*entry{}
	for _, e := range entries {
		for _, k := range e.Covers {
			switch other := claims[k]; {
			case byKind[k] == nil:
				b.fault(e.Code, "covers", strconv.Quote(string(k))+" is not a kind"+instead(string(k), Kinds()))
			case other != nil && other != e:
				b.fault(e.Code, "covers", string(k)+" is covered by "+string(other.Code)+" too; one of them must give it up")
			default:
				claims[k] = e
			}
		}
	}
	return claims
}

func nearest(k Kind, claims map[Kind]*entry) *entry {
	for ; k != ""; k = k.Parent() {
		if e := claims[k]; e != nil {
			return e
		}
	}
	return nil
}

// typeOf returns the $type that the spec gives a status.
func (s *Spec) typeOf(status int) string {
	digits := strconv.AppendInt(nil, int64(status), 10)
	if t := s.Types[string(digits)]; t != "" {
		return t
	}
	return s.Types[string(append(digits[:1], "xx"...))]
}
