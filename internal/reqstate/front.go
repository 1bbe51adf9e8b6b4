package reqstate

import "net/http"

// A Front is where the replies of a handler arrive that are looked at before they go on.
type Front struct {
	// Status and Length are of the contract's reply that is being written now. The status
	// is 0 if none is.
	Status int16
	// Over says that a reply has gone on, and nothing after it counts.
	Over   bool
	direct bool // the contract's reply comes as it was written
	Length int32
	// Copy is the contract's reply that is being written now, if it comes through a wrapper,
	// which may change it.
	Copy *Copy
	// Kept is the contract's reply that has come, and none after it counts.
	Kept *Copy

	outer *Front
}

// Brings reports whether the contract's reply of that status is being written now.
func (f *Front) Brings(status int) bool { return status != 0 && status == int(f.Status) }

// A fronted is a writer with a Front.
type fronted interface{ Front() *Front }

// Late returns the Front further out that takes no reply any more, as far as the Unwrap
// methods of w lead, nil if there is none.
func Late(w http.ResponseWriter) *Front {
	for w := range Unwrapped(w) {
		if at, ok := w.(fronted); ok && (at.Front().Kept != nil || at.Front().Over) {
			return at.Front()
		}
	}
	return nil
}

// Push has f know the contract's replies, as those further out do, until Pop.
func (s *State) Push(f *Front) {
	f.outer, s.front = s.front, f
	if !s.watched.Load() {
		s.watched.Store(true)
	}
}

// Pop ends what Push began.
func (s *State) Pop(f *Front) { s.front = f.outer }

// Answer says that the reply which is written to w from now on, until Answered, with that
// status and body, is one of the contract's. It reports whether somebody is to have a copy:
// see Through.
func (s *State) Answer(w http.ResponseWriter, status, length int) (wanted bool) {
	wanted = s.outer.Watched()
	for f := s.front; f != nil; f = f.outer {
		f.Status, f.Length = int16(status), int32(length)
		at, ok := w.(fronted)
		f.direct = ok && at.Front() == f
		wanted = wanted || !f.direct
	}
	return wanted
}

// Through gives a copy of the reply that is being written now to those to whom it comes
// through wrappers.
func (s *State) Through(reply *Copy) {
	for f := s.front; f != nil; f = f.outer {
		if !f.direct {
			f.Copy = reply
		}
	}
	s.Tell(reply)
}

// Again says that the reply is written by f to those further out from now on, until
// Answered.
func (f *Front) Again(reply *Copy) {
	for f = f.outer; f != nil; f = f.outer {
		f.Status, f.Length, f.Copy = int16(reply.Status), int32(len(reply.Body)), reply
	}
}

// Answered says that the reply was written.
func (s *State) Answered() {
	for f := s.front; f != nil; f = f.outer {
		f.Status, f.Copy = 0, nil
	}
}
