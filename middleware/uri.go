package middleware

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
)

// MaxURI returns a middleware that refuses requests whose target, path and query as
// they were sent, is longer than that many bytes, as [errcatalog.URITooLong]. RFC 9110,
// section 4.1, asks for at least 8000. Zero or less is no limit.
func MaxURI(onError OnError, bytes int) func(http.Handler) http.Handler {
	onError = onerror.OrScope(onError)
	return func(next http.Handler) http.Handler {
		if bytes <= 0 {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if uriLen(r) > bytes {
				onError(w, r, errcatalog.URITooLong)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// uriLen returns the length of the target, also of a request that no server read.
func uriLen(r *http.Request) int {
	if r.RequestURI == "" {
		return len(r.URL.RequestURI())
	}
	return len(r.RequestURI)
}
