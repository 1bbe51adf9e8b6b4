// Package upgrade answers in the contract what wrapped handlers answer by themselves:
//
//	errs := &errcatalog.Writer{Catalog: catalog}
//	h := upgrade.Replies{OnError: errs.WriteError}.Handler(mux)
//
// An error reply that has no type, has the type text/plain, or is one of the standard
// library's own becomes the contract's error of its status: http.Error, http.NotFound,
// a bare WriteHeader, what http.FileServer, http.ServeMux, http.TimeoutHandler, chi and
// httprate answer. Its text is kept as the private cause. An error reply with a body of
// another type (JSON, an HTML page) is sent as it is and reported, unless [Replies.Map]
// names an error for it.
//
// Only error replies are held back. Everything else streams as without the package:
// files by sendfile, flushes, hijacks, deadlines, trailers, informational responses.
//
// [Off] and [Pass] leave a route or a response alone. [ProxyError] and
// [ProxyResponse] are for httputil.ReverseProxy.
package upgrade

import "net/http"

// OnError answers r, which failed with err. Where one is asked for, nil is the Writer of the
// Scope around, such as a Stack's, outside of any a zero [errcatalog.Writer].
type OnError = func(w http.ResponseWriter, r *http.Request, err error)
