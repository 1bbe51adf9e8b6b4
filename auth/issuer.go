package auth

import (
	"context"
	"slices"
	"time"
)

// An Issuer issues, revokes and regenerates the keys of a store.
type Issuer struct {
	// Store keeps the keys.
	Store KeyStore
	// Format is what the keys look like.
	Format KeyFormat
	// Pepper is the secret for their hashes, nil for none.
	Pepper Secret
	// Now tells the time. Nil is time.Now.
	Now func() time.Time
}

// String keeps fmt from looking inside, which would show the pepper for a verb that
// does not fit, such as %s of what has a pointer to it.
func (i Issuer) String() string { return "[issuer]" }

// A Grant is what a new key may do, and whose it is.
type Grant struct {
	Owner       string
	Name        string
	Environment string
	Scopes      []string
	Tier        string
	// Quota identifies what the key shares its rate limits with. Empty is the key's
	// own ID.
	Quota string
	// ExpiresAt is when it expires. The zero time is never.
	ExpiresAt time.Time
}

// Issue makes a key and stores its hash. The key itself is returned once, and can't
// be had again. The errors are ErrEnvironment and those of the store.
func (i *Issuer) Issue(ctx context.Context, actor string, g Grant) (string, *Key, error) {
	secret, id, err := i.Format.New(g.Environment)
	if err != nil {
		return "", nil, err
	}
	now := i.now()
	key := &Key{
		Principal: Principal{
			ID: id, Owner: g.Owner, Environment: g.Environment, Scopes: slices.Clone(g.Scopes),
			Tier: g.Tier, Quota: or(g.Quota, id), ExpiresAt: g.ExpiresAt,
		},
		Hash: HashKey(secret, i.Pepper), Name: g.Name, CreatedAt: now,
	}
	if err := i.Store.Insert(ctx, key, Audit{KeyID: id, Action: Issued, Actor: actor, At: now}); err != nil {
		return "", nil, err
	}
	return secret, key, nil
}

// List returns the owner's keys, the newest first.
func (i *Issuer) List(ctx context.Context, owner string) ([]*Key, error) {
	return i.Store.List(ctx, owner)
}

// Revoke ends a key at once. To revoke a revoked key is no error.
func (i *Issuer) Revoke(ctx context.Context, actor, id string) (*Key, error) {
	now := i.now()
	return i.Store.Revoke(ctx, id, now, Audit{KeyID: id, Action: Revoked, Actor: actor, At: now})
}

// Regenerate makes a key in the place of another: with its owner, name, environment,
// scopes, tier, quota and expiry. The old key stays good for the grace time, but no
// longer than it would have been; zero ends it at once.
//
// A key is regenerated once, however often that is asked: the error wraps
// ErrReplaced for who comes later, with the key that took its place and without
// its secret.
func (i *Issuer) Regenerate(ctx context.Context, actor string, old *Key, grace time.Duration) (string, *Key, error) {
	secret, id, err := i.Format.New(old.Environment)
	if err != nil {
		return "", nil, err
	}
	now := i.now()
	next := *old
	next.ID, next.Hash, next.CreatedAt = id, HashKey(secret, i.Pepper), now
	next.RevokedAt, next.ReplacedBy = time.Time{}, ""
	next.Scopes, next.Quota = slices.Clone(old.Scopes), or(old.Quota, old.ID)
	audit := Audit{KeyID: old.ID, Action: Regenerated, Actor: actor, At: now}
	stored, err := i.Store.Replace(ctx, old.ID, now.Add(max(0, grace)), &next, audit)
	if err != nil {
		return "", stored, err
	}
	return secret, stored, nil
}

func (i *Issuer) now() time.Time {
	if i.Now == nil {
		return time.Now()
	}
	return i.Now()
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
