package auth

import (
	"context"
	"time"
)

// Or returns the [Verifier] of an API that accepts other credentials beside its keys,
// such as access tokens: what begins with one of the Format's prefixes is verified as
// a key, and everything else by other.
func (k *Keys) Or(other Verifier) Verifier { return keysOr{k, other} }

type keysOr struct {
	keys  *Keys
	other Verifier
}

func (v keysOr) Verify(ctx context.Context, credential string, now time.Time) (*Principal, error) {
	if v.keys.prefix(credential).text != "" {
		return v.keys.Verify(ctx, credential, now)
	}
	return v.other.Verify(ctx, credential, now)
}
