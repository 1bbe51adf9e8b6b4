package middleware

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// Deadline returns a middleware that ends a request's context after d. What the handler
// waits for then fails, and an [errcatalog.Writer] that is given that error answers as
// [errcatalog.Timeout], because [context.Cause] says so. A handler that does not look
// at its context is not stopped; see [Timeout]. Zero or less is no deadline.
//
// A client that leaves before ends the context too, and is errcatalog.ClientClosed.
func Deadline(d time.Duration) func(http.Handler) http.Handler {
	cause := tookLonger(d)
	return func(next http.Handler) http.Handler {
		if d <= 0 {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeoutCause(r.Context(), d, cause)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// tookLonger is the error of a request that took longer than d.
func tookLonger(d time.Duration) error {
	return errcatalog.Timeout.With(slog.Duration("timeout", d))
}
