package reqstate

import "slices"

// maxTold is how many replies are kept at most, the last ones.
const maxTold = 100

// Watched reports whether replies may be copied to where they are looked at: here or in
// a state around this one. It is safe for use by others. A nil State is not watched.
func (s *State) Watched() bool {
	for ; s != nil; s = s.outer {
		if s.watched.Load() {
			return true
		}
	}
	return false
}

// Tell tells this state and those around it of a reply that may be copied to their
// responses, or come late, as long as they have not started. It is safe for use by others.
func (s *State) Tell(reply *Copy) {
	for ; s != nil; s = s.outer {
		if !s.response.Started() {
			s.tell(reply)
		}
	}
}

func (s *State) tell(reply *Copy) {
	for {
		before := s.elsewhere.Load()
		var kept []*Copy
		if before != nil {
			kept = (*before)[max(0, len(*before)-maxTold+1):]
		}
		told := append(slices.Clip(kept), reply)
		if s.elsewhere.CompareAndSwap(before, &told) {
			return
		}
	}
}

// Told returns the replies that were told of, the first first. They are not to be changed.
func (s *State) Told() []*Copy {
	if told := s.elsewhere.Load(); told != nil {
		return *told
	}
	return nil
}

// Adopted records that the reply is this state's failure, whatever was answered before
// that did not go out.
func (s *State) Adopted(reply *Copy) {
	if a := s.failed.Load(); a != nil && a.is == sent && same(a.Err, reply.Err) {
		return // it was told as it went by
	}
	s.failed.turn(sent, written) // which this one replaces
	if a := (&answer{sent, int32(reply.Status), reply.Failure}); !s.failed.record(a) {
		s.failed.correct(a)
	}
}
