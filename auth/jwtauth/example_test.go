package jwtauth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
)

func Example() {
	// In a test, t stands here.
	t := new(testing.B)
	signer := authtest.NewSigner(t, "2026-03", jwtauth.ES256)

	tokens, err := jwtauth.New(jwtauth.Rules{
		Issuer:     "https://id.example.com",
		Audience:   []string{"https://api.example.com"},
		Algorithms: []jwtauth.Algorithm{jwtauth.ES256},
		Keys:       jwtauth.Static{signer.Key()},
	})
	if err != nil {
		panic(err)
	}
	errs := &errcatalog.Writer{Catalog: faos.Catalog}
	h := auth.Require(tokens, errs.WriteError)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := auth.FromContext(r.Context())
		fmt.Fprintln(w, p.ID, p.Scopes)
	}))

	claims := authtest.Claims{
		"iss": "https://id.example.com", "aud": "https://api.example.com", "sub": "ada",
		"scope": "agents:read", "exp": time.Now().Add(time.Hour).Unix(),
	}
	get := func(token string) {
		r := httptest.NewRequest(http.MethodGet, "/v1/agents", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Print(w.Code, " ", w.Body)
	}
	get(signer.Token(claims))
	claims["exp"] = time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC).Unix()
	get(signer.Token(claims))
	// Output:
	// 200 ada [agents:read]
	// 401 {"error":{"code":"invalid_token","message":"The access token expired at 2026-03-10T15:30:00Z","type":"authentication_error","documentation_url":"https://docs.faosx.ai/api/errors#invalid_token","expires_at":"2026-03-10T15:30:00Z"}}
}

// An API that accepts keys and tokens alike.
func ExampleNew_besideKeys() {
	tokens, err := jwtauth.New(jwtauth.Rules{
		Issuer:     "https://id.example.com",
		Audience:   []string{"https://api.example.com"},
		Algorithms: []jwtauth.Algorithm{jwtauth.RS256, jwtauth.ES256},
		Keys:       &jwtauth.JWKS{URL: "https://id.example.com/.well-known/jwks.json"},
	})
	if err != nil {
		panic(err)
	}
	keys := &auth.Keys{Store: new(auth.Memory), Format: auth.KeyFormat{"live": "sk_live_"}}
	guard := auth.Guard{Verifier: keys.Or(tokens), OnError: new(errcatalog.Writer).WriteError}
	_ = guard.Handler
}

func ExampleNew_wrongRules() {
	_, err := jwtauth.New(jwtauth.Rules{Issuer: "https://id.example.com", Algorithms: []jwtauth.Algorithm{"none"}})
	fmt.Println(err)
	// Output:
	// jwtauth: Rules.Audience is empty: set it to what stands for this API in the tokens' aud
	// jwtauth: Rules.Algorithms has "none": there are HS256, RS256, PS256, ES256 and EdDSA
	// jwtauth: Rules.Keys is nil: set it to Static keys or a JWKS
}

// A token names its key by kid, so that keys can be rotated.
func ExampleStatic() {
	secret := []byte("0123456789abcdef0123456789abcdef") // of a secret store
	old, err := jwtauth.HMAC("2025", secret)
	if err != nil {
		panic(err)
	}
	_, short := jwtauth.HMAC("2026", []byte("password"))
	fmt.Println(short)
	_, err = jwtauth.New(jwtauth.Rules{
		Issuer: "https://id.example.com", Audience: []string{"https://api.example.com"},
		Algorithms: []jwtauth.Algorithm{jwtauth.HS256}, Keys: jwtauth.Static{old, old},
	})
	fmt.Println(err)
	// Output:
	// jwtauth: the secret of key "2026" has 8 bytes: HS256 needs at least 32 random ones
	// jwtauth: two keys of the ID "2025" are for [HS256]: give each its own ID
}

func ExampleJWKS() {
	down := httptest.NewServer(http.NotFoundHandler())
	defer down.Close()
	keys := &jwtauth.JWKS{URL: down.URL, Timeout: time.Second, MaxAge: 12 * time.Hour}
	tokens, err := jwtauth.New(jwtauth.Rules{
		Issuer: "https://id.example.com", Audience: []string{"https://api.example.com"},
		Algorithms: []jwtauth.Algorithm{jwtauth.ES256}, Keys: keys,
	})
	if err != nil {
		panic(err)
	}
	guard := &auth.Guard{Verifier: tokens}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+authtest.NewSigner(new(testing.B), "k1", jwtauth.ES256).Token(nil))
	_, err = guard.Check(r, time.Now())
	fmt.Println(err)
	// Output: auth_unavailable
}
