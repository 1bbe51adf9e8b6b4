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
	"net/netip"
	"sync/atomic"
	"time"
)

// A State is one request's state. It is the request's context too, which saves
// the allocation of a context value. It belongs to the goroutine that serves
// the request and is not safe for use by others.
type State struct {
	context.Context

	// RequestID is the request's ID, empty until one was assigned.
	RequestID string
	// ClientIP is the client's address as an access log was told of it, the zero Addr
	// if that knows no better than net/http.
	ClientIP netip.Addr
	// Principal is who sends the request: an *auth.Principal, nil until one was
	// verified.
	Principal any
	// Challenge returns the WWW-Authenticate values of a 403 for want of scopes. It
	// is nil until a principal was verified.
	Challenge func(scopes []string) []string
	// Route is the pattern of the route that serves the request, empty until it was
	// served.
	Route string
	// Observed says that an access log tells of the request when it has been served, and
	// of the failure that is recorded here.
	Observed bool
	// reader is who was there when a failure of the server was answered.
	reader reader
	// ShowsID says that responses have the ID in their headers, backed by IDHeader.
	// Handlers can reach that one.
	ShowsID  bool
	Head     bool        // the request came as a HEAD, whatever a handler makes of it
	watched  atomic.Bool // somebody looks at replies
	IDHeader [1]string

	response Response
	arrived  time.Time
	begun    *http.Request // the request that came, until one carries the state
	outer    *State
	verified atomic.Pointer[any] // the Principal, for who waits for a fork
	// A handler that outlives its deadline (http.TimeoutHandler) is in a state of its
	// own, and asks and tells this one from another goroutine.
	onError   atomic.Pointer[OnError]
	elsewhere atomic.Pointer[[]*Copy] // told of
	failed    place
	front     *Front // the innermost
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

// ShownID returns the request's ID if responses show it in their headers, else "".
func (s *State) ShownID() string {
	for ; s != nil; s = s.outer {
		if s.ShowsID {
			return s.RequestID
		}
	}
	return ""
}

// ShowID has a response show the request's ID, unless it is empty, and no other: a proxy
// adds its upstream's, and drops all headers after an informational response.
func ShowID(h http.Header, id string) {
	if values := h["X-Request-Id"]; id != "" && (len(values) != 1 || values[0] != id) {
		h["X-Request-Id"] = []string{id}
	}
}

// contextKey is a pointer: contexts compare those faster than structs.
var contextKey = new(struct{ _ byte })

// Value answers the package's own key, and asks the parent context for others.
func (s *State) Value(key any) any {
	if key == any(contextKey) {
		return s
	}
	return s.Context.Value(key)
}

// From returns the state that ctx carries, or nil.
func From(ctx context.Context) *State {
	s, ok := ctx.(*State)
	if !ok {
		s, _ = ctx.Value(contextKey).(*State)
	}
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
	outer := From(r.Context())
	if outer != nil && outer.Observes(w) {
		return outer, w, r
	}
	s := within(outer, w, r)
	return s, &s.response, r.WithContext(s)
}

// within returns a state within outer, which may be nil, for what is written to w.
func within(outer *State, w http.ResponseWriter, r *http.Request) *State {
	s := &State{Context: r.Context(), outer: outer, Head: r.Method == http.MethodHead && (outer == nil || outer.Head)}
	s.response.ResponseWriter, s.response.st = w, s
	if outer != nil {
		s.RequestID = outer.RequestID
		s.onError.Store(outer.InCharge())
	}
	return s
}

// Arrived returns when the request came: when this was asked first.
func (s *State) Arrived() time.Time {
	if s.arrived.IsZero() {
		s.arrived = time.Now()
	}
	return s.arrived
}

// Now returns the time. It reads one clock where time.Now reads two, once it was asked
// when the request came.
func (s *State) Now() time.Time {
	if s.arrived.IsZero() {
		return time.Now()
	}
	return s.arrived.Add(time.Since(s.arrived))
}

// Fork returns a state within s for a handler that has a goroutine of its own, writes to
// w, and whose context has ctx as its parent. It starts with all that s knows.
func (s *State) Fork(ctx context.Context, w http.ResponseWriter) *State {
	fork := &State{
		Context: ctx, outer: s, RequestID: s.RequestID, ClientIP: s.ClientIP,
		Principal: s.Principal, Challenge: s.Challenge, Observed: s.Observed, Head: s.Head, arrived: s.arrived,
	}
	fork.response.ResponseWriter, fork.response.st = w, fork
	fork.onError.Store(s.InCharge())
	return fork
}

// Join takes over what a fork learned, once its goroutine has ended. With failure its failed
// reply, if there was one, becomes that of s; else it was dropped.
func (s *State) Join(fork *State, failure bool) {
	s.Challenge = fork.Challenge
	if s.Principal != fork.Principal { // else others may be asking for it
		s.Principal = fork.Principal
	}
	s.Routed(fork.Route)
	if s.reader == unknown {
		s.reader = fork.reader
	}
	if a := fork.failed.Load(); a != nil && a != taken {
		joined := *a
		if !failure {
			joined.is = dropped
		} else if a.is == sent {
			joined.is = written // to the fork's writer
		}
		s.failed.record(&joined)
	}
}

// Verified records who sends the request, and what returns its challenges.
func (s *State) Verified(principal any, challenge func(scopes []string) []string) {
	s.Principal, s.Challenge = principal, challenge
	if s.outer != nil {
		told := principal // of its own, which others read
		s.verified.Store(&told)
	}
}

// Overtake takes over what can be known of a fork whose goroutine has not ended, and whose
// reply is dropped.
func (s *State) Overtake(fork *State) {
	if principal := fork.verified.Load(); principal != nil {
		s.Principal = *principal
	}
	if a := fork.failed.take(); a != nil {
		s.failed.record(&answer{dropped, a.status, a.Failure})
	}
}

// Routed records the pattern of the route that served the request. The innermost
// router's counts.
func (s *State) Routed(pattern string) {
	if s.Route == "" {
		s.Route = pattern
	}
}

// Response returns the wrapper that observes the response.
func (s *State) Response() *Response { return &s.response }

// Observes reports whether what is written to w passes the state's response, as
// far as the Unwrap methods between them tell.
func (s *State) Observes(w http.ResponseWriter) bool {
	return w == http.ResponseWriter(&s.response) || s.observes(w)
}

// observes is apart, so that the common case is inlined.
func (s *State) observes(w http.ResponseWriter) bool {
	for w := range Unwrapped(w) {
		if w == http.ResponseWriter(&s.response) {
			return true
		}
	}
	return false
}
