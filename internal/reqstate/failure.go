package reqstate

import (
	"reflect"
	"sync/atomic"
)

// A Failure is an error that a request was answered with.
type Failure struct {
	Code    string // the published one
	Err     error  // with its private cause
	Problem error  // what was not as it should be about it
}

// loud reports whether somebody has to see the failure, with that status.
func (f *Failure) loud(status int32) bool { return status >= 500 || f.Problem != nil }

// A Dropped problem is an error that somebody has to see, and to which the reply was not
// sent.
type Dropped struct {
	Err     error
	Problem error // of the reply that was sent
}

func (d *Dropped) Error() string {
	text := "a response writer between dropped the reply to an error"
	if d.Problem != nil {
		text = d.Problem.Error() + "; " + text
	}
	return text
}

// An answer is the failed reply to a response: the first, but one that was sent instead of
// those that wrappers dropped. Once it is one it does not change: another takes its place.
type answer struct {
	is     fate
	status int32
	Failure
}

// A fate is what became of a reply.
type fate int8

const (
	dropped   fate = iota // another reply goes out
	written               // to a wrapper, which may yet drop it
	sent                  // on the way to the client
	overtaken             // by who does not wait for the fork that it is of
)

var (
	nothing = &answer{is: dropped}
	taken   = &answer{is: overtaken}
)

// A place has the answer, nil before there is one. The goroutine that serves the request
// changes it, and for a fork also the one that overtakes it.
type place struct{ atomic.Pointer[answer] }

// record takes a reply for the answer if it is the first, and reports whether it is.
func (p *place) record(a *answer) bool { return p.CompareAndSwap(nil, a) }

// correct takes a reply for the answer in place of one that another was sent for, and tells
// of that what nobody else would. One that was sent itself replaces any that was not. There
// is an answer: a could not be recorded.
func (p *place) correct(a *answer) bool {
	before := p.Load()
	if before.is != dropped && (before.is != written || a.is != sent) {
		return false
	}
	if before.loud(before.status) && !same(before.Err, a.Err) {
		a.Problem = &Dropped{before.Err, a.Problem}
	}
	return p.CompareAndSwap(before, a)
}

// same reports whether the two are one error. A handler's own may be of a type that can't be
// compared.
func same(a, b error) bool { return a == nil && b == nil || reflect.ValueOf(a).Comparable() && a == b }

// turn gives the answer another fate, if it has that one and is not taken meanwhile.
func (p *place) turn(from, to fate) {
	if a := p.Load(); a != nil && a.is == from {
		turned := *a
		turned.is = to
		p.CompareAndSwap(a, &turned)
	}
}

// take returns the answer of a fork, which may be at work, nil if it has none. None counts
// there any more.
func (p *place) take() *answer {
	if a := p.Swap(taken); a != taken {
		return a
	}
	return nil
}

// shows reports whether the answer is what goes out, or went out with a status.
func (a *answer) shows(status int) bool {
	return a.is == sent || a.is == written && (status == 0 || status == int(a.status))
}

// Failed records the reply of that status that was written for an error, here and in the
// states around this one whose response it is too, by way of a wrapper without Unwrap. A
// batch, which only collects the replies to its parts, has not failed with one of them. It
// reports whether that is the answer here: it is the first, or was sent where those before
// were not.
func (s *State) Failed(status int, f Failure) (counts bool) {
	a := &answer{written, int32(status), f}
	if s.response.Status() == status { // else a wrapper between keeps the reply back, or drops it
		a.is = sent
	}
	counts = s.failed.record(a) || s.failed.correct(a)
	if s.failed.Load() == taken {
		return false // another reply is on its way around this one
	}
	for s = s.outer; s != nil && (s.response.Status() == 0 || s.response.Status() == status); s = s.outer {
		if s.response.Status() == status && s.failed.Load() == nil {
			s.failed.record(&answer{sent, a.status, f})
		}
	}
	return counts
}

// Failure returns the error that the request was answered with. If another status was sent,
// by a wrapper that dropped the reply, that is none, and at most a problem.
func (s *State) Failure() Failure {
	a := s.failed.Load()
	switch {
	case a == nil:
		return Failure{}
	case a.shows(s.response.Status()):
		return a.Failure
	case a.loud(a.status):
		return Failure{Problem: &Dropped{Err: a.Err}}
	}
	return Failure{}
}

// Drop says that another reply goes out than those that were written, or nothing does. A
// part of it that fails later is not the request's failure.
func (s *State) Drop() {
	if !s.failed.CompareAndSwap(nil, nothing) {
		s.failed.turn(written, dropped)
	}
}
