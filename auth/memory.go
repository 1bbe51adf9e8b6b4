package auth

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Memory is a [KeyStore] in memory, for tests, demos and keys that come from a
// configuration. The zero Memory is empty and ready to use.
type Memory struct {
	mu     sync.RWMutex
	byHash map[Hash]*Key
	byID   map[string]*Key
	audits map[string][]Audit
}

// Format hides what is in the store.
func (m *Memory) Format(s fmt.State, _ rune) { hide(s, "[memory]") }

// Find implements [Finder].
func (m *Memory) Find(_ context.Context, hash Hash) (*Key, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if key := m.byHash[hash]; key != nil {
		return key, nil
	}
	return nil, ErrNotFound
}

// Insert implements [KeyStore].
func (m *Memory) Insert(_ context.Context, key *Key, audit Audit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID[key.ID] != nil || m.byHash[key.Hash] != nil {
		return fmt.Errorf("%w: %s", ErrExists, key.ID)
	}
	m.put(key)
	m.record(audit)
	return nil
}

// List implements [KeyStore].
func (m *Memory) List(_ context.Context, owner string) ([]*Key, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	keys := []*Key{}
	for _, key := range m.byID {
		if key.Owner == owner {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, newestFirst)
	return keys, nil
}

// newestFirst orders keys for KeyStore.List.
func newestFirst(a, b *Key) int {
	if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
		return c
	}
	if a.ID < b.ID {
		return -1
	}
	return 1
}

// Revoke implements [KeyStore].
func (m *Memory) Revoke(_ context.Context, id string, at time.Time, audit Audit) (*Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.byID[id]
	if old == nil {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	if !old.RevokedAt.IsZero() && !at.Before(old.RevokedAt) {
		return old, nil
	}
	key := *old
	key.RevokedAt = at
	m.put(&key)
	m.record(audit)
	return &key, nil
}

// Replace implements [KeyStore].
func (m *Memory) Replace(_ context.Context, id string, expires time.Time, next *Key, audit Audit) (*Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.byID[id]
	switch {
	case old == nil:
		return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
	case old.ReplacedBy != "":
		return m.byID[old.ReplacedBy], fmt.Errorf("%w: %s", ErrReplaced, id)
	case !old.RevokedAt.IsZero():
		return nil, fmt.Errorf("%w: %s", ErrRevoked, id)
	case m.byID[next.ID] != nil || m.byHash[next.Hash] != nil:
		return nil, fmt.Errorf("%w: %s", ErrExists, next.ID)
	}
	key := *old
	key.ReplacedBy = next.ID
	if key.ExpiresAt.IsZero() || expires.Before(key.ExpiresAt) {
		key.ExpiresAt = expires
	}
	m.put(&key)
	m.put(next)
	m.record(audit)
	m.record(Audit{KeyID: next.ID, Action: Issued, Actor: audit.Actor, At: audit.At})
	return next, nil
}

// Audits implements [KeyStore].
func (m *Memory) Audits(_ context.Context, keyID string) ([]Audit, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.audits[keyID]), nil
}

// put stores a copy of the key. Keys that were found are never changed.
func (m *Memory) put(key *Key) {
	if m.byID == nil {
		m.byID, m.byHash, m.audits = map[string]*Key{}, map[Hash]*Key{}, map[string][]Audit{}
	}
	own := *key
	own.Scopes = slices.Clone(key.Scopes)
	m.byID[own.ID], m.byHash[own.Hash] = &own, &own
}

func (m *Memory) record(a Audit) { m.audits[a.KeyID] = append(m.audits[a.KeyID], a) }
