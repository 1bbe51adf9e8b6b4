package middleware

import (
	"log/slog"
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// MaxBody returns a middleware that takes request bodies of at most that many bytes.
// A request whose Content-Length is larger is refused as [errcatalog.PayloadTooLarge]
// before it is served. A body that turns out larger fails with an
// [*http.MaxBytesError] as it is read, which every [errcatalog.Writer] answers the same;
// the connection is closed after the reply, whatever that is.
//
// Of several limits around a handler the smallest counts.
func MaxBody(onError OnError, bytes int64) func(http.Handler) http.Handler {
	tooLarge := errcatalog.PayloadTooLarge.With(slog.Int64("max_bytes", bytes))
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > bytes {
				onError(w, r, tooLarge)
				return
			}
			if r.ContentLength != 0 && r.Body != nil {
				// Only net/http's own writer closes the connection for it.
				limited := *r
				limited.Body = http.MaxBytesReader(reqstate.Innermost(w), r.Body, bytes)
				r = &limited
			}
			next.ServeHTTP(w, r)
		})
	}
}
