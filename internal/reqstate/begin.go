package reqstate

import "net/http"

// Begin and Carry are Ensure for a request that is about to be copied: Begin comes before
// a middleware that puts something into the request's context, Carry after it. The copy
// which that makes carries the state, and no other is needed. What the middleware itself
// answers has no state.
//
// Begin returns the writer that observes the response.
func Begin(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	outer := From(r.Context())
	if outer != nil && outer.Observes(w) {
		return w
	}
	s := within(outer, w, r)
	s.begun = r
	return &s.response
}

// Carry returns w, and r with the state that was begun in its context. It changes r in
// place, unless that is the request which came to Begin.
func Carry(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request) {
	s := Observer(w)
	if s == nil || s.begun == nil {
		_, w, r = Ensure(w, r)
		return w, r
	}
	came := s.begun
	s.Context, s.begun = r.Context(), nil
	if r == came {
		return w, r.WithContext(s)
	}
	*r = *r.WithContext(s)
	return w, r
}

// Observer returns the innermost state that observes w, nil if none does.
func Observer(w http.ResponseWriter) *State {
	for w := range Unwrapped(w) {
		if response, ok := w.(*Response); ok {
			return response.st
		}
	}
	return nil
}
