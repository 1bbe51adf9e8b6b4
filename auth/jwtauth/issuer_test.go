package jwtauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
)

func TestEveryAlgorithmOfAnIssuerOverHTTP(t *testing.T) {
	t.Parallel()
	for _, alg := range algorithms[1:] {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			issuer := authtest.NewIssuer(t, alg)
			v := verifier(t, issuer.Rules())
			first := issuer.Token(nil)
			if _, err := v.Verify(t.Context(), first, time.Now()); err != nil {
				t.Fatal(reason(err))
			}
			issuer.Rotate()
			for _, token := range []string{issuer.Token(nil), first} {
				if _, err := v.Verify(t.Context(), token, time.Now()); err != nil {
					t.Error(reason(err))
				}
			}
			if n := issuer.Fetches(); n != 2 {
				t.Errorf("it fetched %d times, want 2", n)
			}
		})
	}
}

func TestAFloodOverHTTP(t *testing.T) {
	t.Parallel()
	issuer := authtest.NewIssuer(t, jwtauth.EdDSA)
	v := verifier(t, issuer.Rules())
	stranger := authtest.NewSigner(t, "x", jwtauth.EdDSA)
	var all sync.WaitGroup
	for i := range 1000 {
		if i == 500 {
			issuer.Rotate()
		}
		all.Go(func() {
			token := stranger.Sign(header{"alg": "EdDSA", "kid": fmt.Sprint("junk-", i)}, good(nil))
			if _, err := v.Verify(t.Context(), token, time.Now()); err == nil {
				t.Error("junk is accepted")
			}
		})
	}
	all.Wait()
	if n := issuer.Fetches(); n > 2 {
		t.Errorf("1,000 unknown IDs caused %d fetches, want at most 2", n)
	}
}

func TestAnIssuerThatHangsOverHTTP(t *testing.T) {
	t.Parallel()
	issuer := authtest.NewIssuer(t)
	rules := issuer.Rules()
	rules.Keys = &jwtauth.JWKS{URL: issuer.URL(), Timeout: time.Minute} // a slow machine is not to end the fetch
	v := verifier(t, rules)
	known := issuer.Token(nil)
	if _, err := v.Verify(t.Context(), known, time.Now()); err != nil {
		t.Fatal(reason(err))
	}
	issuer.Hang()
	issuer.Rotate()
	rotated := make(chan error)
	go func() {
		_, err := v.Verify(t.Context(), issuer.Token(nil), time.Now())
		rotated <- err
	}()
	for range 100 { // while the other waits, or before it does
		if _, err := v.Verify(t.Context(), known, time.Now()); err != nil {
			t.Fatal(reason(err))
		}
	}
	issuer.Restore()
	if err := <-rotated; err != nil {
		t.Error(reason(err))
	}
}

func TestAnIssuerThatFailsOverHTTP(t *testing.T) {
	t.Parallel()
	issuer := authtest.NewIssuer(t)
	v := verifier(t, issuer.Rules())
	issuer.Fail(http.StatusInternalServerError)
	if _, err := v.Verify(t.Context(), issuer.Token(nil), time.Now()); err == nil || errors.Is(err, errcatalog.Unauthenticated) {
		t.Errorf("it gives %v", err)
	}
	issuer.Restore()
	if _, err := v.Verify(t.Context(), issuer.Token(nil), time.Now()); err != nil {
		t.Errorf("once it answers: %s", reason(err))
	}
}

// publish serves a text as the key set, and returns a JWKS of it.
func publish(t *testing.T, h http.HandlerFunc) *jwtauth.JWKS {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return &jwtauth.JWKS{URL: server.URL}
}

func TestRepliesThatAreNoKeySet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
		serve      http.HandlerFunc
	}{
		{"not JSON", "not a JSON object with a list of keys", text("<html>")},
		{"nothing", "not a JSON object with a list of keys", text("")},
		{"no keys", "not a JSON object with a list of keys", text(`{}`)},
		{"keys that are no list", "not a JSON object with a list of keys", text(`{"keys":{}}`)},
		{"more than 1 MiB", "larger than 1 MiB", text(`{"keys":[]}` + strings.Repeat(" ", 1<<20))},
		{"a redirect", "302 Found", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }},
		{"an aborted one", "EOF", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, `{"keys":[`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := authtest.NewSigner(t, "k1", jwtauth.EdDSA)
			v := verifier(t, rules(publish(t, tt.serve), jwtauth.EdDSA))
			_, err := v.Verify(t.Context(), s.Token(good(nil)), now)
			if err == nil || errors.Is(err, errcatalog.Unauthenticated) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("it gives %v, want %q", err, tt.want)
			}
		})
	}
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, s) }
}

