package system

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"sync"

	"github.com/contrite-go/contrite/errcatalog"
)

// A Table has an API's records in the order in which they were made. It has the newest
// thousand: a demo forgets before it grows without end. Records are copied in and out;
// what one points to must not change.
type Table[T any] struct {
	// Prefix is what the IDs start with that Add gives. A number follows.
	Prefix string
	// Missing is the error for an ID that no record has.
	Missing func(id string) *errcatalog.Error
	// Keep reports whether a record is not to be forgotten now. Nil is for none.
	Keep func(T) bool
	// Lock is what all methods but Rows lock. Tables that change together share one.
	// Nil is one of the table's own.
	Lock *sync.Mutex

	own  sync.Mutex
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

// lock locks the table and returns what unlocks it.
func (t *Table[T]) lock() func() {
	l := cmp.Or(t.Lock, &t.own)
	l.Lock()
	return l.Unlock
}

// Put adds a record that is there from the start. It is never forgotten.
func (t *Table[T]) Put(id string, record T) {
	defer t.lock()()
	t.rows = append(t.rows, row[T]{id, &record, true})
}

// Add adds the record that is made with the next ID, and returns it. An error is
// returned as it is, and nothing is added.
func (t *Table[T]) Add(of func(id string) (T, error)) (T, error) {
	defer t.lock()()
	id := t.Prefix + strconv.Itoa(t.last+1)
	record, err := of(id)
	if err != nil {
		return *new(T), err
	}
	t.last++
	t.insert(id, record)
	return record, nil
}

// Insert adds a record with an ID of its own, and reports whether that was free.
func (t *Table[T]) Insert(id string, record T) bool {
	defer t.lock()()
	if t.index(id) >= 0 {
		return false
	}
	t.insert(id, record)
	return true
}

// insert adds a record. If there are too many, it forgets the oldest that need not be
// kept.
func (t *Table[T]) insert(id string, record T) {
	if len(t.rows) >= maxRows {
		spare := func(r row[T]) bool { return !r.first && (t.Keep == nil || !t.Keep(*r.record)) }
		if i := slices.IndexFunc(t.rows, spare); i >= 0 {
			t.rows = slices.Delete(t.rows, i, i+1)
		}
	}
	t.rows = append(t.rows, row[T]{id, &record, false})
}

// Find returns the record of the ID.
func (t *Table[T]) Find(id string) (T, error) {
	return t.Change(id, func(*T) error { return nil })
}

// Change changes the record of the ID, and returns it. If there is an error, the record
// stays as it was.
func (t *Table[T]) Change(id string, change func(*T) error) (T, error) {
	defer t.lock()()
	i := t.index(id)
	if i < 0 {
		return *new(T), t.Missing(id)
	}
	changed := *t.rows[i].record
	if err := change(&changed); err != nil {
		return *new(T), err
	}
	*t.rows[i].record = changed
	return changed, nil
}

// Remove removes the record of the ID, unless may returns an error. Nil lets it.
func (t *Table[T]) Remove(id string, may func(T) error) error {
	defer t.lock()()
	i := t.index(id)
	if i < 0 {
		return t.Missing(id)
	}
	if may != nil {
		if err := may(*t.rows[i].record); err != nil {
			return err
		}
	}
	t.rows = slices.Delete(t.rows, i, i+1)
	return nil
}

// All returns the records, never nil.
func (t *Table[T]) All() []T {
	defer t.lock()()
	all := make([]T, len(t.rows))
	for i, r := range t.rows {
		all[i] = *r.record
	}
	return all
}

// Rows are the records, to be read and changed by who holds the lock: also by a function
// that a method of the table, or of one with the same Lock, calls.
func (t *Table[T]) Rows() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, r := range t.rows {
			if !yield(r.record) {
				return
			}
		}
	}
}

func (t *Table[T]) index(id string) int {
	return slices.IndexFunc(t.rows, func(r row[T]) bool { return r.id == id })
}
