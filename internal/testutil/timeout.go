package testutil

import (
	"net/http"
	"time"
)

// TimesOut is an http.TimeoutHandler with that text, around a handler that takes too
// long. It takes until the reply was sent: one that ends with its context may still
// come first.
func TimesOut(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := make(chan struct{})
		defer close(sent)
		late := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-sent })
		http.TimeoutHandler(late, time.Millisecond, text).ServeHTTP(w, r)
	})
}
