// Package system puts the suite around one of the demo's APIs. A request passes, in
// this order: the API's own scope, maintenance, the lengths of its URI and body, the
// route, the guard, the rate limit, the media type, and the API's handler.
package system

import (
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/decode"
	"github.com/contrite-go/contrite/ratelimit"
)

// A System is one API. Its fields are set before Route is called.
type System struct {
	// Errors answers what fails within the API.
	Errors *errcatalog.Writer
	// Format is what its keys look like, in the environments live and test.
	Format auth.KeyFormat
	// Keys are its fixed keys, by the names of Grants.
	Keys map[string]string
	// AccessTokens are fixed tokens that Tokens accepts or refuses, by name.
	AccessTokens map[string]string
	// Carrier is where a request has its credential. The zero Carrier is auth.Bearer.
	Carrier auth.Carrier
	// Tokens verifies what is no key. Nil refuses it.
	Tokens auth.Verifier
	// Scopes are all permissions; Limited are those of the key limited.
	Scopes, Limited []string
	// Rate is how many requests a minute a key has. Zero is 60.
	Rate int64
	// Store has the keys. Nil is a new auth.Memory.
	Store auth.KeyStore
	// Limits has the counts of the rate limit. Nil is a new ratelimit.Memory.
	Limits ratelimit.Store

	maintenance middleware.Maintenance
	router      http.Handler
}

// MaxURI is how long the target of a request may be.
const MaxURI = 8 << 10

// What else limits every request.
const (
	maxBody = 1 << 20
	burst   = 5 // requests a minute, of the key burst
)

// ServeHTTP serves a request of the API.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// Route puts the API together and returns it. It panics if a key is wrong, the demo's
// being constants, or can't be stored.
func (s *System) Route(routes func(r chi.Router)) *System {
	if s.Store == nil {
		s.Store = new(auth.Memory)
	}
	s.issue()
	onError := s.Errors.WriteError
	r := chi.NewRouter()
	r.Use(middleware.Route, s.Errors.Scope, s.unlessMaintained, middleware.MaxURI(onError, MaxURI), middleware.MaxBody(onError, maxBody), chimiddleware.GetHead)
	r.NotFound(s.Errors.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(onError))
	r.Group(func(r chi.Router) {
		r.Use(s.guard().Handler, s.limiter().Handler, middleware.MediaType(onError, "application/json"))
		r.With(auth.RequireScope(onError, "admin")).Method("PUT", maintenancePath, s.Errors.Handle(s.setMaintenance))
		routes(r)
	})
	s.router = r
	return s
}

// guard accepts the live keys, and the tokens if there are any.
func (s *System) guard() *auth.Guard {
	keys := &auth.Keys{Store: s.Store, Format: s.Format, Environment: "live"}
	g := &auth.Guard{Verifier: keys, OnError: s.refuse}
	if s.Tokens != nil {
		g.Verifier = keys.Or(s.Tokens)
	}
	if s.Carrier != (auth.Carrier{}) {
		g.Carriers = []auth.Carrier{s.Carrier}
	}
	return g
}

// limiter gives each key its rate.
func (s *System) limiter() *ratelimit.Limiter {
	rate := s.Rate
	if rate == 0 {
		rate = 60
	}
	return &ratelimit.Limiter{Store: s.Limits, OnError: s.Errors.WriteError, Policies: []ratelimit.Policy{{
		Name: "default", Window: time.Minute, Key: ratelimit.ByPrincipal(), OnFailure: ratelimit.Local,
		Exempt: maintains, // else maintenance could not be ended
		Limits: func(r *http.Request) int64 {
			if auth.FromContext(r.Context()).Quota == "burst" {
				return burst
			}
			return rate
		},
	}}}
}

const maintenancePath = "/admin/maintenance"

// maintains reports whether a call switches maintenance.
func maintains(r *http.Request) bool {
	return r.Method == http.MethodPut && r.URL.Path == maintenancePath
}

// unlessMaintained answers all calls while the API is under maintenance, but for the
// one that ends it.
func (s *System) unlessMaintained(next http.Handler) http.Handler {
	maintained := s.maintenance.Handler(s.Errors.WriteError)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if maintains(r) {
			next.ServeHTTP(w, r)
			return
		}
		maintained.ServeHTTP(w, r)
	})
}

// A setting is what maintenance is switched to.
type setting struct {
	Enabled    bool  `json:"enabled" decode:"required"`
	RetryAfter int64 `json:"retry_after"` // in seconds
}

// Validate implements [decode.Validator].
func (s setting) Validate() []errcatalog.Violation {
	if s.RetryAfter < 1 || s.RetryAfter > 86400 {
		return []errcatalog.Violation{{Field: "/retry_after", Reason: "must be from 1 to 86400"}}
	}
	return nil
}

// setMaintenance switches maintenance on or off.
func (s *System) setMaintenance(w http.ResponseWriter, r *http.Request) error {
	in := setting{RetryAfter: 30}
	if err := decode.JSON(r, &in); err != nil {
		return err
	}
	s.maintenance.Off()
	if in.Enabled {
		s.maintenance.On(time.Duration(in.RetryAfter) * time.Second)
	}
	return errcatalog.WriteJSON(w, http.StatusOK, in)
}

// Credentials returns the fixed keys and access tokens, by name.
func (s *System) Credentials() map[string]string {
	all := maps.Clone(s.Keys)
	maps.Copy(all, s.AccessTokens)
	return all
}

// Param returns a decoded segment of the path.
func Param(r *http.Request, name string) string {
	text := chi.URLParam(r, name)
	if r.URL.RawPath == "" { // then chi matched the decoded path
		return text
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// Credential is the header that has a fixed key or token.
func (s *System) Credential(name string) (header, value string) {
	if s.Carrier != (auth.Carrier{}) {
		return "X-Api-Key", s.Credentials()[name]
	}
	return "Authorization", "Bearer " + s.Credentials()[name]
}
