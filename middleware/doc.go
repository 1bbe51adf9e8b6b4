// Package middleware keeps a server's replies within its error contract. A [Stack]
// puts the parts in their order around a handler:
//
//	errs := &errcatalog.Writer{Catalog: catalog}
//	http.ListenAndServe(":8080", middleware.Stack{Errors: errs}.Handler(mux))
//
// Each part also works by itself. It takes an [OnError], which is usually the
// method WriteError of an [errcatalog.Writer].
package middleware

import "net/http"

// OnError answers r, which failed with err.
type OnError = func(w http.ResponseWriter, r *http.Request, err error)
