package auth

import (
	"context"
	"errors"
	"time"
)

// A KeyStore keeps API keys by their hashes. Package storetest has the tests that
// every implementation passes. A store must be safe for concurrent use; each of its
// writes is whole, with its audit record, or has not happened.
type KeyStore interface {
	Finder
	// Insert adds a key. The error wraps ErrExists if its ID or hash is there already.
	Insert(ctx context.Context, key *Key, audit Audit) error
	// List returns the owner's keys, the newest first, revoked and expired ones too.
	List(ctx context.Context, owner string) ([]*Key, error)
	// Revoke sets when the key is revoked, unless it is revoked earlier, and returns
	// it. The error wraps ErrNotFound if there is no key of the ID.
	Revoke(ctx context.Context, id string, at time.Time, audit Audit) (*Key, error)
	// Replace adds next in the place of the key old: old expires at the given time
	// unless it expires earlier, and is marked as replaced by next. The errors wrap
	// ErrNotFound if there is no key old, ErrRevoked if it is revoked, and
	// ErrReplaced if it was replaced before: then the key that took its place is
	// returned with the error.
	Replace(ctx context.Context, old string, expires time.Time, next *Key, audit Audit) (*Key, error)
	// Audits returns the audit records of a key, the oldest first.
	Audits(ctx context.Context, keyID string) ([]Audit, error)
}

// The errors of a [KeyStore].
var (
	ErrExists   = errors.New("auth: the key exists already")
	ErrRevoked  = errors.New("auth: the key is revoked")
	ErrReplaced = errors.New("auth: the key was regenerated before")
)

// An Audit is a record of what was done to a key.
type Audit struct {
	KeyID  string    // the key
	Action Action    // what was done
	Actor  string    // who did it, as the caller says
	At     time.Time // when
}

// An Action is what can be done to a key.
type Action string

// The actions.
const (
	Issued      Action = "issued"
	Revoked     Action = "revoked"
	Regenerated Action = "regenerated" // of the old key; the new one is issued
)
