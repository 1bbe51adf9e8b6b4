package middleware

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/errcatalog"
)

// methods are those of RFC 9110, section 9, and PATCH (RFC 5789).
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace,
}

// MethodNotAllowed returns a handler for chi's Router.MethodNotAllowed. It answers
// with [errcatalog.MethodNotAllowed] and the methods that the router has for the
// path, HEAD among them where GET is. For HEAD to be answered there, the router
// needs chi's middleware GetHead.
func MethodNotAllowed(onError OnError) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		onError(w, r, errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", allowed(r)...)))
	}
}

// allowed asks the request's router about each method.
func allowed(r *http.Request) []string {
	rctx := chi.RouteContext(r.Context())
	if rctx == nil || rctx.Routes == nil {
		return nil
	}
	path := r.URL.RawPath
	if path == "" {
		path = r.URL.Path
	}
	var allow []string
	for _, method := range methods {
		head := method == http.MethodHead && len(allow) > 0 && r.Method != http.MethodHead
		if head || rctx.Routes.Match(chi.NewRouteContext(), method, path) {
			allow = append(allow, method)
		}
	}
	return allow
}
