package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
)

// tokens accepts "token" alone.
type tokens struct{}

func (tokens) Verify(_ context.Context, credential string, _ time.Time) (*auth.Principal, error) {
	if credential != "token" {
		return nil, errcatalog.TokenExpired
	}
	return &auth.Principal{ID: "from a token"}, nil
}

func TestOrChoosesByThePrefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.verifier().Or(tokens{})
	for _, tt := range []struct {
		name, credential string
		want             error
	}{
		{"a key", w.keys["good"], nil},
		{"a revoked key", w.keys["revoked"], errcatalog.KeyRevoked},
		{"junk with a key's prefix", "ex_live_token", errcatalog.CredentialsInvalid},
		{"a token", "token", nil},
		{"anything else", "ey.J.x", errcatalog.TokenExpired},
	} {
		p, err := v.Verify(t.Context(), tt.credential, time.Now())
		if !errors.Is(err, tt.want) || (p == nil) != (tt.want != nil) || tt.want == nil && err != nil {
			t.Errorf("%s gives %+v, %v", tt.name, p, err)
		}
	}
}
