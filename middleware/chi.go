package middleware

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
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
	onError = onerror.OrScope(onError)
	return func(w http.ResponseWriter, r *http.Request) {
		onError(w, r, errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", allowed(r)...)))
	}
}

// allowed asks the router that refused r about each method.
func allowed(r *http.Request) []string {
	rctx := chi.RouteContext(r.Context())
	if rctx == nil || rctx.Routes == nil {
		return nil
	}
	routes, path := refusing(rctx, r)
	var allow []string
	for _, method := range methods {
		head := method == http.MethodHead && len(allow) > 0 && r.Method != http.MethodHead
		if head || routes.Match(chi.NewRouteContext(), method, path) {
			allow = append(allow, method)
		}
	}
	return allow
}

// refusing returns the router that refused r, which can be mounted in others, and the
// path that it refused. A middleware such as StripSlashes may have changed that one.
func refusing(rctx *chi.Context, r *http.Request) (routes chi.Routes, path string) {
	routes, path = rctx.Routes, rctx.RoutePath
	switch {
	case path != "":
	case r.URL.RawPath != "":
		return routes, r.URL.RawPath
	default:
		return routes, r.URL.Path
	}
	for _, pattern := range rctx.RoutePatterns {
		if sub := mounted(routes, pattern); sub != nil {
			routes = sub
		}
	}
	return routes, path
}

// mounted returns the router that is mounted at the pattern, or nil.
func mounted(routes chi.Routes, pattern string) chi.Routes {
	prefix := strings.TrimRight(pattern, "/*")
	for _, route := range routes.Routes() {
		if route.SubRoutes != nil && strings.TrimRight(route.Pattern, "/*") == prefix {
			return route.SubRoutes
		}
	}
	return nil
}
