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
	kind, id, use, alg, curve string
	n, e, x, y                []byte
}

var (
	errSet      = errors.New("jwtauth: the key set is not a JSON object with a list of keys")
	errUnusable = errors.New("jwtauth: the key is not one for a signature of a known algorithm")
)

// parseSet reads a key set (RFC 7517, section 5). Keys that can't be used are left
// out, as the section asks.
func parseSet(text []byte) ([]Key, error) {
	var set map[string]json.RawMessage // a struct would take Keys for keys
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errSet
	}
	var list []json.RawMessage
	if err := json.Unmarshal(set["keys"], &list); err != nil || list == nil {
		return nil, errSet
	}
	var keys []Key
	for _, text := range list {
		if k, err := parseKey(text); err == nil {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// parseKey reads a public key for signatures.
func parseKey(text []byte) (Key, error) {
	members, ok := object(text)
	if !ok {
		return Key{}, errUnusable
	}
	j, ok := readJWK(members)
	if !ok || len(j.id) > maxKeyID || !forVerifying(j.use, members["key_ops"]) {
		return Key{}, errUnusable
	}
	k, err := j.key()
	if err != nil {
		return Key{}, err
	}
	if alg := Algorithm(j.alg); alg != "" {
		if !slices.Contains(k.algs, alg) {
			return Key{}, errUnusable
		}
		k.algs = []Algorithm{alg}
	}
	return k, nil
}

// foreign are the members of a private or secret key (RFC 7518, section 6.2.2, 6.3.2
// and 6.4.1), and those of a key of type AKP (RFC 9964).
var foreign = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "pub", "priv"}

// readJWK reads the members that are used. It reports false if one is no text or not
// in base64url, and if there is a foreign one.
func readJWK(members map[string]any) (j jwk, ok bool) {
	for _, name := range foreign {
		if _, there := members[name]; there {
			return j, false
		}
	}
	for name, to := range map[string]*string{"kty": &j.kind, "kid": &j.id, "use": &j.use, "alg": &j.alg, "crv": &j.curve} {
		if v, there := members[name]; there {
			if *to, ok = v.(string); !ok {
				return j, false
			}
		}
	}
	for name, to := range map[string]*[]byte{"n": &j.n, "e": &j.e, "x": &j.x, "y": &j.y} {
		if v, there := members[name]; there {
			text, _ := v.(string)
			var err error
			if *to, err = strict.DecodeString(text); err != nil || text == "" {
				return j, false
			}
		}
	}
	return j, true
}

// forVerifying reports whether a key's use and key_ops allow it to verify.
func forVerifying(use string, ops any) bool {
	list, ok := ops.([]any)
	return (use == "" || use == "sig") && (ops == nil || ok && slices.Contains(list, any("verify")))
}

func (j *jwk) key() (Key, error) {
	switch {
	case j.kind == "RSA":
		e := new(big.Int).SetBytes(j.e)
		if e.BitLen() > 31 {
			return Key{}, errUnusable
		}
		return RSA(j.id, &rsa.PublicKey{N: new(big.Int).SetBytes(j.n), E: int(e.Int64())})
	case j.kind == "EC" && j.curve == "P-256":
		if len(j.x) != 32 || len(j.y) != 32 {
			return Key{}, errUnusable
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, j.x, j.y))
		if err != nil {
			return Key{}, err
		}
		return ECDSA(j.id, public)
	case j.kind == "OKP" && j.curve == "Ed25519":
		return Ed25519(j.id, j.x)
	}
	return Key{}, errUnusable
}
