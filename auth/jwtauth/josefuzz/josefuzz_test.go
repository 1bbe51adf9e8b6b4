package josefuzz_test

import (
	"errors"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"

	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
)

const (
	issuer   = "https://id.test"
	audience = "https://api.test"
	leeway   = 30 * time.Second
)

var now = time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC)

// A judge has the same keys and rules for both verifiers.
type judge struct {
	ours *jwtauth.Verifier
	algs []jose.SignatureAlgorithm
	keys jose.JSONWebKeySet
}

// newJudge returns a judge that trusts the signers. Each key has a kid of its own.
func newJudge(t testing.TB, signers map[jwtauth.Algorithm]*authtest.Signer) *judge {
	t.Helper()
	j := new(judge)
	var static jwtauth.Static
	var algs []jwtauth.Algorithm
	for alg, s := range signers {
		static, algs = append(static, s.Key()), append(algs, alg)
		j.algs = append(j.algs, jose.SignatureAlgorithm(alg))
		j.keys.Keys = append(j.keys.Keys, jose.JSONWebKey{Key: s.Public(), KeyID: s.Key().ID(), Algorithm: string(alg)})
	}
	var err error
	j.ours, err = jwtauth.New(jwtauth.Rules{
		Issuer: issuer, Audience: []string{audience}, Algorithms: algs, Keys: static, Leeway: leeway,
	})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// theirs has go-jose verify a token, as one does who reads its documentation.
func (j *judge) theirs(token string) error {
	parsed, err := josejwt.ParseSigned(token, j.algs)
	if err != nil {
		return err
	}
	key, err := j.key(parsed.Headers[0])
	if err != nil {
		return err
	}
	var claims josejwt.Claims
	if err := parsed.Claims(key.Key, &claims); err != nil {
		return err
	}
	if claims.Expiry == nil || claims.Subject == "" {
		return errors.New("exp or sub is missing")
	}
	return claims.ValidateWithLeeway(josejwt.Expected{
		Issuer: issuer, AnyAudience: josejwt.Audience{audience}, Time: now,
	}, leeway)
}

// key chooses the key by the header: by its kid, or else the only one of its alg.
func (j *judge) key(h jose.Header) (jose.JSONWebKey, error) {
	var found []jose.JSONWebKey
	for _, k := range j.keys.Keys {
		if k.Algorithm == h.Algorithm && (h.KeyID == "" || k.KeyID == h.KeyID) {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return jose.JSONWebKey{}, errors.New("no such key")
	}
	return found[0], nil
}

// judge fails the test if jwtauth accepts a token that go-jose rejects.
func (j *judge) judge(t *testing.T, token string) (accepted bool) {
	t.Helper()
	if _, err := j.ours.Verify(t.Context(), token, now); err != nil {
		return false
	}
	if err := j.theirs(token); err != nil {
		t.Errorf("jwtauth accepts %q; go-jose says: %v", token, err)
	}
	return true
}

// good are claims that both accept.
func good() authtest.Claims {
	return authtest.Claims{"iss": issuer, "aud": audience, "sub": "ada", "exp": now.Unix() + 600}
}

func signers(t testing.TB, algs ...jwtauth.Algorithm) map[jwtauth.Algorithm]*authtest.Signer {
	t.Helper()
	all := map[jwtauth.Algorithm]*authtest.Signer{}
	for _, alg := range algs {
		all[alg] = authtest.NewSigner(t, "key-"+string(alg), alg)
	}
	return all
}

func TestBothAcceptAGoodToken(t *testing.T) {
	t.Parallel()
	trusted := signers(t, jwtauth.HS256, jwtauth.RS256, jwtauth.PS256, jwtauth.ES256, jwtauth.EdDSA)
	j := newJudge(t, trusted)
	for alg, s := range trusted {
		if !j.judge(t, s.Token(good())) {
			t.Errorf("jwtauth refuses a good token by %s", alg)
		}
		if j.judge(t, authtest.NewSigner(t, "key-"+string(alg), alg).Token(good())) {
			t.Errorf("jwtauth accepts a token by another's key for %s", alg)
		}
	}
}
