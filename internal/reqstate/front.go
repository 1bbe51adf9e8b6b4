package reqstate

import "net/http"

// A Front is where the replies of a handler arrive that are looked at before they go on.
// It knows the contract's reply, which wrappers may change on the way.
type Front struct {
	// Length is that of the reply's body, 0 before there is one.
	Length int
	// Copy is the reply, nil if it comes as it was written: through no wrapper.
	Copy *Copy
	// Kept says that it has come, and none after it counts.
	Kept bool

	outer *Front
}

// A Copy is one of the contract's replies.
type Copy struct {
	Status int
	Header http.Header
	Body   string
}

// A fronted is a writer with a Front.
type fronted interface{ Front() *Front }

// Kept reports whether a reply of the contract's was kept further out, as far as the
// Unwrap methods of w lead.
func Kept(w http.ResponseWriter) bool {
	for w := range Unwrapped(w) {
		if at, ok := w.(fronted); ok && at.Front().Kept {
			return true
		}
	}
	return false
}

// Push has f know the contract's replies, as those further out do, until Pop.
func (s *State) Push(f *Front) {
	f.outer, s.front = s.front, f
	if s.elsewhere.Load() == nil {
		s.elsewhere.Store(&none)
	}
}

// Pop ends what Push began.
func (s *State) Pop(f *Front) { s.front = f.outer }

// Answer says that the reply which is written to w from now on, with that status and body
// and the headers that are set, is one of the contract's. It returns a copy for those who
// are to know it again, nil if nobody is.
func (s *State) Answer(w http.ResponseWriter, status int, body []byte) *Copy {
	s.status = int32(status)
	var reply *Copy
	if s.outer.Watched() {
		reply = NewCopy(w, status, body)
	}
	for f := s.front; f != nil; f = f.outer {
		f.Length, f.Copy = len(body), nil
		if at, ok := w.(fronted); ok && at.Front() == f {
			continue
		}
		if reply == nil {
			reply = NewCopy(w, status, body)
		}
		f.Copy = reply
	}
	return reply
}

// NewCopy returns a copy of the reply that is written to w.
func NewCopy(w http.ResponseWriter, status int, body []byte) *Copy {
	return &Copy{status, w.Header().Clone(), string(body)}
}

// none is a reply before the first.
var none reply

// Watched reports whether replies may be copied to where they are looked at: here or in
// a state around this one. It is safe for use by others. A nil State is not watched.
func (s *State) Watched() bool {
	for ; s != nil; s = s.outer {
		if s.elsewhere.Load() != nil {
			return true
		}
	}
	return false
}

// Relay says that the reply which is passed on to s from now on, by a wrapper that has
// a state of its own, is that one.
func (s *State) Relay(reply *Copy) {
	for f := s.front; f != nil; f = f.outer {
		f.Length, f.Copy = len(reply.Body), reply
	}
}
