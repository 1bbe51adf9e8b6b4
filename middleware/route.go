package middleware

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// Route returns next with the pattern of its route known to an [Observe] further out:
// that of an [http.ServeMux] or a chi router, the innermost that has one.
//
// A [Stack] has it around its handler. Where another middleware stands between the
// Stack and a chi router, the router takes it with Use:
//
//	r := chi.NewRouter()
//	r.Use(middleware.Route)
func Route(next http.Handler) http.Handler {
	routes, _ := next.(chi.Routes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st, w, r := reqstate.Ensure(w, r)
		if routes != nil && chi.RouteContext(r.Context()) == nil {
			r = withRoutes(r, routes)
		}
		defer func() { st.Routed(pattern(r)) }()
		next.ServeHTTP(w, r)
	})
}

// withRoutes gives r the routing context that the router would make itself, and hide
// in a request of its own.
func withRoutes(r *http.Request, routes chi.Routes) *http.Request {
	rctx := chi.NewRouteContext()
	rctx.Routes = routes
	return r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, rctx))
}

// pattern returns the pattern of the route that served r.
func pattern(r *http.Request) string {
	if rctx := chi.RouteContext(r.Context()); rctx != nil && len(rctx.RoutePatterns) > 0 {
		return rctx.RoutePattern()
	}
	return r.Pattern
}

// routeOf returns the pattern by which a handler that is a router serves a request like r,
// without serving it. It is for one that is being served, whose pattern can't be looked at.
func routeOf(router http.Handler, r *http.Request) string {
	switch router := router.(type) {
	case *http.ServeMux:
		h, pattern := router.Handler(r)
		if inner := routeOf(h, r); inner != "" {
			return inner
		}
		return pattern
	case chi.Routes:
		if r.URL.RawPath != "" {
			return router.Find(chi.NewRouteContext(), r.Method, r.URL.RawPath)
		}
		return router.Find(chi.NewRouteContext(), r.Method, r.URL.Path)
	}
	return ""
}
