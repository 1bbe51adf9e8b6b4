package errcatalog

import (
	"slices"
	"sync/atomic"
)

// An entry is an Entry, compiled.
type entry struct {
	Entry             // with all kinds that it answers, and its type
	ownType    string // its type as it was written
	params     []param
	messages   []message
	native     []op
	problem    atomic.Pointer[[]op] // compiled when it is first asked for
	headers    []header
	challenge  []string
	wait       []string
	documented bool // whether the catalogue has Docs
}

// A param is one of its entry's Params, compiled.
type param struct {
	*Param        // with its type and its source
	slot   string // the source, if it is a slot
}

// A header is a name in canonical form, with its values or the slot they come from.
type header struct {
	name   string
	values []string
	slot   string
}

func (e *entry) param(name string) *param {
	for i := range e.params {
		if e.params[i].Name == name {
			return &e.params[i]
		}
	}
	return nil
}

func (e *entry) retryable() bool { return e.Retry != "" && e.Retry != RetryNever }

// title is the last message, which has no holes, escaped.
func (e *entry) title() string { return e.messages[len(e.messages)-1].parts[0].escaped }

// gives reports whether an occurrence of the entry can come with a standard param.
func (e *entry) gives(name string) bool {
	for i := range e.params {
		if e.params[i].From == name {
			return true
		}
	}
	for _, k := range e.Covers {
		if slices.Contains(k.standardParams(), name) {
			return true
		}
	}
	return false
}

// fix gives a header a value that is the same for every occurrence.
func (d *header) fix(value string) { d.slot, d.values = "", []string{value} }
