package jwtauth_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
)

// FuzzVerify changes tokens: none but the one that was signed passes, and no other
// answer than a refusal is given.
func FuzzVerify(f *testing.F) {
	s := authtest.NewSigner(f, "k1", jwtauth.HS256)
	v := verifier(f, rules(jwtauth.Static{s.Key()}, jwtauth.HS256))
	signed := s.Token(good(nil))
	part := strings.Split(signed, ".")
	f.Add(part[0], part[1], part[2])
	f.Add(encode(`{"alg":"none"}`), part[1], "")
	f.Add(encode(`{"alg":"HS256","crit":["x"]}`), encode(`{"exp":1e999}`), part[2])
	f.Add(part[0]+"."+part[1], part[2], "")
	f.Fuzz(func(t *testing.T, head, claims, signature string) {
		token := head + "." + claims + "." + signature
		p, err := v.Verify(t.Context(), token, now)
		switch {
		case err == nil && token != signed:
			t.Errorf("%q passes as %+v", token, p)
		case err == nil:
		case p != nil || !errors.Is(err, errcatalog.CredentialsInvalid) || errors.Is(err, errcatalog.CredentialsExpired):
			t.Errorf("%q gives %+v, %v", token, p, err)
		}
	})
}

// FuzzSignedParts signs any header and claims: what passes names the issuer, the
// audience and a time to come.
func FuzzSignedParts(f *testing.F) {
	s := authtest.NewSigner(f, "k1", jwtauth.HS256)
	v := verifier(f, rules(jwtauth.Static{s.Key()}, jwtauth.HS256))
	const good = `{"iss":"https://id.test","aud":"https://api.test","sub":"ada","exp":1773157400}`
	f.Add(`{"alg":"HS256"}`, good)
	f.Add(`{"alg":"HS256","alg":"none"}`, `{"iss":"https://id.test","iss":"x"}`)
	f.Add(`{"alg":"HS256","kid":null}`, `{"aud":[["https://api.test"]],"exp":-0.0,"nbf":1e400}`)
	f.Add("{\"alg\":\"HS256\",\"\\u0000\":1}", `[]`)
	f.Fuzz(func(t *testing.T, head, claims string) {
		p, err := v.Verify(t.Context(), s.SignText(head, claims), now)
		if err != nil {
			if p != nil || !errors.Is(err, errcatalog.CredentialsInvalid) {
				t.Errorf("%q %q gives %+v, %v", head, claims, p, err)
			}
			return
		}
		if p.ID == "" || !p.ExpiresAt.After(now) || p.Claims["iss"] != "https://id.test" {
			t.Errorf("%q %q passes as %+v", head, claims, p)
		}
	})
}

// FuzzKeySet reads any text as a key set.
func FuzzKeySet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","x":"","y":""},{"kty":"RSA","n":"AA","e":"AQAB"},null,1]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := jwtauth.ParseSet(text)
		if err != nil && keys != nil {
			t.Errorf("%q gives both %v and %v", text, keys, err)
		}
	})
}
