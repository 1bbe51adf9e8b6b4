package authtest

import (
	"testing"

	"github.com/contrite-go/contrite/auth"
)

// Format is what the keys of IssueKey look like.
var Format = auth.KeyFormat{"live": "sk_live_", "test": "sk_test_"}

// IssueKey puts a new API key into the store and returns it. The grant's environment
// is live if it is empty.
func IssueKey(t testing.TB, store auth.KeyStore, g auth.Grant) string {
	t.Helper()
	if g.Environment == "" {
		g.Environment = "live"
	}
	key, _, err := (&auth.Issuer{Store: store, Format: Format}).Issue(t.Context(), "authtest", g)
	if err != nil {
		t.Fatalf("authtest: %v", err)
	}
	return key
}
