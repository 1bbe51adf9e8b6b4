package auth

import (
	"crypto/rand"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
)

// A KeyFormat has, for each environment, the prefix of its API keys: {"live":
// "sk_live_", "test": "sk_test_"}. A key is
//
//	prefix, an identifier of 12, a secret of 24, and a checksum of 6 characters
//
// of base62. The secret has 142 bits; the identifier may be shown and logged. The
// checksum is the CRC-32 (IEEE) of all that is before it: it finds mistakes, not
// forgeries.
type KeyFormat map[string]string

const (
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	idLen       = 12
	secretLen   = 24
	checksumLen = 6
	tailLen     = idLen + secretLen + checksumLen
)

// ErrEnvironment is an environment that a KeyFormat has no prefix for.
var ErrEnvironment = errors.New("auth: the key format has no prefix for the environment")

// New makes a key of the environment. The key is a secret: it is to be shown to its
// owner once and stored nowhere. The error is ErrEnvironment.
func (f KeyFormat) New(environment string) (key, id string, err error) {
	prefix := f[environment]
	if prefix == "" {
		return "", "", fmt.Errorf("%w %q", ErrEnvironment, environment)
	}
	b := make([]byte, 0, len(prefix)+tailLen)
	b = appendRandom(append(b, prefix...), idLen+secretLen)
	b = appendChecksum(b)
	key = string(b)
	return key, key[len(prefix) : len(prefix)+idLen], nil
}

// appendRandom appends n random characters of base62, all equally likely.
func appendRandom(b []byte, n int) []byte {
	var random [64]byte
	for n > 0 {
		_, _ = rand.Read(random[:]) // never fails: Go ends the program instead
		for _, r := range random {
			// 248 is the largest multiple of 62 that fits; what is above would favor some.
			if r < 248 && n > 0 {
				b = append(b, base62[r%62])
				n--
			}
		}
	}
	return b
}

func appendChecksum(b []byte) []byte {
	sum := crc32.ChecksumIEEE(b)
	var digits [checksumLen]byte
	for i := checksumLen - 1; i >= 0; i-- {
		digits[i] = base62[sum%62]
		sum /= 62
	}
	return append(b, digits[:]...)
}

// Parse reads a key: its environment and its identifier. ok is false for what no
// KeyFormat of these prefixes ever made, but for one string in four billion.
func (f KeyFormat) Parse(key string) (environment, id string, ok bool) {
	environment, prefix := f.prefix(key)
	if prefix == "" || !checks(key, len(prefix)) {
		return "", "", false
	}
	return environment, key[len(prefix) : len(prefix)+idLen], true
}

// checks reports whether a key with a prefix of that length has the length, the
// characters and the checksum of one.
func checks(key string, prefix int) bool {
	if len(key) != prefix+tailLen {
		return false
	}
	body, end := key[:len(key)-checksumLen], key[len(key)-checksumLen:]
	all := int8(0) // of the digits; negative if one is no digit
	for _, c := range []byte(body[prefix:]) {
		all |= digits[c]
	}
	sum := uint32(0)
	for _, c := range []byte(end) {
		all |= digits[c]
		sum = sum*62 + uint32(digits[c])
	}
	return all >= 0 && checksum(body) == sum
}

// prefix returns the longest prefix that the key starts with, and its environment.
func (f KeyFormat) prefix(key string) (environment, prefix string) {
	for e, p := range f {
		if len(p) > len(prefix) && strings.HasPrefix(key, p) {
			environment, prefix = e, p
		}
	}
	return environment, prefix
}

// digits has the value of each character of base62, -1 for others.
var digits = func() (t [256]int8) {
	for i := range t {
		t[i] = int8(strings.IndexByte(base62, byte(i)))
	}
	return t
}()
