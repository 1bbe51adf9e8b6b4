package auth

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// A Principal is who sends a request. It must not be changed once it is verified:
// the requests of one key share it.
type Principal struct {
	// ID identifies the credential: an API key's identifier, a token's subject.
	ID string
	// Owner is whose credential it is: an account or workspace.
	Owner string
	// Environment is the one that the credential is of, such as live.
	Environment string
	// Scopes are what it may do.
	Scopes []string
	// Tier is its owner's tier, for RequireTier.
	Tier string
	// Quota identifies what it shares its rate limits with. A key that takes the
	// place of another keeps it. Empty is ID.
	Quota string
	// ExpiresAt is when the credential expires. The zero time is never.
	ExpiresAt time.Time
	// Claims are what else a verified token says. They are nil for an API key.
	Claims map[string]any
}

// QuotaID returns what identifies the principal's rate limits: Quota, or else ID.
func (p *Principal) QuotaID() string {
	if p.Quota != "" {
		return p.Quota
	}
	return p.ID
}

// LogValue returns the ID, so that logs show nothing else of the principal.
func (p *Principal) LogValue() slog.Value {
	if p == nil {
		return slog.StringValue("")
	}
	return slog.StringValue(p.ID)
}

// Has reports whether the principal has the scope.
func (p *Principal) Has(scope string) bool { return slices.Contains(p.Scopes, scope) }

// HasAll reports whether the principal has all of the scopes.
func (p *Principal) HasAll(scopes ...string) bool {
	for _, s := range scopes {
		if !p.Has(s) {
			return false
		}
	}
	return true
}

// FromContext returns the request's principal, nil if there is none. ctx is the
// context of a request that passed a [Guard].
func FromContext(ctx context.Context) *Principal {
	if st := reqstate.From(ctx); st != nil {
		p, _ := st.Principal.(*Principal)
		return p
	}
	return nil
}
