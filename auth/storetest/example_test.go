package storetest_test

import (
	"testing"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/storetest"
)

// In a test file, this is the function TestStore.
func ExampleRun() {
	_ = func(t *testing.T) {
		storetest.Run(t, func(*testing.T) auth.KeyStore { return new(auth.Memory) })
	}
}
