// Package errcatalog gives an HTTP API one error contract. Every error that the API
// may answer is written down once, in a catalogue: its code, status, messages,
// params, and what the reader can do. A [Writer] is then the only place where a
// failed response is written.
//
//	errs := &errcatalog.Writer{Catalog: catalog}
//
//	mux.Handle("GET /agents/{id}", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
//		a, ok := agents[r.PathValue("id")]
//		if !ok {
//			return CodeAgentNotFound.With(slog.String("agent_id", r.PathValue("id")))
//		}
//		return errcatalog.WriteJSON(w, http.StatusOK, a)
//	}))
//
// # Kinds and codes
//
// A [Kind] is what middlewares know: [CredentialsMissing], [RateLimited],
// [RouteNotFound]. A [Code] is what the API publishes: "missing_api_key". An entry of
// the catalogue says which kinds its code covers, so that the same middleware speaks
// every API's language. Both are errors: errors.Is(err, RateLimited) and
// errors.Is(err, CodeAgentNotFound) both answer.
//
// An [*Error] is one occurrence: a kind or code, params for the client, and a private
// cause for the log, which no reply ever shows.
//
// # From an error to bytes
//
// [Catalog.Resolve] finds the entry for any error. The entry's first message that
// fits the occurrence is chosen, and its [Envelope] is written from literal bytes
// and holes that were compiled by [New]. An error that nothing recognizes is
// [Internal]. Clients whose Accept header prefers application/problem+json get the
// same facts as problem details (RFC 9457).
//
// What an entry does not declare reaches nobody, but for the headers that its status
// asks for (Retry-After, WWW-Authenticate, Allow, Accept, Content-Range). What it
// declares and an occurrence lacks is left out. A reply is therefore always one that
// the catalogue describes.
package errcatalog
