package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/contrite-go/contrite/auth"
)

// Rules say which tokens are accepted.
type Rules struct {
	// Issuer is what iss must be. It is required.
	Issuer string
	// Audience is what aud must have at least one of. It is required.
	Audience []string
	// Algorithms are those that a token may be signed with. They are required.
	Algorithms []Algorithm
	// Keys has the keys: [Static] ones, or an issuer's [JWKS]. It is required.
	Keys KeySource
	// Types are what the header's typ may be, in any case, with or without
	// "application/". Nil is JWT, at+jwt, and none at all.
	Types []string
	// Leeway is how much the issuer's clock may be off. Zero is 30 seconds, and a
	// negative one is none.
	Leeway time.Duration
	// Map changes the principal of a verified token, whose Claims it has: it may set
	// the Tier, or refuse the token by a contract error such as
	// errcatalog.CredentialsInvalid. Nil leaves the principal as it is: ID and Owner are
	// sub, and Scopes are those of scope (RFC 8693) or scp.
	Map func(p *auth.Principal) error
}

// A KeySource has the keys that verify signatures. It must be safe for concurrent use.
type KeySource interface {
	// Key returns the key of the ID for the algorithm. An empty ID is that of a token
	// which names none: it stands for the only key of the algorithm. The error wraps
	// ErrNoKey if there is none. Any other says that it can't be told now; it is
	// answered as AuthUnavailable, or as it says itself if it is a contract error.
	Key(ctx context.Context, id string, alg Algorithm) (Key, error)
}

// ErrNoKey is a key that a KeySource does not have.
var ErrNoKey = errors.New("jwtauth: no such key")

// A Verifier verifies tokens. It is an [auth.Verifier], safe for concurrent use.
type Verifier struct {
	rules Rules
}

// New returns a Verifier. The error names every rule that is missing or wrong.
func New(rules Rules) (*Verifier, error) {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("jwtauth: "+format, args...))
		}
	}
	fault(rules.Issuer == "", "Rules.Issuer is empty: set it to what the tokens' iss is")
	fault(len(rules.Audience) == 0, "Rules.Audience is empty: set it to what stands for this API in the tokens' aud")
	fault(slices.Contains(rules.Audience, ""), "Rules.Audience has an empty entry: take it out")
	fault(len(rules.Algorithms) == 0, "Rules.Algorithms is empty: list those that the issuer signs with")
	for _, alg := range rules.Algorithms {
		fault(methods[alg] == nil, "Rules.Algorithms has %q: there are HS256, RS256, PS256, ES256 and EdDSA", alg)
	}
	fault(rules.Keys == nil, "Rules.Keys is nil: set it to Static keys or a JWKS")
	if source, ok := rules.Keys.(interface{ check(Rules) error }); ok {
		if err := source.check(rules); err != nil {
			faults = append(faults, err)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	rules.Leeway = leeway(rules.Leeway)
	return &Verifier{rules}, nil
}

func leeway(d time.Duration) time.Duration {
	if d == 0 {
		return 30 * time.Second
	}
	return max(d, 0)
}

// Verify implements [auth.Verifier].
func (v *Verifier) Verify(ctx context.Context, credential string, now time.Time) (*auth.Principal, error) {
	t, err := split(credential)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(t.header)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(v.rules.Algorithms, h.alg) {
		return nil, errAlgorithm
	}
	if !v.rules.allowType(h.typ) {
		return nil, errType
	}
	key, err := v.rules.Keys.Key(ctx, h.kid, h.alg)
	if errors.Is(err, ErrNoKey) {
		return nil, errUnknownKey
	}
	if err != nil {
		return nil, err
	}
	if err := key.check(h.alg, t); err != nil {
		return nil, err
	}
	return v.rules.principal(t.claims, now)
}
