// Package auth tells who sends a request, and refuses exactly those who may not.
//
//	keys := &auth.Keys{Store: store, Format: auth.KeyFormat{"live": "sk_live_", "test": "sk_test_"}, Environment: "live"}
//	guard := auth.Guard{Verifier: keys, OnError: errs.WriteError}
//
//	r.With(guard.Handler).Get("/agents", list)
//	r.With(guard.Handler, auth.RequireScope(errs.WriteError, "agents:write")).Post("/agents", create)
//
// A [Guard] takes the credential from the request, has a [Verifier] name its
// [Principal], and puts that into the request's context. What it refuses it names as
// a kind of package errcatalog, with the challenge that the protocol asks for; the
// catalogue says how the API calls it.
//
// [Keys] verifies API keys: random, recognizable, with a checksum that refuses junk
// before anything is looked up, and stored as a hash only. Package jwtauth verifies
// access tokens.
package auth

import "net/http"

// OnError answers r, which failed with err. Where one is asked for, nil is the Writer of the
// Scope around, such as a Stack's, outside of any a zero [errcatalog.Writer].
type OnError = func(w http.ResponseWriter, r *http.Request, err error)
