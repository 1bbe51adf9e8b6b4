package decode

import (
	"reflect"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

// A walk is one pass over a body: it reads, decodes, and notes what is wrong.
type walk struct {
	scanner
	buf          []byte // of the body, if the walk read it
	allowUnknown bool
	path         []step   // to the value being read
	members      []member // of the objects being read
	faults       []fault
}

// A member says what was seen of a field of an object.
type member byte

const (
	absent member = iota
	null
	present
)

var walks = sync.Pool{New: func() any { return new(walk) }}

// release gives the walk to those to come, unless it has grown large.
func (w *walk) release() {
	if cap(w.buf) > 64<<10 || cap(w.scratch) > 64<<10 || cap(w.members) > 64<<10 {
		return
	}
	clear(w.path[:cap(w.path)])
	*w = walk{
		buf: w.buf, scanner: scanner{scratch: w.scratch},
		path: w.path[:0], members: w.members[:0],
	}
	walks.Put(w)
}

// document decodes the whole text.
func (w *walk) document(p *plan, v reflect.Value) bool {
	whole := w.data
	w.data = whole[:validPrefix(whole)]
	switch {
	case w.peek() == 0 && w.pos == len(whole):
		return false
	case !w.value(p, v):
		if w.pos == len(w.data) && w.pos < len(whole) {
			w.problem = "the text is not UTF-8"
		}
		return false
	case w.peek() != 0 || w.pos < len(whole):
		return w.fail("the text goes on after the value")
	}
	return true
}

// validPrefix returns how many bytes of b are UTF-8.
func validPrefix(b []byte) int {
	if utf8.Valid(b) {
		return len(b)
	}
	n := 0
	for {
		r, size := utf8.DecodeRune(b[n:])
		if r == utf8.RuneError && size < 2 {
			return n
		}
		n += size
	}
}

// value decodes any value into v. When no more faults are told it only reads on, to
// see whether the rest is JSON.
func (w *walk) value(p *plan, v reflect.Value) bool {
	if len(w.faults) == maxFaults {
		return w.skip()
	}
	isNull := w.peek() == 'n'
	if isNull && !p.takesNull {
		if !p.nilable {
			return w.refuse(p.want)
		}
		v.SetZero()
		return w.literal("null")
	}
	if !p.decode(w, p, v) {
		return false
	}
	if p.validates && !isNull {
		w.add(v.Addr().Interface().(Validator).Validate(), p)
	}
	return true
}

// within has read decode what lies a step deeper.
func (w *walk) within(s step, read func() bool) bool {
	w.path = append(w.path, s)
	ok := read()
	w.path = w.path[:len(w.path)-1]
	return ok
}

// refuse reads the value, which is not what is wanted.
func (w *walk) refuse(reason string) bool {
	w.note(reason)
	return w.skip()
}

// note notes a fault of the value being read.
func (w *walk) note(reason string) { w.fault(fault{unread: reason != twice}, reason) }

// fault is note, for a fault that there is more to say of.
func (w *walk) fault(f fault, reason string) {
	if len(w.faults) < maxFaults {
		f.Violation = errcatalog.Violation{Field: pointer(w.path), Reason: reason}
		w.faults = append(w.faults, f)
	}
}

// unique reads any value, and notes names that an object in it has twice.
func (w *walk) unique() bool {
	switch w.peek() {
	case '{':
		var seen names
		return w.object(func(b []byte) bool {
			name := string(b)
			return w.within(step{name: name, foreign: true}, func() bool {
				if !seen.add(name) {
					return w.refuse(twice)
				}
				return w.unique()
			})
		})
	case '[':
		return w.array(func(i int) bool {
			return w.within(step{index: i, item: true}, w.unique)
		})
	}
	return w.skip()
}

// raw reads any value, and returns its text.
func (w *walk) raw() ([]byte, bool) {
	w.peek()
	start := w.pos
	ok := w.unique()
	return w.data[start:w.pos], ok
}

// names are those of an object's members.
type names struct {
	few  [8]string
	n    int
	many map[string]bool
}

// add reports whether the name is new.
func (s *names) add(name string) bool {
	if s.many != nil {
		known := s.many[name]
		s.many[name] = true
		return !known
	}
	if slices.Contains(s.few[:s.n], name) {
		return false
	}
	if s.n < len(s.few) {
		s.few[s.n] = name
		s.n++
		return true
	}
	s.many = map[string]bool{name: true}
	for _, known := range s.few {
		s.many[known] = true
	}
	return true
}
