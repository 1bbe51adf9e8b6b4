package auth

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// A Verifier finds out whose a credential is.
type Verifier interface {
	// Verify returns the principal of a credential that is in force at the given
	// time. Its error is a contract error (an errcatalog.Kind such as
	// CredentialsInvalid, or an *errcatalog.Error) if the credential is refused. Any
	// other error says that it can't be told now, and is answered as AuthUnavailable.
	//
	// The principal must not be changed afterwards. Verify is called by many
	// goroutines at once.
	Verify(ctx context.Context, credential string, now time.Time) (*Principal, error)
}

// Several says what to do with a request that has a credential in more than one
// carrier.
type Several int

// The choices.
const (
	RefuseSeveral Several = iota // it is malformed
	AllowEqual                   // it is malformed unless all are the same
	FirstCounts                  // the first carrier's counts
)

// A Guard refuses requests without a valid credential: a missing one as
// errcatalog.CredentialsMissing, a header that does not parse, or several
// credentials, as CredentialsMalformed, and what the Verifier refuses as it says. A
// Verifier that fails is AuthUnavailable, never a 401.
//
// It does not limit guesses. A ratelimit.Limiter before it does, which counts the 401s
// of a client and refuses it before a credential is looked up: see the example.
//
// Set its fields before its first use. Its methods are safe for concurrent use.
type Guard struct {
	// Verifier finds out whose a credential is.
	Verifier Verifier
	// OnError answers refused requests.
	OnError OnError
	// Carriers are where a credential is looked for. Nil is Bearer alone.
	Carriers []Carrier
	// Several says what to do with a credential in more than one of them.
	Several Several
	// Realm is named in challenges, if it is not empty (RFC 9110, section 11.5).
	Realm string
	// ResourceMetadata is the URL of the protected resource's metadata (RFC 9728,
	// section 5.1), named in Bearer challenges if it is not empty.
	ResourceMetadata string

	once       sync.Once
	challenges map[errcatalog.Kind][]string
	challenger challenger
	scopes     func(scopes []string) []string // the challenge of a 403
}

// Require returns a middleware with a [Guard] that looks for Bearer credentials.
func Require(v Verifier, onError OnError) func(http.Handler) http.Handler {
	return (&Guard{Verifier: v, OnError: onError}).Handler
}

// Handler returns next behind the guard.
func (g *Guard) Handler(next http.Handler) http.Handler {
	onError := onerror.OrScope(g.OnError)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st, w, r := reqstate.Ensure(w, r)
		p, err := g.Check(r, st.Now())
		if err != nil {
			onError(w, r, err)
			return
		}
		st.Verified(p, g.scopes)
		next.ServeHTTP(w, r)
	})
}

// Check returns the principal of the request, or the error to answer with.
func (g *Guard) Check(r *http.Request, now time.Time) (*Principal, error) {
	g.once.Do(g.prepare)
	credential, err := g.credential(r)
	if err != nil {
		return nil, err
	}
	p, err := g.Verifier.Verify(r.Context(), credential, now)
	if err != nil {
		return nil, g.refuse(r, err)
	}
	return p, nil
}

// credential takes the request's credential.
func (g *Guard) credential(r *http.Request) (string, error) {
	found := ""
	for i := range g.challenger.carriers {
		credential, p := g.challenger.carriers[i].take(r)
		switch {
		case p == malformed:
			return "", errcatalog.CredentialsMalformed
		case p == absent:
		case found == "":
			if found = credential; g.Several == FirstCounts {
				return found, nil
			}
		case g.Several != AllowEqual || found != credential:
			return "", errcatalog.CredentialsMalformed
		}
	}
	if found == "" {
		return "", g.challenge(errcatalog.CredentialsMissing, errcatalog.CredentialsMissing.With())
	}
	return found, nil
}

// refuse makes the Verifier's error the one to answer with.
func (g *Guard) refuse(r *http.Request, err error) error {
	kind, ok := refusal(err)
	if !ok {
		if gone := r.Context().Err(); gone != nil && errors.Is(err, gone) {
			return err
		}
		return errcatalog.AuthUnavailable.Because(err)
	}
	e, ok := err.(*errcatalog.Error)
	if !ok {
		e = kind.Because(err)
	}
	return g.challenge(kind, e)
}

// refusal returns the kind of a contract error.
func refusal(err error) (errcatalog.Kind, bool) {
	var e *errcatalog.Error
	if errors.As(err, &e) {
		return e.Kind(), true
	}
	var k errcatalog.Kind
	return k, errors.As(err, &k)
}

// challenge adds the challenge of the kind to an error.
func (g *Guard) challenge(kind errcatalog.Kind, e *errcatalog.Error) error {
	for ; kind != ""; kind = kind.Parent() {
		if values := g.challenges[kind]; values != nil {
			return e.With(errcatalog.Strings("challenge", values...))
		}
	}
	return e
}

// prepare writes the challenges, which depend on the guard alone.
func (g *Guard) prepare() {
	c := challenger{carriers: g.Carriers, realm: g.Realm, metadata: g.ResourceMetadata}
	if c.carriers == nil {
		c.carriers = []Carrier{Bearer}
	}
	g.challenger = c
	g.scopes = func(scopes []string) []string {
		return c.values(insufficientScope, "The credentials lack a scope", scopes)
	}
	g.challenges = map[errcatalog.Kind][]string{
		errcatalog.CredentialsMissing: c.values("", "", nil),
		errcatalog.CredentialsInvalid: c.values(invalidToken, "The credentials are not valid", nil),
		errcatalog.CredentialsRevoked: c.values(invalidToken, "The credentials have been revoked", nil),
		errcatalog.CredentialsExpired: c.values(invalidToken, "The credentials have expired", nil),
	}
}
