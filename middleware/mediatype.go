package middleware

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
)

// MediaType returns a middleware that refuses a request with a body as
// [errcatalog.UnsupportedMediaType] unless its Content-Type is one of the types, such
// as application/json, or image/* for every image, or */* for all that is a type. Their
// case, and the parameters that follow a type, make no difference. A body without a
// Content-Type passes: it is what the handler takes it for (RFC 9110, section 8.3). The
// reply lists the types in its Accept header (RFC 9110, section 15.5.16). Without types
// everything passes.
//
// MediaType panics if one of the types is none, such as json.
func MediaType(onError OnError, types ...string) func(http.Handler) http.Handler {
	for _, t := range types {
		if !isRange(t) {
			panic(fmt.Sprintf("middleware: %q is no media type; write one as application/json or image/*", t))
		}
	}
	refusal := errcatalog.UnsupportedMediaType.With(errcatalog.Strings("accept", types...))
	onError = onerror.OrScope(onError)
	return func(next http.Handler) http.Handler {
		if len(types) == 0 {
			return next
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength != 0 && !isOneOf(r.Header["Content-Type"], types) {
				onError(w, r, refusal)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// isOneOf reports whether there is no Content-Type, or one that is one of the types.
func isOneOf(contentType, types []string) bool {
	if len(contentType) != 1 {
		return len(contentType) == 0
	}
	media, _, _ := strings.Cut(contentType[0], ";")
	media = strings.Trim(media, " \t")
	for _, t := range types {
		if strings.EqualFold(media, t) || isIn(media, t) {
			return true
		}
	}
	return false
}

// isIn reports whether media is of the range, such as image/*.
func isIn(media, of string) bool {
	if of == "*/*" {
		return isRange(media)
	}
	group, ok := strings.CutSuffix(of, "*")
	return ok && len(media) > len(group) && strings.EqualFold(media[:len(group)], group)
}

// isRange reports whether t is a media type or a range of them (RFC 9110, section 12.5.1).
func isRange(t string) bool {
	parsed, params, err := mime.ParseMediaType(t)
	return err == nil && len(params) == 0 && strings.EqualFold(parsed, t) && strings.Contains(t, "/")
}
