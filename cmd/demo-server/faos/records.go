package faos

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// records are the newest thousand of one kind, those from the start among them: a demo
// forgets before it grows without end. What a record points to must not be changed once
// it is stored: who found it has it too. The zero records are empty and ready to use.
type records[T any] struct {
	mu    sync.RWMutex
	byID  map[string]T
	order []string // the IDs, as the records were made
	first int      // how many of them are from the start
}

const maxRecords = 1000

// find returns a record, and whether there is one.
func (r *records[T]) find(id string) (T, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	record, ok := r.byID[id]
	return record, ok
}

// all returns the records, the oldest first.
func (r *records[T]) all() []T {
	r.mu.RLock()
	defer r.mu.RUnlock()
	list := make([]T, len(r.order))
	for i, id := range r.order {
		list[i] = r.byID[id]
	}
	return list
}

// fill adds a record that is there from the start, and is never forgotten.
func (r *records[T]) fill(id string, record T) {
	r.put(id, record)
	r.first++
}

// put adds a record. It forgets the oldest one if there are too many.
func (r *records[T]) put(id string, record T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID == nil {
		r.byID = map[string]T{}
	}
	if len(r.order) >= maxRecords {
		r.delete(r.first)
	}
	r.byID[id] = record
	r.order = append(r.order, id)
}

// change changes a record, and returns what it became and whether there is one.
func (r *records[T]) change(id string, f func(*T)) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record, ok := r.byID[id]
	if ok {
		f(&record)
		r.byID[id] = record
	}
	return record, ok
}

// remove removes a record, and reports whether there was one.
func (r *records[T]) remove(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.order, id)
	if i < 0 {
		return false
	}
	if i < r.first {
		r.first--
	}
	r.delete(i)
	return true
}

// delete removes the record of a place in the order.
func (r *records[T]) delete(i int) {
	delete(r.byID, r.order[i])
	r.order = slices.Delete(r.order, i, i+1)
}

// newID returns an ID that no record has.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:16]) }

// second is a time as records show it: in UTC, in whole seconds.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// A text is a string that says something.
type text string

// Validate implements [decode.Validator].
func (t text) Validate() []errcatalog.Violation {
	if strings.TrimSpace(string(t)) == "" {
		return []errcatalog.Violation{{Reason: "must not be empty"}}
	}
	return nil
}

// seconds are a timeout.
type seconds int64

// defaultTimeout is in force where a request says no other.
const defaultTimeout seconds = 300

// UnmarshalJSON has what is no integer be 0, which Validate refuses: there is one
// requirement.
func (s *seconds) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, (*int64)(s)) != nil {
		*s = 0
	}
	return nil
}

// Validate implements [decode.Validator].
func (s seconds) Validate() []errcatalog.Violation {
	if s < 1 || s > 3600 {
		return []errcatalog.Violation{{Reason: "must be an integer from 1 to 3600"}}
	}
	return nil
}

func (s seconds) duration() time.Duration { return time.Duration(s) * time.Second }
