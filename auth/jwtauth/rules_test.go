package jwtauth_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
)

func TestNewNamesEveryRuleThatIsWrong(t *testing.T) {
	t.Parallel()
	key := authtest.NewSigner(t, "k1", jwtauth.HS256).Key()
	for _, tt := range []struct {
		name  string
		rules jwtauth.Rules
		want  []string
	}{
		{"none at all", jwtauth.Rules{}, []string{"Rules.Issuer", "Rules.Audience", "Rules.Algorithms", "Rules.Keys"}},
		{"an algorithm that is not ours", rules(jwtauth.Static{key}, "HS256", "none"), []string{`"none"`}},
		{"an empty audience", jwtauth.Rules{Issuer: "i", Audience: []string{""}, Algorithms: []jwtauth.Algorithm{"HS256"}, Keys: jwtauth.Static{key}}, []string{"empty entry"}},
		{"no keys", rules(jwtauth.Static{}, "HS256"), []string{"Rules.Keys is empty"}},
		{"a key that no algorithm of the list uses", rules(jwtauth.Static{key}, "RS256"), []string{`key "k1"`, "HS256"}},
		{"two keys of an ID", rules(jwtauth.Static{key, key}, "HS256"), []string{`two keys of the ID "k1"`}},
		{"a JWKS over plain HTTP", rules(&jwtauth.JWKS{URL: "http://id.test/jwks"}, "RS256"), []string{`"http://id.test/jwks"`, "https"}},
		{"a JWKS without a URL", rules(&jwtauth.JWKS{}, "RS256"), []string{"JWKS.URL"}},
		{"a JWKS at no URL", rules(&jwtauth.JWKS{URL: "https://%zz"}, "RS256"), []string{"JWKS.URL"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := jwtauth.New(tt.rules)
			if err == nil || v != nil {
				t.Fatal("it is accepted")
			}
			if lines := strings.Count(err.Error(), "\n") + 1; tt.name == "none at all" && lines != len(tt.want) {
				t.Errorf("it names %d faults: %v", lines, err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q is missing in %q", part, err)
				}
			}
		})
	}
}

func TestKeysThatAreTooWeakAreNone(t *testing.T) {
	t.Parallel()
	short, _ := rsa.GenerateKey(rand.Reader, 1024)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	modulus := new(big.Int).Lsh(big.NewInt(1), 2048)
	for name, err := range map[string]error{
		"a secret of 31 bytes":        second(jwtauth.HMAC("k", make([]byte, 31))),
		"no secret":                   second(jwtauth.HMAC("k", nil)),
		"RSA of 1024 bits":            second(jwtauth.RSA("k", &short.PublicKey)),
		"RSA with exponent 1":         second(jwtauth.RSA("k", &rsa.PublicKey{N: modulus, E: 1})),
		"RSA with an even exponent":   second(jwtauth.RSA("k", &rsa.PublicKey{N: modulus, E: 4})),
		"RSA of 16,385 bits":          second(jwtauth.RSA("k", &rsa.PublicKey{N: new(big.Int).Lsh(modulus, 14336), E: 3})),
		"ECDSA on another curve":      second(jwtauth.ECDSA("k", &p384.PublicKey)),
		"Ed25519 of another length":   second(jwtauth.Ed25519("k", ed25519.PublicKey{1, 2, 3})),
		"Ed25519 anyone can sign for": second(jwtauth.Ed25519("k", make([]byte, 32))),
		"ECDSA that is not a point":   second(jwtauth.ECDSA("k", &ecdsa.PublicKey{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)})),
		"ECDSA without coordinates":   second(jwtauth.ECDSA("k", &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int), Y: new(big.Int)})),
		"a secret that is too short":  second(jwtauth.HMAC("", []byte("password"))),
	} {
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestNoFormatShowsAKey(t *testing.T) {
	t.Parallel()
	const canary = "canary-canary-canary-canary-canary"
	key, err := jwtauth.HMAC("k1", []byte(canary))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jwtauth.New(rules(jwtauth.Static{key}, jwtauth.HS256))
	if err != nil {
		t.Fatal(err)
	}
	asJSON, _ := json.Marshal(map[string]any{"key": key, "keys": jwtauth.Static{key}, "verifier": v})
	texts := []string{string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, key), fmt.Sprintf(verb, &key), fmt.Sprintf(verb, jwtauth.Static{key}),
			fmt.Sprintf(verb, struct{ K jwtauth.Key }{key}), fmt.Sprintf(verb, v))
	}
	for _, text := range texts {
		for _, form := range []string{canary[:8], fmt.Sprintf("%x", canary[:8]), fmt.Sprintf("%X", canary[:8]), "99 97 110", "63616e"} {
			if strings.Contains(text, form) {
				t.Errorf("%q shows the secret", text)
			}
		}
	}
}
