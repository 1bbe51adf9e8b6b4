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

// CanHijack reports whether there is a connection to be taken over through w: the writer that
// its Unwrap methods lead to has one, or says so. All of the suite's have a Hijack, and some of
// others; HTTP/2's has none.
func CanHijack(w http.ResponseWriter) bool {
	switch w := Innermost(w).(type) {
	case interface{ CanHijack() bool }:
		return w.CanHijack()
	case http.Hijacker:
		return true
	}
	return false
}
