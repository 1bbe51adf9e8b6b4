package reqstate

import (
	"net/http"
	"strings"
)

// Stale reports whether a header speaks of the representation that was to be sent
// before the error.
func Stale(name string) bool {
	switch name {
	case "Content-Length", "Content-Encoding", "Content-Range", "Content-Disposition",
		"Content-Language", "Content-Location", "Content-Digest", "Repr-Digest", "Digest",
		"Accept-Ranges", "Etag", "Expires", "Last-Modified", "Location", "Trailer", "Transfer-Encoding":
		return true
	}
	return strings.HasPrefix(name, http.TrailerPrefix)
}
