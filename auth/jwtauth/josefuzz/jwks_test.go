package josefuzz_test

import (
	"crypto"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/contrite-go/contrite/auth/jwtauth"
)

// A published key set is what a client gets, whatever it asks for.
type published string

func (p published) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(string(p))),
	}, nil
}

// FuzzKey publishes any text as a key, in which $x stands for the member x of a
// signer's. One that jwtauth uses is one to go-jose too, of the same ID; and it is the
// signer's public key to both or to none.
//
// Where go-jose has limits that are not jwtauth's, it is the text that gives way:
// certificates, which jwtauth does not read, and a modulus of more than 4,096 bits.
func FuzzKey(f *testing.F) {
	trusted := signers(f, jwtauth.RS256, jwtauth.ES256, jwtauth.EdDSA)
	tokens := map[jwtauth.Algorithm]string{}
	members := map[jwtauth.Algorithm]*strings.Replacer{}
	for alg, s := range trusted {
		tokens[alg] = s.Sign(map[string]any{"alg": alg}, good())
		members[alg] = replacer(s.JWK())
	}
	seedKeys(f)
	f.Fuzz(func(t *testing.T, template string) {
		for alg, s := range trusted {
			text := members[alg].Replace(template)
			if !json.Valid([]byte(text)) || strings.Contains(text, `"x5`) || len(text) > 4096/6 {
				continue
			}
			keys := &jwtauth.JWKS{
				URL:    "https://id.test/jwks.json",
				Client: &http.Client{Transport: published(`{"keys":[` + text + `]}`)},
			}
			compare(t, keys, alg, text, s.Public(), tokens[alg])
		}
	})
}

// compare compares what jwtauth and go-jose make of a key's text.
func compare(t *testing.T, keys *jwtauth.JWKS, alg jwtauth.Algorithm, text string, public crypto.PublicKey, token string) {
	t.Helper()
	ours, err := keys.Key(t.Context(), "", alg)
	if err != nil {
		return
	}
	var theirs jose.JSONWebKey
	if err := theirs.UnmarshalJSON([]byte(text)); err != nil || !theirs.Valid() || !theirs.IsPublic() {
		t.Fatalf("jwtauth uses %s for %s; go-jose says: %v", text, alg, err)
	}
	if ours.ID() != theirs.KeyID {
		t.Errorf("of %s jwtauth reads the ID %q, go-jose %q", text, ours.ID(), theirs.KeyID)
	}
	same := public.(interface{ Equal(crypto.PublicKey) bool }).Equal(theirs.Key)
	if passes := verifies(t, keys, alg, token); passes != same {
		t.Errorf("of %s jwtauth reads the signer's key: %t, go-jose: %t", text, passes, same)
	}
}

// verifies reports whether a token passes by the keys.
func verifies(t *testing.T, keys jwtauth.KeySource, alg jwtauth.Algorithm, token string) bool {
	t.Helper()
	v, err := jwtauth.New(jwtauth.Rules{
		Issuer: issuer, Audience: []string{audience}, Algorithms: []jwtauth.Algorithm{alg}, Keys: keys,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = v.Verify(t.Context(), token, now)
	return err == nil
}

// replacer writes the members of a key in the place of their names.
func replacer(members map[string]any) *strings.Replacer {
	var pairs []string
	for name, value := range members {
		pairs = append(pairs, "$"+name, fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...)
}

// seedKeys adds keys as they are published, and changes of them.
func seedKeys(f *testing.F) {
	f.Helper()
	for _, public := range []string{
		`"kty":"RSA","n":"$n","e":"$e"`, `"kty":"EC","crv":"P-256","x":"$x","y":"$y"`, `"kty":"OKP","crv":"Ed25519","x":"$x"`,
	} {
		f.Add(`{` + public + `}`)
		f.Add(`{` + strings.ToUpper(public) + `}`)
		for _, more := range []string{
			`"kid":"$kid","use":"sig","alg":"$alg"`, `"X":"AAAA"`, `"KID":"other"`, `"N":"AQAB"`, `"y":"!"`, `"y":5`, `"k":"AAAA"`,
			`"d":null`, `"key_ops":["verify"]`, `"key_ops":"verify"`, `"use":"enc"`, `"p":1`, `"e":""`, `"pub":1`, `"oth":[]`,
			`"x":null`, `"kid":null`, `"kid":1`, `"alg":"ES512"`,
		} {
			f.Add(`{` + public + `,` + more + `}`)
		}
	}
	for _, x := range []string{ // of which the first has small order, the last is no point
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "7P_______________________________________38",
		"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o", "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_IU",
		"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	} {
		f.Add(`{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}`)
	}
}
