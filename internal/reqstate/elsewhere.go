package reqstate

import "math"

// A told reply is one of the contract's that was written where it may not go out, or not as
// it was written: to a wrapper's buffer, or to a response that is copied to this one.
type told struct {
	*Copy
	before *told
	depth  int // how many were before
}

// none is what was told before the first.
var none told

// maxTold is how many replies are kept at most: the last ones of a handler that tries
// again and again.
const maxTold = 100

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

// Tell tells this state and those around it of a reply that may be copied to their
// responses, or come late, as long as they have not started: see Adopt. It is safe for use
// by others.
func (s *State) Tell(reply *Copy) {
	for ; s != nil; s = s.outer {
		if !s.response.Started() {
			s.tell(reply)
		}
	}
}

func (s *State) tell(reply *Copy) {
	for {
		last := s.elsewhere.Load()
		next := &told{Copy: reply}
		if last != nil && last.depth < maxTold-1 {
			next.before, next.depth = last, last.depth+1
		}
		if s.elsewhere.CompareAndSwap(last, next) {
			return
		}
	}
}

// Told reports whether there is any reply to adopt.
func (s *State) Told() bool {
	t := s.elsewhere.Load()
	return t != nil && t != &none
}

// Unlike is the rank of what is not the reply.
const Unlike = math.MaxInt

// Adopt returns the reply that was told of and has the lowest rank, of equal ones the last;
// nil if all are Unlike.
func (s *State) Adopt(rank func(*Copy) int) *Copy {
	var best *Copy
	lowest := Unlike
	for t := s.elsewhere.Load(); t != nil && t != &none; t = t.before {
		if n := rank(t.Copy); n < lowest {
			best, lowest = t.Copy, n
		}
	}
	return best
}

// Adopted records that the reply is this state's failure, whatever was answered before
// that did not go out.
func (s *State) Adopted(reply *Copy) {
	f := &s.failed
	f.is.CompareAndSwap(sent, written)
	if !f.record(sent, reply.Status, reply.Code, reply.Err) {
		f.correct(reply.Status, reply.Code, reply.Err)
	}
}
