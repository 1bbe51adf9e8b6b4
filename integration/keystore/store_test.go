package keystore

import (
	"sync"
	"testing"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/storetest"
)

func TestSQLiteIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) auth.KeyStore { return sqlite(t).open(t) })
}

func TestPostgreSQLIsAStore(t *testing.T) {
	t.Parallel()
	store := postgres(t).open(t)
	storetest.Run(t, func(*testing.T) auth.KeyStore { return store })
}

func TestReplicasMigrateTogether(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]database{"SQLite": sqlite(t), "PostgreSQL": postgres(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					s, err := d.connect(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					s.db.Close()
				})
			}
			wg.Wait()
		})
	}
}
