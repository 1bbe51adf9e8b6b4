package system

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/contrite-go/contrite/auth"
)

// issued is when the fixed keys were.
var issued = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// issue stores the fixed keys, unless another replica did.
func (s *System) issue() {
	for name, key := range s.Keys {
		environment, id, ok := s.Format.Parse(key)
		if !ok {
			panic(fmt.Sprintf("system: the key %s is none of the API's format", name))
		}
		k := &auth.Key{
			Principal: auth.Principal{
				ID: id, Owner: name, Quota: name, Environment: environment,
				Scopes: append([]string{"admin"}, s.Scopes...), Tier: "enterprise",
			},
			Hash: auth.HashKey(key, nil), Name: name, CreatedAt: issued,
		}
		switch name {
		case "limited":
			k.Scopes = s.Limited
		case "starter":
			k.Tier = name
		case "expired":
			k.ExpiresAt = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		case "revoked":
			k.RevokedAt = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
		}
		audit := auth.Audit{KeyID: id, Action: auth.Issued, Actor: "demo", At: issued}
		if err := s.Store.Insert(context.Background(), k, audit); err != nil && !errors.Is(err, auth.ErrExists) {
			panic(fmt.Sprintf("system: the key %s: %v", name, err))
		}
	}
}

// Regenerate returns a new key in the place of the principal's, which ends at once.
func (s *System) Regenerate(ctx context.Context, p *auth.Principal) (string, error) {
	issuer := &auth.Issuer{Store: s.Store, Format: s.Format}
	key, _, err := issuer.Regenerate(ctx, p.Owner, &auth.Key{Principal: *p, Name: p.Owner}, 0)
	return key, err
}
