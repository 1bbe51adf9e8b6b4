package sqlstore_test

import (
	"context"
	"database/sql"
	"log"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/sqlstore"
)

// The driver is the program's choice: here pgx, which it imports for its side effects.
func ExampleNew() {
	db, err := sql.Open("pgx", "postgres://localhost/agents")
	if err != nil {
		log.Fatal(err)
	}
	store := sqlstore.New(db, sqlstore.PostgreSQL)
	if err := store.Migrate(context.Background()); err != nil {
		log.Fatal(err)
	}
	format := auth.KeyFormat{"live": "sk_live_", "test": "sk_test_"}
	keys := &auth.Keys{Store: &auth.Cache{Store: store, TTL: 5 * time.Second}, Format: format, Environment: "live"}
	issuer := &auth.Issuer{Store: store, Format: format}
	_, _ = keys, issuer
}

func ExampleStore_Migrate() {
	db, err := sql.Open("sqlite", "file:keys.db?_pragma=busy_timeout(10000)&_txlock=immediate")
	if err != nil {
		log.Fatal(err)
	}
	if err := sqlstore.New(db, sqlstore.SQLite).Migrate(context.Background()); err != nil {
		log.Fatal(err)
	}
}