func TestKeysThatCanNotBeUsedAreSkipped(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.EdDSA)
	ec := authtest.NewSigner(t, "k1", jwtauth.ES256)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	with := func(j map[string]any, changes map[string]any) map[string]any {
		j = maps.Clone(j)
		maps.Copy(j, changes)
		return j
	}
	zero := strings.Repeat("A", 43)
	for name, j := range map[string]map[string]any{
		"of another type":              {"kty": "AKP", "kid": "k1"},
		"a secret":                     {"kty": "oct", "kid": "k1", "k": zero},
		"for encryption":               with(s.JWK(), map[string]any{"use": "enc"}),
		"for signing only":             with(s.JWK(), map[string]any{"key_ops": []string{"sign"}}),
		"of an algorithm not ours":     with(s.JWK(), map[string]any{"alg": "ES512"}),
		"of another key's algorithm":   with(s.JWK(), map[string]any{"alg": "ES256"}),
		"with its private part":        with(s.JWK(), map[string]any{"d": zero}),
		"with a private part of RSA":   with(s.JWK(), map[string]any{"dp": zero}),
		"with names in capitals":       {"KTY": "OKP", "KID": "k1", "CRV": "Ed25519", "X": s.JWK()["x"]},
		"with a use that is no text":   with(s.JWK(), map[string]any{"use": []string{"sig"}}),
		"with members of other types":  with(s.JWK(), map[string]any{"kid": 1}),
		"with a long ID":               with(s.JWK(), map[string]any{"kid": strings.Repeat("k", 257)}),
		"on another curve":             with(s.JWK(), map[string]any{"crv": "Ed448"}),
		"EC on another curve":          {"kty": "EC", "kid": "k1", "crv": "P-384", "x": p384.X.Text(62), "y": "x"},
		"not in base64url":             with(s.JWK(), map[string]any{"x": "=" + zero}),
		"of another length":            with(s.JWK(), map[string]any{"x": "AAAA"}),
		"a point off the curve":        with(ec.JWK(), map[string]any{"x": zero}),
		"EC with a short coordinate":   with(ec.JWK(), map[string]any{"y": "AAAA"}),
		"RSA without a modulus":        {"kty": "RSA", "kid": "k1", "e": "AQAB"},
		"RSA with a small modulus":     {"kty": "RSA", "kid": "k1", "e": "AQAB", "n": zero},
		"RSA with a long exponent":     {"kty": "RSA", "kid": "k1", "e": strings.Repeat("_", 40), "n": strings.Repeat("_", 344)},
		"RSA with exponent 1":          {"kty": "RSA", "kid": "k1", "e": "AQ", "n": strings.Repeat("_", 344)},
		"RSA with a modulus of a MiB":  {"kty": "RSA", "kid": "k1", "e": "AQAB", "n": strings.Repeat("_", 400_000)},
		"EC with a number as the text": {"kty": "EC", "kid": "k1", "crv": "P-256", "x": big.NewInt(1), "y": 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issuer := authtest.NewIssuer(t, jwtauth.EdDSA)
			issuer.Publish(j, issuer.Signer().JWK())
			r := issuer.Rules()
			r.Algorithms = algorithms
			v := verifier(t, r)
			if _, err := v.Verify(t.Context(), issuer.Token(nil), time.Now()); err != nil {
				t.Errorf("the usable key is not found: %s", reason(err))
			}
			for _, alg := range algorithms {
				token := s.Sign(header{"alg": alg, "kid": "k1"}, good(nil))
				if _, err := v.Verify(t.Context(), token, time.Now()); reason(err) != "jwtauth: there is no key of this kid and algorithm" {
					t.Errorf("as %s it is used: %s", alg, reason(err))
				}
			}
		})
	}
}
