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
