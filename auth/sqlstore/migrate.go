package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// migrations are the steps that make the tables, in their order. A step that was
// released is never changed.
var migrations = []string{
	`CREATE TABLE contrite_keys (
		id          TEXT PRIMARY KEY,
		hash        {bytes} NOT NULL UNIQUE,
		owner       TEXT NOT NULL,
		name        TEXT NOT NULL,
		environment TEXT NOT NULL,
		scopes      TEXT NOT NULL,
		tier        TEXT NOT NULL,
		quota       TEXT NOT NULL,
		created_at  BIGINT NOT NULL,
		expires_at  BIGINT,
		revoked_at  BIGINT,
		replaced_by TEXT NOT NULL
	)`,
	`CREATE INDEX contrite_keys_owner ON contrite_keys (owner, created_at)`,
	`CREATE TABLE contrite_key_audits (
		seq    {serial},
		key_id TEXT NOT NULL,
		action TEXT NOT NULL,
		actor  TEXT NOT NULL,
		at     BIGINT NOT NULL
	)`,
	`CREATE INDEX contrite_key_audits_key ON contrite_key_audits (key_id, seq)`,
}

// types are what the dialects call a serial primary key and bytes.
var types = map[Dialect]*strings.Replacer{
	SQLite:     strings.NewReplacer("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT", "{bytes}", "BLOB"),
	PostgreSQL: strings.NewReplacer("{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "{bytes}", "BYTEA"),
}

// lock is the number of the PostgreSQL advisory lock under which replicas that start
// together migrate one after the other.
const lock = 0x636f6e74

// Migrate makes the tables, or brings them up to date, in one transaction. It may be
// called at every start, by several processes at once.
func (s *Store) Migrate(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if s.dialect == PostgreSQL {
			if _, err := s.exec(ctx, tx, `SELECT pg_advisory_xact_lock(?)`, lock); err != nil {
				return err
			}
		}
		if _, err := s.exec(ctx, tx, `CREATE TABLE IF NOT EXISTS contrite_migrations (step INTEGER PRIMARY KEY)`); err != nil {
			return err
		}
		for step, statement := range migrations {
			if err := s.step(ctx, tx, step, types[s.dialect].Replace(statement)); err != nil {
				return fmt.Errorf("%w (migration step %d)", err, step)
			}
		}
		return nil
	})
}

// step does one step, unless it was done before.
func (s *Store) step(ctx context.Context, tx *sql.Tx, step int, statement string) error {
	n, err := s.exec(ctx, tx, `INSERT INTO contrite_migrations (step) VALUES (?) ON CONFLICT DO NOTHING`, step)
	if err == nil && n > 0 {
		_, err = s.exec(ctx, tx, statement)
	}
	return err
}
