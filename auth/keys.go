package auth

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// ErrNotFound is a key that a store does not have.
var ErrNotFound = errors.New("auth: no such key")

// A Finder finds keys by their hashes. A [KeyStore] is one, and a [Cache] in front of it.
type Finder interface {
	// Find returns the key of the hash. The error is ErrNotFound if there is none;
	// any other says that it can't be told now. The key must not be changed.
	Find(ctx context.Context, hash Hash) (*Key, error)
}

// Keys is the [Verifier] of API keys. What can't be a key of the Format it refuses as
// errcatalog.CredentialsInvalid without a look-up. An unknown key gets the same
// answer. Only who has the real key learns that it is revoked (KeyRevoked), expired
// (KeyExpired) or of another environment (KeyEnvironment).
type Keys struct {
	// Store has the keys.
	Store Finder
	// Format is what the keys look like.
	Format KeyFormat
	// Environment is the one whose keys are accepted. Empty is all.
	Environment string
	// Pepper is the secret with which the hashes were made, nil for none.
	Pepper Secret

	once     sync.Once
	prefixes []prefix
}

// String keeps fmt from looking inside, which would show the pepper for a verb that
// does not fit, such as %s of what has a pointer to it.
func (k *Keys) String() string { return "[keys]" }

// A prefix is one that keys have, and the answer for those with it that the store
// does not have. That shows no more of a key than what everybody knows.
type prefix struct {
	text    string
	unknown error
}

// prepare orders the prefixes, the longest first, so that the first that fits is
// the key's.
func (k *Keys) prepare() {
	for _, text := range k.Format {
		unknown := errcatalog.CredentialsInvalid.With(slog.String("key_prefix", text))
		k.prefixes = append(k.prefixes, prefix{text, unknown})
	}
	slices.SortFunc(k.prefixes, func(a, b prefix) int { return len(b.text) - len(a.text) })
}

// prefix returns the credential's prefix, whose text is empty if it has none.
func (k *Keys) prefix(credential string) prefix {
	k.once.Do(k.prepare)
	for _, p := range k.prefixes {
		if strings.HasPrefix(credential, p.text) {
			return p
		}
	}
	return prefix{unknown: errcatalog.CredentialsInvalid}
}

// Verify implements [Verifier].
func (k *Keys) Verify(ctx context.Context, credential string, now time.Time) (*Principal, error) {
	p := k.prefix(credential)
	if p.text == "" || len(credential) != len(p.text)+tailLen {
		return nil, p.unknown
	}
	hash := HashKey(credential, k.Pepper)
	key, err := k.find(ctx, hash, credential, len(p.text))
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, p.unknown
	case err != nil:
		return nil, err
	case key.Hash != hash:
		return nil, errors.New("auth: the store found a key of another hash")
	}
	if kind := k.refusal(key, now); kind != "" {
		refused := kind.With(slog.String("key_prefix", p.text))
		if kind == errcatalog.KeyExpired {
			refused = refused.With(slog.Time("expires_at", key.ExpiresAt))
		}
		return nil, refused
	}
	return &key.Principal, nil
}

// find returns the key of the hash. A key that a Cache has needs no check of what it is
// made of; of what is none the store hears nothing.
func (k *Keys) find(ctx context.Context, hash Hash, credential string, prefix int) (*Key, error) {
	if c, ok := k.Store.(*Cache); ok {
		if key, _ := c.kept(hash); key != nil {
			return key, nil
		}
	}
	if !checks(credential, prefix) {
		return nil, ErrNotFound
	}
	return k.Store.Find(ctx, hash)
}

// refusal says why a key that exists is not in force, "" if it is.
func (k *Keys) refusal(key *Key, now time.Time) errcatalog.Kind {
	switch {
	case !key.RevokedAt.IsZero(): // by whichever replica's clock
		return errcatalog.KeyRevoked
	case k.Environment != "" && key.Environment != k.Environment:
		return errcatalog.KeyEnvironment
	case !key.ExpiresAt.IsZero() && !now.Before(key.ExpiresAt):
		return errcatalog.KeyExpired
	}
	return ""
}
