package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"
)

// A Hash is what is stored of a key: its SHA-256, or its HMAC-SHA-256 with a pepper.
type Hash [sha256.Size]byte

// HashKey returns the hash of a whole key. A pepper is a secret outside the store,
// without which a stolen store can't be searched; nil is none.
func HashKey(key string, pepper Secret) Hash {
	if len(pepper) == 0 {
		var b [128]byte // the conversion of a longer key allocates
		return sha256.Sum256(append(b[:0], key...))
	}
	mac := hmac.New(sha256.New, pepper)
	mac.Write([]byte(key))
	return Hash(mac.Sum(nil))
}

// String hides the hash. A store writes its bytes.
func (h Hash) String() string { return "[hash]" }

// Format hides the hash from every verb.
func (h Hash) Format(s fmt.State, _ rune) { hide(s, "[hash]") }

// LogValue hides the hash.
func (h Hash) LogValue() slog.Value { return slog.StringValue("[hash]") }

// MarshalText hides the hash.
func (h Hash) MarshalText() ([]byte, error) { return []byte("[hash]"), nil }

// A Key is what a store knows of an API key. It does not have the key itself.
type Key struct {
	Principal
	// Hash is the hash of the whole key.
	Hash Hash
	// Name is what its owner calls it.
	Name string
	// CreatedAt is when it was issued.
	CreatedAt time.Time
	// RevokedAt is when it was revoked. The zero time is never.
	RevokedAt time.Time
	// ReplacedBy is the ID of the key that it was regenerated as.
	ReplacedBy string
}

// Format writes the key's ID for every verb. Without it fmt would show the hash, for a
// verb that does not fit, such as %s of a []*Key.
func (k Key) Format(s fmt.State, _ rune) { hide(s, "[key "+k.ID+"]") }
