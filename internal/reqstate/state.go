// Package reqstate holds what the suite knows of one request: one value, made
// by the outermost middleware and shared by every part inside it. An outer
// middleware (an access log) therefore sees what an inner one learned.
//
// A State is never pooled: net/http may read header strings that point into it
// after the handler has returned.
package reqstate

import (
	"context"
	"net/http"
	"sync/atomic"
)

// A State is one request's state. It is the request's context too, which saves
// the allocation of a context value. It belongs to the goroutine that serves
// the request and is not safe for use by others.
type State struct {
	context.Context

	// RequestID is the request's ID, empty until one was assigned.
	RequestID string
	// Principal is who sends the request: an *auth.Principal, nil until one was
	// verified.
	Principal any
	// Challenge returns the WWW-Authenticate values of a 403 for want of scopes. It
	// is nil until a principal was verified.
	Challenge func(scopes []string) []string
	// IDHeader backs the response's request ID header.
	IDHeader [1]string

	response Response
	outer    *State
	// A handler that outlives its deadline (http.TimeoutHandler) is in a state of its
	// own, and asks and tells this one from another goroutine.
	onError atomic.Pointer[OnError]
	failed  atomic.Int32 // 0 no, 1 being written, 2 yes
	code    string
	failure error
}

// OnError answers a failure.
type OnError func(http.ResponseWriter, *http.Request, error)

// InCharge returns what answers a failure in the name of the innermost scope that
// the request entered. It is nil outside any scope.
func (s *State) InCharge() *OnError { return s.onError.Load() }

// Enter has f answer failures, and returns what did before.
func (s *State) Enter(f *OnError) (outer *OnError) { return s.onError.Swap(f) }

// Abandon has f answer failures in the states around this one too: its scope ended
// with a panic, which is on its way to them.
func (s *State) Abandon(f *OnError) {
	for s = s.outer; s != nil; s = s.outer {
		s.onError.Store(f)
	}
}

type contextKey struct{}

// Value answers the package's own key, and asks the parent context for others.
func (s *State) Value(key any) any {
	if key == (contextKey{}) {
		return s
	}
	return s.Context.Value(key)
}

// From returns the state that ctx carries, or nil.
func From(ctx context.Context) *State {
	s, _ := ctx.Value(contextKey{}).(*State)
	return s
}

// Ensure returns the state of r, the writer that observes the response, and r
// with the state in its context. Where r has a state that observes w, all three
// are what they were.
//
// A request that carries another response's state (one that a handler made from
// its own request's context, to serve a part of a batch) gets a state of its own,
// which starts with what the outer one knows.
func Ensure(w http.ResponseWriter, r *http.Request) (*State, http.ResponseWriter, *http.Request) {
	ctx := r.Context()
	outer := From(ctx)
	if outer != nil && outer.Observes(w) {
		return outer, w, r
	}
	s := &State{Context: ctx, outer: outer}
	s.response.ResponseWriter = w
	if outer != nil {
		s.RequestID = outer.RequestID
		s.onError.Store(outer.InCharge())
	}
	return s, &s.response, r.WithContext(s)
}

// Response returns the wrapper that observes the response.
func (s *State) Response() *Response { return &s.response }

// Observes reports whether what is written to w passes the state's response, as
// far as the Unwrap methods between them tell.
func (s *State) Observes(w http.ResponseWriter) bool {
	for range maxWrappers {
		if w == http.ResponseWriter(&s.response) {
			return true
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
	return false
}

// maxWrappers is how many wrappers are looked through.
const maxWrappers = 100

// Failed records the reply that was sent for err, here and in the states around
// this one whose response it is too, by way of a wrapper without Unwrap. A batch,
// which only collects the replies to its parts, has not failed with one of them.
func (s *State) Failed(code string, err error) {
	status := s.response.Status()
	for ; s != nil && s.response.Status() == status; s = s.outer {
		if s.failed.CompareAndSwap(0, 1) {
			s.code, s.failure = code, err
			s.failed.Store(2)
		}
	}
}

// Failure returns the published code of the error that the request was answered
// with first, and that error with its private cause. The code is empty if there was
// none.
func (s *State) Failure() (code string, err error) {
	if s.failed.Load() != 2 {
		return "", nil
	}
	return s.code, s.failure
}
