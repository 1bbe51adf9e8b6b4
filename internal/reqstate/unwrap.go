package reqstate

import (
	"iter"
	"net/http"
)

// maxWrappers is how many wrappers are looked through.
const maxWrappers = 100

// Unwrapped yields w, and then the writers that its Unwrap methods lead to.
func Unwrapped(w http.ResponseWriter) iter.Seq[http.ResponseWriter] {
	return func(yield func(http.ResponseWriter) bool) {
		w := w
		for range maxWrappers {
			if w == nil || !yield(w) {
				return
			}
			u, ok := w.(interface{ Unwrap() http.ResponseWriter })
			if !ok {
				return
			}
			w = u.Unwrap()
		}
	}
}

// Innermost returns the writer that w's Unwrap methods lead to, which is net/http's
// own. http.MaxBytesReader needs that one to close the connection of a request
// whose body it cut short.
func Innermost(w http.ResponseWriter) http.ResponseWriter {
	for under := range Unwrapped(w) {
		w = under
	}
	return w
}

// CanHijack reports whether a writer that w's Unwrap methods lead to has a connection to be
// taken over, or asks one without Unwrap that has a CanHijack of its own. The suite's have a
// Hijack in any case, and HTTP/2's have none.
func CanHijack(w http.ResponseWriter) bool {
	for w := range Unwrapped(w) {
		switch w := w.(type) {
		case *Response, fronted: // which ask the one underneath
		case interface{ CanHijack() bool }:
			return w.CanHijack()
		case http.Hijacker:
			return true
		}
	}
	return false
}
