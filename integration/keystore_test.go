package integration

import (
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/sqlstore"
	"github.com/contrite-go/contrite/auth/storetest"
)

// open opens a database and makes its tables.
func open(t *testing.T, driver, source string, dialect sqlstore.Dialect) *sqlstore.Store {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	store := sqlstore.New(db, dialect)
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}

func sqlite(t *testing.T) *sqlstore.Store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "keys.db")
	return open(t, "sqlite", "file:"+file+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_txlock=immediate", sqlstore.SQLite)
}

// postgres opens the server that make test-integration started.
func postgres(t *testing.T) *sqlstore.Store {
	t.Helper()
	source := os.Getenv("CONTRITE_POSTGRES")
	if source == "" {
		t.Fatal("CONTRITE_POSTGRES names no PostgreSQL server; run make test-integration, which starts one")
	}
	return open(t, "pgx", source, sqlstore.PostgreSQL)
}

func TestSQLiteIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) auth.KeyStore { return sqlite(t) })
}

func TestPostgreSQLIsAStore(t *testing.T) {
	t.Parallel()
	store := postgres(t)
	storetest.Run(t, func(*testing.T) auth.KeyStore { return store })
}

func TestReplicasMigrateTogether(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]*sqlstore.Store{"SQLite": sqlite(t), "PostgreSQL": postgres(t)} {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if err := store.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}
