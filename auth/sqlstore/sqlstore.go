// Package sqlstore keeps API keys in a SQL database, by database/sql alone. Its
// statements are for SQLite (3.35 or newer) and PostgreSQL; the driver is the
// user's choice.
//
//	store := sqlstore.New(db, sqlstore.PostgreSQL)
//	if err := store.Migrate(ctx); err != nil { … }
//
// With SQLite, set a busy timeout in the driver's data source name: without one, a
// write that meets another fails at once.
package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/contrite-go/contrite/auth"
)

// A Dialect is a database's way of SQL.
type Dialect int

// The dialects.
const (
	SQLite Dialect = iota
	PostgreSQL
)

// A Store is an auth.KeyStore. It is safe for concurrent use. Times are kept to the
// microsecond.
type Store struct {
	db      *sql.DB
	dialect Dialect
}

// New returns a store in db, whose tables [Store.Migrate] makes.
func New(db *sql.DB, dialect Dialect) *Store { return &Store{db, dialect} }

// bind writes the placeholders as the dialect has them.
func (s *Store) bind(query string) string {
	if s.dialect != PostgreSQL {
		return query
	}
	var b strings.Builder
	n := 0
	for _, c := range query {
		if c != '?' {
			b.WriteRune(c)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

const columns = `id, hash, owner, name, environment, scopes, tier, quota, created_at, expires_at, revoked_at, replaced_by`

// Find implements auth.Finder.
func (s *Store) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	row := s.db.QueryRowContext(ctx, s.bind(`SELECT `+columns+` FROM contrite_keys WHERE hash = ?`), hash[:])
	return scan(row)
}

// byID returns the key of an ID.
func (s *Store) byID(ctx context.Context, q querier, id string) (*auth.Key, error) {
	return scan(q.QueryRowContext(ctx, s.bind(`SELECT `+columns+` FROM contrite_keys WHERE id = ?`), id))
}

// A querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// scan reads a row of the columns.
func scan(row interface{ Scan(...any) error }) (*auth.Key, error) {
	var k auth.Key
	var hash, scopes []byte
	var created int64
	var expires, revoked sql.NullInt64
	err := row.Scan(&k.ID, &hash, &k.Owner, &k.Name, &k.Environment, &scopes, &k.Tier, &k.Quota,
		&created, &expires, &revoked, &k.ReplacedBy)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, auth.ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("sqlstore: reading a key: %w", err)
	case copy(k.Hash[:], hash) != len(k.Hash):
		return nil, fmt.Errorf("sqlstore: the hash of the key %s has %d bytes", k.ID, len(hash))
	}
	if err := json.Unmarshal(scopes, &k.Scopes); err != nil {
		return nil, fmt.Errorf("sqlstore: reading the scopes of the key %s: %w", k.ID, err)
	}
	k.CreatedAt, k.ExpiresAt, k.RevokedAt = time.UnixMicro(created).UTC(), instant(expires), instant(revoked)
	return &k, nil
}

// instant reads a time that may be none.
func instant(t sql.NullInt64) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.UnixMicro(t.Int64).UTC()
}

// micros writes a time that may be none.
func micros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}

// Insert implements auth.KeyStore.
func (s *Store) Insert(ctx context.Context, key *auth.Key, audit auth.Audit) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.insert(ctx, tx, key); err != nil {
			return err
		}
		return s.record(ctx, tx, audit)
	})
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, k *auth.Key) error {
	scopes, err := json.Marshal(append([]string{}, k.Scopes...))
	if err != nil {
		return err
	}
	n, err := s.exec(ctx, tx, `INSERT INTO contrite_keys (`+columns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		k.ID, k.Hash[:], k.Owner, k.Name, k.Environment, string(scopes), k.Tier, k.Quota,
		k.CreatedAt.UnixMicro(), micros(k.ExpiresAt), micros(k.RevokedAt), k.ReplacedBy)
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: %s", auth.ErrExists, k.ID)
	}
	return err
}

