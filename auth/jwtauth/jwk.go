package jwtauth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math/big"
	"slices"
)

// A jwk is a public key as a set has it (RFC 7517, section 4; RFC 7518, section 6.2
// and 6.3; RFC 8037, section 2).
type jwk struct {
	Type       string   `json:"kty"`
	ID         string   `json:"kid"`
	Use        string   `json:"use"`
	Operations []string `json:"key_ops"`
	Algorithm  string   `json:"alg"`
	Curve      string   `json:"crv"`
	N, E, X, Y string
	Private    json.RawMessage `json:"d"`
}

var (
	errSet      = errors.New("jwtauth: the key set is not a JSON object with a list of keys")
	errUnusable = errors.New("jwtauth: the key is not one for a signature of a known algorithm")
)

// parseSet reads a key set (RFC 7517, section 5). Keys that can't be used are left
// out, as the section asks.
func parseSet(text []byte) ([]Key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil || set.Keys == nil {
		return nil, errSet
	}
	var keys []Key
	for _, text := range set.Keys {
		if k, err := parseKey(text); err == nil {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// parseKey reads a public key for signatures.
func parseKey(text []byte) (Key, error) {
	var j jwk
	if err := json.Unmarshal(text, &j); err != nil {
		return Key{}, err
	}
	forVerifying := (j.Use == "" || j.Use == "sig") &&
		(j.Operations == nil || slices.Contains(j.Operations, "verify"))
	if !forVerifying || j.Private != nil || len(j.ID) > maxKeyID {
		return Key{}, errUnusable
	}
	k, err := j.key()
	if err != nil {
		return Key{}, err
	}
	if alg := Algorithm(j.Algorithm); alg != "" {
		if !slices.Contains(k.algs, alg) {
			return Key{}, errUnusable
		}
		k.algs = []Algorithm{alg}
	}
	return k, nil
}

func (j *jwk) key() (Key, error) {
	switch {
	case j.Type == "RSA":
		n, e := decode(j.N), new(big.Int).SetBytes(decode(j.E))
		if e.BitLen() > 31 {
			return Key{}, errUnusable
		}
		return RSA(j.ID, &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(e.Int64())})
	case j.Type == "EC" && j.Curve == "P-256":
		x, y := decode(j.X), decode(j.Y)
		if len(x) != 32 || len(y) != 32 {
			return Key{}, errUnusable
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
		if err != nil {
			return Key{}, err
		}
		return ECDSA(j.ID, public)
	case j.Type == "OKP" && j.Curve == "Ed25519":
		return Ed25519(j.ID, decode(j.X))
	}
	return Key{}, errUnusable
}

// decode decodes a value, to nothing if it is not in base64url.
func decode(s string) []byte {
	b, err := strict.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
