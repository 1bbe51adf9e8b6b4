package main

import (
	"io"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/cmd/demo-server/agenthuman"
	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/cmd/demo-server/onecli"
	"github.com/contrite-go/contrite/cmd/demo-server/so1"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// handler has the four systems, each in its own contract. What is outside their
// prefixes speaks the standard catalogue.
func handler() http.Handler {
	errs := &errcatalog.Writer{}
	r := chi.NewRouter()
	r.Use(chimiddleware.GetHead)
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))

	r.Get("/", index)
	return middleware.Stack{Errors: errs}.Handler(systems{
		"/so1/v1":        so1.New(),
		"/agenthuman/v1": agenthuman.New(),
		"/onecli/api":    onecli.New(),
		"/faos/v1":       faos.New(),
		"":               r,
	})
}

// systems are handlers by the prefixes of their paths, which they do not see. A chi
// router would answer a method that it does not know before it looks at the path.
type systems map[string]http.Handler

func (s systems) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for prefix, h := range s {
		if prefix != "" && strings.HasPrefix(r.URL.Path, prefix+"/") {
			http.StripPrefix(prefix, h).ServeHTTP(w, r)
			return
		}
	}
	s[""].ServeHTTP(w, r)
}

const indexText = `Contrite's demo: four published error contracts, one suite. Try

  curl -i localhost:8080/so1/v1/agents/nobody
  curl -i localhost:8080/agenthuman/v1/sessions/123
  curl -i localhost:8080/onecli/api/agents/nobody
  curl -i localhost:8080/faos/v1/agents/agt_nobody
  curl -i -X POST localhost:8080/faos/v1/agents/agt_paused/execute -d '{"input":{}}'
  curl -i -H 'Accept: application/problem+json' localhost:8080/faos/v1/nowhere
`

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, indexText)
}
