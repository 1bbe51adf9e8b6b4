package system

import (
	"slices"
	"strconv"
)

// A Table has an API's records in the order in which they were made. It has the newest
// thousand: a demo forgets before it grows without end. Whoever uses it locks it.
type Table[T any] struct {
	// Prefix is what the IDs of new records start with. A number follows.
	Prefix string
	// Keep reports whether a record is not to be forgotten now. Nil is for none.
	Keep func(T) bool

	last int
	rows []row[T]
}

// A row is a record and its ID.
type row[T any] struct {
	id     string
	record *T
	first  bool // from the start
}

// maxRows is how many records a table has.
const maxRows = 1000

// Put adds a record that is there from the start, with an ID of its own.
func (t *Table[T]) Put(id string, record T) {
	t.rows = append(t.rows, row[T]{id, &record, true})
}

// Add adds a record that is made with the next ID, and returns it.
func (t *Table[T]) Add(of func(id string) T) T {
	if len(t.rows) >= maxRows {
		t.forget()
	}
	t.last++
	id := t.Prefix + strconv.Itoa(t.last)
	record := of(id)
	t.rows = append(t.rows, row[T]{id, &record, false})
	return record
}

// forget removes the oldest record that need not be kept.
func (t *Table[T]) forget() {
	spare := func(r row[T]) bool { return !r.first && (t.Keep == nil || !t.Keep(*r.record)) }
	if i := slices.IndexFunc(t.rows, spare); i >= 0 {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

// Find returns the record of the ID, for reading and changing, or nil.
func (t *Table[T]) Find(id string) *T {
	if i := t.index(id); i >= 0 {
		return t.rows[i].record
	}
	return nil
}

// Delete removes the record of the ID.
func (t *Table[T]) Delete(id string) {
	if i := t.index(id); i >= 0 {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

func (t *Table[T]) index(id string) int {
	return slices.IndexFunc(t.rows, func(r row[T]) bool { return r.id == id })
}

// All returns the records, never nil.
func (t *Table[T]) All() []T {
	all := make([]T, len(t.rows))
	for i, r := range t.rows {
		all[i] = *r.record
	}
	return all
}

// Each calls f with each record, for changing.
func (t *Table[T]) Each(f func(*T)) {
	for _, r := range t.rows {
		f(r.record)
	}
}
