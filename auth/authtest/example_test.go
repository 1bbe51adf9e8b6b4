package authtest_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
)

func ExampleNewIssuer() {
	run(func(t testing.TB) {
		issuer := authtest.NewIssuer(t)
		tokens, err := jwtauth.New(issuer.Rules())
		if err != nil {
			t.Fatal(err)
		}
		p, err := tokens.Verify(t.Context(), issuer.Token(authtest.Claims{"scope": "agents:read"}), time.Now())
		fmt.Println(p.ID, p.Scopes, err)

		issuer.Rotate()
		_, err = tokens.Verify(t.Context(), issuer.Token(nil), time.Now())
		fmt.Println(err, issuer.Fetches())

		issuer.Rotate()
		issuer.Fail(http.StatusServiceUnavailable)
		_, err = tokens.Verify(t.Context(), issuer.Token(nil), time.Now())
		fmt.Println(err)
	})
	// Output:
	// sub_1 [agents:read] <nil>
	// <nil> 2
	// auth_unavailable
}

func ExampleIssueKey() {
	run(func(t testing.TB) {
		store := new(auth.Memory)
		key := authtest.IssueKey(t, store, auth.Grant{Owner: "acme", ExpiresAt: time.Now().Add(-time.Hour)})
		keys := &auth.Keys{Store: store, Format: authtest.Format}
		_, err := keys.Verify(t.Context(), key, time.Now())
		fmt.Println(key[:8], err == nil, errIs(err))
	})
	// Output: sk_live_ false key_expired
}

func ExampleNewSigner() {
	run(func(t testing.TB) {
		signer := authtest.NewSigner(t, "2026-03", jwtauth.EdDSA)
		claims := authtest.Claims{"iss": "https://id.test", "aud": "https://api.test", "sub": "ada", "exp": 4102444800}
		tokens, err := jwtauth.New(jwtauth.Rules{
			Issuer: "https://id.test", Audience: []string{"https://api.test"},
			Algorithms: []jwtauth.Algorithm{jwtauth.EdDSA}, Keys: jwtauth.Static{signer.Key()},
		})
		if err != nil {
			t.Fatal(err)
		}
		p, err := tokens.Verify(t.Context(), signer.Token(claims), time.Now())
		fmt.Println(p.ID, err)
		_, err = tokens.Verify(t.Context(), signer.Sign(map[string]any{"alg": "none"}, claims), time.Now())
		fmt.Println(errIs(err))
	})
	// Output:
	// ada <nil>
	// credentials_invalid
}

func errIs(err error) errcatalog.Kind {
	e, _ := err.(*errcatalog.Error)
	return e.Kind()
}

// run runs f as a test.
func run(f func(t testing.TB)) {
	t := new(tb)
	defer func() {
		for _, cleanup := range t.cleanups {
			cleanup()
		}
	}()
	f(t)
}

// A tb is a test's t, which an example does not have.
type tb struct {
	testing.TB
	cleanups []func()
}

func (*tb) Helper()                  {}
func (*tb) Context() context.Context { return context.Background() }
func (t *tb) Cleanup(f func())       { t.cleanups = append(t.cleanups, f) }
func (*tb) Fatal(args ...any)        { panic(fmt.Sprint(args...)) }

func (*tb) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
