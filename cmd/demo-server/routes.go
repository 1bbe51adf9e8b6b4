package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/cmd/demo-server/agenthuman"
	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/cmd/demo-server/onecli"
	"github.com/contrite-go/contrite/cmd/demo-server/so1"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// A demo is the four systems under one address.
type demo struct {
	base      string // the address that clients use
	systems   []mounted
	upstreams system.Upstreams
	handler   http.Handler
}

// A mounted is a system below the prefix of its paths, which it does not see.
type mounted struct {
	name, prefix string
	lines        []system.Line
	*system.System
}

// newDemo returns the systems, each in its own contract. What is outside their prefixes
// speaks the standard catalogue.
func newDemo(base string, rate int64) *demo {
	d := &demo{base: base}
	for _, s := range []struct {
		name, prefix string
		open         func(system.Options) *system.System
		lines        []system.Line
	}{
		{"so1", "/so1/v1", so1.New, so1.Lines()},
		{"agenthuman", "/agenthuman/v1", agenthuman.New, agenthuman.Lines()},
		{"onecli", "/onecli/api", onecli.New, onecli.Lines()},
		{"faos", "/faos/v1", faos.New, faos.Lines()},
	} {
		o := system.Options{Rate: rate, DocsURL: base + "/docs/" + s.name, Upstreams: &d.upstreams}
		d.systems = append(d.systems, mounted{s.name, s.prefix, s.lines, s.open(o)})
	}
	errs := &errcatalog.Writer{}
	d.handler = middleware.Stack{Errors: errs, ClientIP: chimiddleware.ClientIPFromRemoteAddr}.Handler(d.route(d.pages(errs)))
	return d
}

// route sends a request to the system of its path, or else to others. A chi router
// would answer a method that it does not know before it looks at the path. OPTIONS * asks
// whether there is a server at all (RFC 9110, section 9.3.7).
func (d *demo) route(others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions && r.RequestURI == "*" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		for i := range d.systems {
			if s := &d.systems[i]; s.has(r.URL) {
				http.StripPrefix(s.prefix, s).ServeHTTP(w, r)
				return
			}
		}
		others.ServeHTTP(w, r)
	})
}

// has reports whether a URL is the system's: it is the prefix or below it, and the
// prefix is not escaped.
func (s *mounted) has(u *url.URL) bool {
	below, ok := strings.CutPrefix(u.EscapedPath(), s.prefix)
	return ok && (below == "" || below[0] == '/')
}

// pages are what the demo has besides the systems.
func (d *demo) pages(errs *errcatalog.Writer) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Route, middleware.MaxURI(errs.WriteError, system.MaxURI), chimiddleware.GetHead)
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))
	r.Method("GET", "/", errs.Handle(d.index))
	r.Method("GET", "/docs/{system}", errs.Handle(d.docs))
	r.Method("GET", "/demo/keys.json", errs.Handle(d.keys))
	return r
}

// keys lists the fixed keys and access tokens of each system.
func (d *demo) keys(w http.ResponseWriter, _ *http.Request) error {
	all := map[string]map[string]string{}
	for _, s := range d.systems {
		all[s.name] = s.Credentials()
	}
	return errcatalog.WriteJSON(w, http.StatusOK, all)
}
