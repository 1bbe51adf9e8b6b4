package keystore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/storetest"
)

// A deed is what a store said of a write.
type deed struct {
	Action auth.Action
	ID     string // of the key
	Next   string // the ID of the key that took its place
	Secret string // the key that was issued, or took its place
	Err    string
}

// write issues, regenerates and revokes keys until the context ends, or tell returns
// false. A write that fails is not tried again.
func write(ctx context.Context, s auth.KeyStore, owner string, tell func(deed) bool) {
	issuer := &auth.Issuer{Store: s, Format: format}
	for ctx.Err() == nil {
		secret, key, err := issuer.Issue(ctx, "issuer", auth.Grant{Owner: owner, Environment: "live", Scopes: []string{"a"}})
		if !tell(deedOf(auth.Issued, key, nil, secret, err)) {
			return
		}
		if err != nil {
			continue
		}
		secret, next, err := issuer.Regenerate(ctx, "rotator", key, time.Hour)
		if !tell(deedOf(auth.Regenerated, key, next, secret, err)) {
			return
		}
		if _, err = issuer.Revoke(ctx, "revoker", key.ID); !tell(deedOf(auth.Revoked, key, nil, "", err)) {
			return
		}
	}
}

func deedOf(action auth.Action, key, next *auth.Key, secret string, err error) deed {
	d := deed{Action: action, Secret: secret}
	if key != nil {
		d.ID = key.ID
	}
	if next != nil {
		d.Next = next.ID
	}
	if err != nil {
		d.Err = err.Error()
	}
	return d
}

// writers are how many write at once.
const writers = 4

// writer is a process that writes until it is killed, and prints what it did.
func writer(o order) error {
	s, err := o.Database.connect(context.Background())
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			write(context.Background(), s, o.Owner, func(d deed) bool {
				line, err := json.Marshal(d)
				if err == nil {
					_, err = os.Stdout.Write(append(line, '\n')) // a whole line, or none
				}
				return err == nil
			})
		})
	}
	wg.Wait()
	return errors.New("the writers have ended")
}

// settle checks that what the store said it did is done, and that what it did is whole.
func settle(t *testing.T, s store, owner string, deeds []deed) {
	t.Helper()
	keys := map[string]*auth.Key{}
	successors := map[string]bool{}
	for _, key := range storetest.Check(t, s, owner) {
		keys[key.ID] = key
		successors[key.ReplacedBy] = true
	}
	for _, d := range deeds {
		if d.Err != "" {
			continue
		}
		if err := d.done(keys); err != nil {
			t.Errorf("%s of %s was reported: %v", d.Action, d.ID, err)
		}
	}
	for id := range keys {
		if issuedBy(t, s, id) == "rotator" && !successors[id] {
			t.Errorf("%s took the place of no key", id)
		}
	}
	orphans := 0
	row := s.db.QueryRowContext(t.Context(), `SELECT count(*) FROM contrite_key_audits
		WHERE NOT EXISTS (SELECT 1 FROM contrite_keys WHERE id = key_id)`)
	if err := row.Scan(&orphans); err != nil || orphans != 0 {
		t.Errorf("%d audit records are of no key (%v)", orphans, err)
	}
}

// done says what is missing of a deed.
func (d deed) done(keys map[string]*auth.Key) error {
	key, made := keys[d.ID], d.ID
	if d.Action == auth.Regenerated {
		made = d.Next
	}
	switch {
	case key == nil:
		return errors.New("there is no such key")
	case d.Action == auth.Revoked && key.RevokedAt.IsZero():
		return errors.New("the key is not revoked")
	case d.Action == auth.Regenerated && key.ReplacedBy != d.Next:
		return fmt.Errorf("the key is replaced by %q, not %q", key.ReplacedBy, d.Next)
	case d.Secret != "" && (keys[made] == nil || keys[made].Hash != auth.HashKey(d.Secret, nil)):
		return errors.New("the new key is not there")
	}
	return nil
}

// issuedBy returns who is recorded to have issued a key.
func issuedBy(t *testing.T, s store, id string) string {
	t.Helper()
	records, err := s.Audits(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range records {
		if a.Action == auth.Issued {
			return a.Actor
		}
	}
	return ""
}
