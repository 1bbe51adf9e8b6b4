package errcatalog

import (
	"errors"
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
