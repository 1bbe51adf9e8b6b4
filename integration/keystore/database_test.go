package keystore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/contrite-go/contrite/auth/sqlstore"
)

// A database is how to reach one, also from another process.
type database struct {
	Driver  string
	Source  string
	Dialect sqlstore.Dialect
}

// sqlite is a file of the test's own.
func sqlite(t *testing.T) database {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys.db")
	return database{"sqlite", "file:" + file + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate", sqlstore.SQLite}
}

// postgres is a new database of the server that make test-integration started.
func postgres(t *testing.T) database {
	t.Helper()
	source := setting(t, "CONTRITE_POSTGRES")
	db, err := sql.Open("pgx", source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := "keys_" + strings.ToLower(rand.Text())
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return database{"pgx", source + " dbname=" + name, sqlstore.PostgreSQL} // the last one counts
}

// setting returns what integration/with-servers says.
func setting(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Fatalf("%s is not set; run make test-integration, which starts the servers", name)
	}
	return value
}

// A store is a key store with its database.
type store struct {
	*sqlstore.Store
	db *sql.DB
}

// connect opens the database and makes its tables.
func (d database) connect(ctx context.Context) (store, error) {
	db, err := sql.Open(d.Driver, d.Source)
	if err != nil {
		return store{}, err
	}
	s := store{sqlstore.New(db, d.Dialect), db}
	if err := s.Migrate(ctx); err != nil {
		db.Close()
		return store{}, err
	}
	return s, nil
}

// open connects until the end of the test.
func (d database) open(t *testing.T) store {
	t.Helper()
	s, err := d.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
	return s
}
