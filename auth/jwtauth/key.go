package jwtauth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"

	"github.com/golang-jwt/jwt/v5"
)

// An Algorithm is a signature algorithm (RFC 7518, section 3.1; RFC 8037, section 3.1).
type Algorithm string

// The algorithms.
const (
	HS256 Algorithm = "HS256" // HMAC with SHA-256
	RS256 Algorithm = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256
	PS256 Algorithm = "PS256" // RSASSA-PSS with SHA-256 and a salt of its length
	ES256 Algorithm = "ES256" // ECDSA on P-256 with SHA-256
	EdDSA Algorithm = "EdDSA" // Ed25519
)

var methods = map[Algorithm]jwt.SigningMethod{
	HS256: jwt.SigningMethodHS256,
	RS256: jwt.SigningMethodRS256,
	// The module's own takes a salt of any length. RFC 7518, section 3.5, has one.
	PS256: &jwt.SigningMethodRSAPSS{
		SigningMethodRSA: jwt.SigningMethodPS256.SigningMethodRSA,
		Options:          &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash},
	},
	ES256: jwt.SigningMethodES256,
	EdDSA: jwt.SigningMethodEdDSA,
}

// A Key verifies signatures of the algorithms of its type.
type Key struct {
	id   string
	algs []Algorithm
	// verify has the key within, where no formatting of a Key can show it: an HMAC key
	// is a secret.
	verify func(alg Algorithm, signed string, signature []byte) error
}

func newKey(id string, material any, algs ...Algorithm) Key {
	return Key{id, algs, func(alg Algorithm, signed string, signature []byte) error {
		return methods[alg].Verify(signed, signature, material)
	}}
}

// HMAC is a key of HS256. The error is a secret of less than 32 bytes (RFC 7518,
// section 3.2).
func HMAC(id string, secret []byte) (Key, error) {
	if len(secret) < 32 {
		return Key{}, fmt.Errorf("jwtauth: the secret of key %q has %d bytes: HS256 needs at least 32 random ones", id, len(secret))
	}
	return newKey(id, slices.Clone(secret), HS256), nil
}

// RSA is a key of RS256 and PS256. The error is one of less than 2,048 bits or more
// than 8,192, or an exponent that is not odd and over 1.
func RSA(id string, public *rsa.PublicKey) (Key, error) {
	if bits := public.N.BitLen(); bits < 2048 || bits > 8192 || public.E < 3 || public.E%2 == 0 {
		return Key{}, fmt.Errorf("jwtauth: RSA key %q has %d bits and exponent %d: it needs 2048 to 8192, and an odd one over 1", id, bits, public.E)
	}
	return newKey(id, public, RS256, PS256), nil
}

// ECDSA is a key of ES256. The error is one of another curve than P-256.
func ECDSA(id string, public *ecdsa.PublicKey) (Key, error) {
	if public.Curve != elliptic.P256() {
		return Key{}, fmt.Errorf("jwtauth: ECDSA key %q is not on P-256, as ES256 needs", id)
	}
	if _, err := public.ECDH(); err != nil {
		return Key{}, fmt.Errorf("jwtauth: ECDSA key %q is not a point of its curve", id)
	}
	return newKey(id, public, ES256), nil
}

// Ed25519 is a key of EdDSA. The error is one of another length than 32 bytes, or one
// that anyone can sign for: a point of small order.
func Ed25519(id string, public ed25519.PublicKey) (Key, error) {
	if len(public) != ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("jwtauth: Ed25519 key %q has %d bytes: it needs 32", id, len(public))
	}
	if anyoneSigns(public) {
		return Key{}, fmt.Errorf("jwtauth: Ed25519 key %q is a point of small order, for which anyone can sign", id)
	}
	return newKey(id, slices.Clone(public), EdDSA), nil
}

// ID returns the key's ID, which tokens name as kid.
func (k Key) ID() string { return k.id }

// check verifies the signature of a token.
func (k Key) check(alg Algorithm, t token) error {
	if !slices.Contains(k.algs, alg) {
		return errKeyMismatch
	}
	if k.verify(alg, t.signed, t.signature) != nil {
		return errSignature
	}
	return nil
}

// Static are keys that are given. A token without a kid is verified by the only one
// of its algorithm, and refused if there are several.
type Static []Key

// Key implements [KeySource].
func (s Static) Key(_ context.Context, id string, alg Algorithm) (Key, error) {
	var found Key
	for _, k := range s {
		if id != "" && k.id != id || !slices.Contains(k.algs, alg) {
			continue
		}
		if found.verify != nil {
			return Key{}, ErrNoKey
		}
		found = k
	}
	if found.verify == nil {
		return Key{}, ErrNoKey
	}
	return found, nil
}

// check implements the check of New.
func (s Static) check(rules Rules) error {
	var faults []error
	if len(s) == 0 {
		faults = append(faults, errors.New("jwtauth: Rules.Keys is empty: give it a key"))
	}
	for i, k := range s {
		if !slices.ContainsFunc(k.algs, func(a Algorithm) bool { return slices.Contains(rules.Algorithms, a) }) {
			faults = append(faults, fmt.Errorf("jwtauth: key %q is for %v, none of which is in Rules.Algorithms", k.id, k.algs))
		}
		for _, other := range s[:i] {
			if k.id == other.id && slices.ContainsFunc(k.algs, func(a Algorithm) bool { return slices.Contains(other.algs, a) }) {
				faults = append(faults, fmt.Errorf("jwtauth: two keys of the ID %q are for %v: give each its own ID", k.id, k.algs))
			}
		}
	}
	return errors.Join(faults...)
}
