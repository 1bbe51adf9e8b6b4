package reqstate

import "sync/atomic"

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
type Dropped struct{ Err error }

func (*Dropped) Error() string { return "a response writer between dropped the reply to an error" }

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

// correct takes a reply that was sent for the answer if the one before was not, and tells
// of that what nobody else would. It is for the goroutine that serves the request alone,
// which reads it.
func (a *answer) correct(status int, f Failure) bool {
	if !a.is.CompareAndSwap(written, recording) && !a.is.CompareAndSwap(dropped, recording) {
		return false
	}
	if a.loud(a.status) && a.Code != f.Code && f.Problem == nil {
		f.Problem = &Dropped{a.Err}
	}
	a.status, a.Failure = int32(status), f
	a.is.Store(sent)
	return true
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
	counts = s.failed.record(as, status, f) || as == sent && s.failed.correct(status, f)
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
		return Failure{Problem: &Dropped{a.Err}}
	}
	return Failure{}
}

// Drop says that another reply goes out than those that were written.
func (s *State) Drop() { s.failed.is.CompareAndSwap(written, dropped) }
