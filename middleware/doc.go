// Package middleware keeps a server's replies within its error contract. A [Stack]
// puts the parts in their order around a handler:
//
//	errs := &errcatalog.Writer{Catalog: catalog}
//	http.ListenAndServe(":8080", middleware.Stack{Errors: errs}.Handler(mux))
//
// That alone gives every request an ID and a record in the log, answers panics, and has
// what the handlers answer by themselves (http.Error, a bare status, the 404 and 405 of
// a mux) speak the contract. Fields switch the rest on:
//
//	middleware.Stack{
//		Errors:      errs,
//		Logger:      logger,
//		ClientIP:    chimiddleware.ClientIPFromXFF("10.0.0.0/8"),
//		Maintenance: &maintenance,
//		Shed:        shed.Handler,
//		MaxURI:      8000,
//		MaxBody:     1 << 20,
//		MediaTypes:  []string{"application/json"},
//		Deadline:    10 * time.Second,
//		Timeout:     15 * time.Second,
//	}.Handler(mux)
//
// Their order is that of [Stack.Handler]. Each part also works by itself. One that
// answers takes an [OnError], which is usually the method WriteError of an
// [errcatalog.Writer].
//
// What net/http answers before any handler runs is for the package listener. A CORS
// middleware may stand outside or inside: errors keep its headers, but for the reply at
// the Timeout, which has those from outside alone.
package middleware

import "net/http"

// OnError answers r, which failed with err. Where one is asked for, nil is the Writer of the
// Scope around, such as a Stack's, outside of any a zero [errcatalog.Writer].
type OnError = func(w http.ResponseWriter, r *http.Request, err error)
