package authtest_test

import (
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

func errIs(err error) errcatalog.Kind {
	e, _ := err.(*errcatalog.Error)
	return e.Kind()
}

// run runs f as a test.
func run(f func(t testing.TB)) {
	testing.RunTests(func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "example", F: func(t *testing.T) { f(t) }}})
}
