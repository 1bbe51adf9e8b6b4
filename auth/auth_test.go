package auth_test

import (
	"testing"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/storetest"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) auth.KeyStore { return new(auth.Memory) })
}

func TestALogShowsThePrincipalsIDAlone(t *testing.T) {
	t.Parallel()
	for _, p := range []*auth.Principal{{ID: "key_1", Owner: "acme", Claims: map[string]any{"email": "a@b.test"}}, {ID: "key_1"}} {
		if got := p.LogValue().String(); got != "key_1" {
			t.Errorf("got %q", got)
		}
	}
	if got := (*auth.Principal)(nil).LogValue().String(); got != "" {
		t.Errorf("got %q for none", got)
	}
}
