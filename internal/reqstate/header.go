package reqstate

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Stale reports whether a header speaks of the representation that was to be sent
// before the error.
func Stale(name string) bool {
	switch name {
	case "Content-Length", "Content-Encoding", "Content-Range", "Content-Disposition",
		"Content-Language", "Content-Location", "Content-Digest", "Content-Md5", "Repr-Digest", "Digest",
		"Accept-Ranges", "Age", "Etag", "Expires", "Last-Modified", "Location", "Signature", "Signature-Input",
		"Trailer", "Transfer-Encoding":
		return true
	}
	return strings.HasPrefix(name, http.TrailerPrefix) || Targeted(name)
}

// Targeted reports whether a header is for some caches alone (RFC 9213, section 2.1), which
// heed it more than a Cache-Control of no-store.
func Targeted(name string) bool {
	return name == "Surrogate-Control" || name == "X-Accel-Expires" || strings.HasSuffix(name, "-Cache-Control")
}

// CompleteLength returns what the Content-Range of a 416 tells, which is the complete length
// alone (RFC 9110, section 14.4).
func CompleteLength(h http.Header) (n int64, ok bool) {
	values := h["Content-Range"]
	if len(values) != 1 {
		return 0, false
	}
	length, ok := strings.CutPrefix(values[0], "bytes */")
	u, err := strconv.ParseUint(length, 10, 63)
	return int64(u), ok && err == nil
}

// Canonicalize gives the headers their canonical names, by which they are looked up.
// Handlers that write to the map, and proxies, can have used others.
func Canonicalize(h http.Header) {
	for name, values := range h {
		if canonical := http.CanonicalHeaderKey(name); canonical != name {
			delete(h, name)
			h[canonical] = append(slices.Clip(h[canonical]), values...)
		}
	}
}

// accept is shared: whoever appends to it copies it.
var accept = []string{"Accept"}

// VaryByAccept adds Accept to Vary unless it stands there.
func VaryByAccept(h http.Header) {
	old := h["Vary"]
	if len(old) == 0 {
		h["Vary"] = accept
		return
	}
	for _, value := range old {
		for value != "" {
			var name string
			name, value, _ = strings.Cut(value, ",")
			if name = strings.Trim(name, " \t"); name == "*" || strings.EqualFold(name, "Accept") {
				return
			}
		}
	}
	h["Vary"] = append(old[:len(old):len(old)], "Accept")
}
