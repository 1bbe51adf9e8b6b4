// Command quickstart is the server of the README.
package main

import (
	"log"
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware"
)

func main() {
	errs := &errcatalog.Writer{Catalog: faos.Catalog}
	mux := http.NewServeMux()
	mux.Handle("GET /agents/{id}", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return faos.AgentNotFound(r.PathValue("id"))
	}))
	log.Fatal(http.ListenAndServe("localhost:8090", middleware.Stack{Errors: errs}.Handler(mux)))
}
