package middleware

import (
	"io"
	"log/slog"
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// MaxBody returns a middleware that takes request bodies of at most that many bytes.
// A request whose Content-Length is larger is refused as [errcatalog.PayloadTooLarge]
// before it is served. A body that turns out larger fails with an
// [*http.MaxBytesError] as it is read, which every [errcatalog.Writer] answers the same;
// the connection is closed after the reply, whatever that is.
//
// Zero or less is no limit. Of several limits around a handler the smallest counts.
func MaxBody(onError OnError, bytes int64) func(http.Handler) http.Handler {
	tooLarge := errcatalog.PayloadTooLarge.With(slog.Int64("max_bytes", bytes))
	onError = onerror.OrScope(onError)
	return func(next http.Handler) http.Handler {
		if bytes <= 0 {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > bytes {
				onError(w, r, tooLarge)
				return
			}
			if r.ContentLength != 0 && r.Body != nil {
				limited := *r
				// Only net/http's own writer closes the connection for it.
				body := http.MaxBytesReader(reqstate.Innermost(w), r.Body, bytes)
				limited.Body = &limitedBody{body, w, r}
				r = &limited
			}
			next.ServeHTTP(w, r)
		})
	}
}

// A limitedBody closes the connection of a body that is too large also where net/http's
// own writer can't be reached.
type limitedBody struct {
	io.ReadCloser
	w http.ResponseWriter
	r *http.Request
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if _, ok := err.(*http.MaxBytesError); ok {
		closeAfter(b.w, b.r)
	}
	return n, err
}

// closeAfter has the connection closed after the reply. In HTTP/2 there is no need:
// a stream ends by itself.
func closeAfter(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor < 2 {
		w.Header()["Connection"] = []string{"close"}
	}
}