// List implements auth.KeyStore.
func (s *Store) List(ctx context.Context, owner string) ([]*auth.Key, error) {
	rows, err := s.db.QueryContext(ctx, s.bind(`SELECT `+columns+` FROM contrite_keys
		WHERE owner = ? ORDER BY created_at DESC, id`), owner)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: listing keys: %w", err)
	}
	defer rows.Close()
	keys := []*auth.Key{}
	for rows.Next() {
		key, err := scan(rows)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: listing keys: %w", err)
	}
	return keys, nil
}

// Revoke implements auth.KeyStore.
func (s *Store) Revoke(ctx context.Context, id string, at time.Time, audit auth.Audit) (key *auth.Key, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		n, err := s.exec(ctx, tx, `UPDATE contrite_keys SET revoked_at = ?
			WHERE id = ? AND (revoked_at IS NULL OR revoked_at > ?)`, micros(at), id, micros(at))
		if err != nil {
			return err
		}
		if n > 0 {
			if err := s.record(ctx, tx, audit); err != nil {
				return err
			}
		}
		key, err = s.byID(ctx, tx, id)
		return err
	})
	return key, err
}

// Replace implements auth.KeyStore. The first statement is the one that decides: of
// two at the same time, the second finds the first one's work.
func (s *Store) Replace(ctx context.Context, id string, expires time.Time, next *auth.Key, audit auth.Audit) (*auth.Key, error) {
	kept := next
	err := s.write(ctx, func(tx *sql.Tx) error {
		n, err := s.exec(ctx, tx, `UPDATE contrite_keys SET replaced_by = ?,
				expires_at = CASE WHEN expires_at < ? THEN expires_at ELSE ? END
			WHERE id = ? AND replaced_by = '' AND revoked_at IS NULL`,
			next.ID, micros(expires), micros(expires), id)
		if err != nil {
			return err
		}
		if n == 0 {
			kept, err = s.whyNot(ctx, tx, id)
			return err
		}
		if err := s.insert(ctx, tx, next); err != nil {
			return err
		}
		if err := s.record(ctx, tx, audit); err != nil {
			return err
		}
		return s.record(ctx, tx, auth.Audit{KeyID: next.ID, Action: auth.Issued, Actor: audit.Actor, At: audit.At})
	})
	if err != nil && !errors.Is(err, auth.ErrReplaced) {
		kept = nil
	}
	return kept, err
}

// whyNot says why a key could not be replaced, and with which key it was before.
func (s *Store) whyNot(ctx context.Context, tx *sql.Tx, id string) (*auth.Key, error) {
	old, err := s.byID(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, id)
	}
	if old.ReplacedBy == "" {
		return nil, fmt.Errorf("%w: %s", auth.ErrRevoked, id)
	}
	next, err := s.byID(ctx, tx, old.ReplacedBy)
	if err != nil {
		return nil, err
	}
	return next, fmt.Errorf("%w: %s", auth.ErrReplaced, id)
}

// Audits implements auth.KeyStore.
func (s *Store) Audits(ctx context.Context, keyID string) ([]auth.Audit, error) {
	rows, err := s.db.QueryContext(ctx, s.bind(`SELECT action, actor, at FROM contrite_key_audits
		WHERE key_id = ? ORDER BY seq`), keyID)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: reading audit records: %w", err)
	}
	defer rows.Close()
	var audits []auth.Audit
	for rows.Next() {
		a := auth.Audit{KeyID: keyID}
		var at int64
		if err := rows.Scan(&a.Action, &a.Actor, &at); err != nil {
			return nil, fmt.Errorf("sqlstore: reading audit records: %w", err)
		}
		a.At = time.UnixMicro(at).UTC()
		audits = append(audits, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: reading audit records: %w", err)
	}
	return audits, nil
}

func (s *Store) record(ctx context.Context, tx *sql.Tx, a auth.Audit) error {
	_, err := s.exec(ctx, tx, `INSERT INTO contrite_key_audits (key_id, action, actor, at) VALUES (?, ?, ?, ?)`,
		a.KeyID, string(a.Action), a.Actor, a.At.UnixMicro())
	return err
}

// exec runs a statement and returns how many rows it changed.
func (s *Store) exec(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	result, err := q.ExecContext(ctx, s.bind(query), args...)
	if err != nil {
		return 0, fmt.Errorf("sqlstore: %w", err)
	}
	return result.RowsAffected()
}

// write runs f in a transaction, which happens whole or not at all.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return nil
}
