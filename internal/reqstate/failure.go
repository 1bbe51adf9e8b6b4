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
// those that wrappers dropped.
type answer struct {
	is     atomic.Int32
	status int32
	Failure
}

const (
	absent int32 = iota
	recording
	taken   // by who does not wait for the fork that it is of
	dropped // another reply goes out
	written
	sent
)

// record takes a reply for the answer if it is the first, and reports whether it is.
func (a *answer) record(as int32, status int, f Failure) bool {
	if !a.is.CompareAndSwap(absent, recording) {
		return false
	}
	a.status, a.Failure = int32(status), f
	a.is.Store(as)
	return true
}

// correct takes a reply for the answer in place of one that another was sent for, and tells
// of that what nobody else would. One that was sent itself replaces any that was not. It is
// for the goroutine that serves the request alone, which reads the answer.
func (a *answer) correct(as int32, status int, f Failure) bool {
	if !a.is.CompareAndSwap(dropped, recording) && !(as == sent && a.is.CompareAndSwap(written, recording)) {
		return false
	}
	if a.loud(a.status) && !same(a.Err, f.Err) {
		f.Problem = &Dropped{a.Err, f.Problem}
	}
	a.status, a.Failure = int32(status), f
	a.is.Store(as)
	return true
}

// same reports whether the two are one error. A handler's own may be of a type that can't be
// compared.
func same(a, b error) bool { return a == nil && b == nil || reflect.ValueOf(a).Comparable() && a == b }

// take returns the answer of a fork, which may be at work. None counts there any more.
func (a *answer) take() (status int, f Failure, ok bool) {
	is := a.is.Load()
	if is == recording || !a.is.CompareAndSwap(is, taken) || is < dropped {
		return 0, Failure{}, false
	}
	return int(a.status), a.Failure, true
}

// known reports whether there is an answer.
func (a *answer) known() bool { return a.is.Load() >= dropped }

// shows reports whether the answer is what goes out, or went out with a status.
func (a *answer) shows(status int) bool {
	is := a.is.Load()
	return is == sent || is == written && (status == 0 || status == int(a.status))
}

// Failed records the reply that was written for an error, here and in the states around this
// one whose response it is too, by way of a wrapper without Unwrap. A batch, which only
// collects the replies to its parts, has not failed with one of them. It reports whether that
// is the answer here: it is the first, or was sent where those before were not.
func (s *State) Failed(f Failure) (counts bool) {
	status, as := int(s.status), written
	if s.response.Status() == status { // else a wrapper between keeps the reply back, or drops it
		as = sent
	}
	counts = s.failed.record(as, status, f) || s.failed.correct(as, status, f)
	if s.failed.is.Load() == taken {
		return false // another reply is on its way around this one
	}
	for s = s.outer; s != nil && (s.response.Status() == 0 || s.response.Status() == status); s = s.outer {
		if s.response.Status() == status {
			s.failed.record(sent, status, f)
		}
	}
	return counts
}

// Failure returns the error that the request was answered with. If another status was sent,
// by a wrapper that dropped the reply, that is none, and at most a problem.
func (s *State) Failure() Failure {
	a := &s.failed
	switch {
	case !a.known():
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
	_ = s.failed.is.CompareAndSwap(written, dropped) || s.failed.is.CompareAndSwap(absent, dropped)
}
