package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/contrite-go/contrite/auth/jwtauth"
)

// Claims are those of a token.
type Claims map[string]any

// A Signer signs tokens with a key of its own. Its methods are safe for concurrent
// use; they panic if claims can't be written as JSON.
type Signer struct {
	id     string
	alg    jwtauth.Algorithm
	secret any // what golang-jwt signs with
	key    jwtauth.Key
}

// NewSigner returns a Signer with a new key of the ID. It fails the test if the
// algorithm is unknown.
func NewSigner(t testing.TB, id string, alg jwtauth.Algorithm) *Signer {
	t.Helper()
	s := &Signer{id: id, alg: alg}
	var err error
	switch alg {
	case jwtauth.HS256:
		secret := make([]byte, 32)
		_, _ = rand.Read(secret)
		s.secret = secret
		s.key, err = jwtauth.HMAC(id, secret)
	case jwtauth.RS256, jwtauth.PS256:
		private, _ := rsa.GenerateKey(rand.Reader, 2048)
		s.secret = private
		s.key, err = jwtauth.RSA(id, &private.PublicKey)
	case jwtauth.ES256:
		private, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		s.secret = private
		s.key, err = jwtauth.ECDSA(id, &private.PublicKey)
	case jwtauth.EdDSA:
		public, private, _ := ed25519.GenerateKey(rand.Reader)
		s.secret = private
		s.key, err = jwtauth.Ed25519(id, public)
	default:
		t.Fatalf("authtest: there is no algorithm %q", alg)
	}
	if err != nil {
		t.Fatalf("authtest: %v", err)
	}
	return s
}

// Key returns the key that verifies the tokens.
func (s *Signer) Key() jwtauth.Key { return s.key }

// Public returns what verifies the signatures elsewhere: an *rsa.PublicKey, an
// *ecdsa.PublicKey, an ed25519.PublicKey, or the secret of HS256 as []byte.
func (s *Signer) Public() any {
	if private, ok := s.secret.(crypto.Signer); ok {
		return private.Public()
	}
	return s.secret
}

// Token signs the claims as they are.
func (s *Signer) Token(claims Claims) string {
	return s.Sign(map[string]any{"alg": s.alg, "typ": "JWT", "kid": s.id}, claims)
}

// Sign signs the claims with a header of any content, by the signer's algorithm
// whatever the header says.
func (s *Signer) Sign(header map[string]any, claims Claims) string {
	return s.SignText(text(header), text(claims))
}

// SignText signs texts that need not be JSON.
func (s *Signer) SignText(header, claims string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	signed := b64([]byte(header)) + "." + b64([]byte(claims))
	signature, err := jwt.GetSigningMethod(string(s.alg)).Sign(signed, s.secret)
	if err != nil {
		panic(fmt.Sprintf("authtest: %v", err))
	}
	return signed + "." + b64(signature)
}

func text(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("authtest: %v", err))
	}
	return string(text)
}

// JWK returns the public key as a key set has it (RFC 7517), nil for a secret one.
func (s *Signer) JWK() map[string]any {
	b64 := base64.RawURLEncoding.EncodeToString
	j := map[string]any{"kid": s.id, "use": "sig", "alg": s.alg}
	switch public := s.Public().(type) {
	case []byte:
		return nil
	case *rsa.PublicKey:
		j["kty"], j["n"], j["e"] = "RSA", b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes())
	case *ecdsa.PublicKey:
		point, _ := public.Bytes() // 4, then the coordinates
		j["kty"], j["crv"], j["x"], j["y"] = "EC", "P-256", b64(point[1:33]), b64(point[33:])
	case ed25519.PublicKey:
		j["kty"], j["crv"], j["x"] = "OKP", "Ed25519", b64(public)
	}
	return j
}
