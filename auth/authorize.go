package auth

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// RequireScope returns a middleware for use inside a [Guard]. It lets a request pass
// whose principal has all of the scopes. Others it answers as
// errcatalog.ScopeInsufficient, with the scopes that are required and granted, and a
// challenge that names them (RFC 6750, section 3.1).
func RequireScope(onError OnError, scopes ...string) func(http.Handler) http.Handler {
	scopes = slices.Clone(scopes)
	return require(onError, func(p *Principal) error {
		if p.HasAll(scopes...) {
			return nil
		}
		return missingScope(scopes, p)
	}, scopes)
}

// RequireAnyScope is RequireScope for a principal that has one of the scopes.
func RequireAnyScope(onError OnError, scopes ...string) func(http.Handler) http.Handler {
	scopes = slices.Clone(scopes)
	return require(onError, func(p *Principal) error {
		if slices.ContainsFunc(scopes, p.Has) {
			return nil
		}
		return missingScope(scopes, p)
	}, scopes)
}

func missingScope(scopes []string, p *Principal) *errcatalog.Error {
	return errcatalog.ScopeInsufficient.With(
		errcatalog.Strings("required_scopes", scopes...),
		errcatalog.Strings("granted_scopes", p.Scopes...))
}

// Tiers are an API's tiers, from the lowest to the highest.
type Tiers []string

// A Restriction is a feature that needs a tier.
type Restriction struct {
	// Feature is what it is called in the error.
	Feature string
	// Tier is the lowest that has it.
	Tier string
	// UpgradeURL is where the tier can be changed. Empty is left to the catalogue.
	UpgradeURL string
}

// Check returns errcatalog.TierInsufficient, with the feature, the current and the
// required tier and the URL, unless the principal's tier is the restriction's or a
// higher one. A principal's tier that is not among t is below all others, and nobody has
// a restriction's that is not.
func (t Tiers) Check(p *Principal, r Restriction) error {
	if required := slices.Index(t, r.Tier); required >= 0 && slices.Index(t, p.Tier) >= required {
		return nil
	}
	e := errcatalog.TierInsufficient.With(
		slog.String("feature", r.Feature),
		slog.String("current_tier", p.Tier),
		slog.String("required_tier", r.Tier))
	if r.UpgradeURL != "" {
		e = e.With(slog.String("upgrade_url", r.UpgradeURL))
	}
	return e
}

// Require returns a middleware for use inside a [Guard] that answers as t.Check says. It
// panics if the restriction's tier is not among t.
func (t Tiers) Require(onError OnError, r Restriction) func(http.Handler) http.Handler {
	if !slices.Contains(t, r.Tier) {
		panic(fmt.Sprintf("auth: the tier %q of a restriction is none of %q; write one of them", r.Tier, t))
	}
	return require(onError, func(p *Principal) error { return t.Check(p, r) }, nil)
}

// require lets requests pass whose principal the check accepts. One without
// principal has no credentials: the Guard is missing, or outside is inside.
func require(onError OnError, check func(*Principal) error, scopes []string) func(http.Handler) http.Handler {
	onError = onerror.OrScope(onError)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			st := reqstate.From(r.Context())
			p := FromContext(r.Context())
			if p == nil {
				onError(w, r, errcatalog.CredentialsMissing)
				return
			}
			if err := check(p); err != nil {
				onError(w, r, withChallenge(st, err, scopes))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// withChallenge adds the guard's challenge to a refusal for want of scopes.
func withChallenge(st *reqstate.State, err error, scopes []string) error {
	e, ok := err.(*errcatalog.Error)
	if !ok || scopes == nil || st.Challenge == nil {
		return err
	}
	return e.With(errcatalog.Strings("challenge", st.Challenge(scopes)...))
}
