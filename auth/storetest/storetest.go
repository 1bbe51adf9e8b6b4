// Package storetest has the tests that every auth.KeyStore passes.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) auth.KeyStore { return new(auth.Memory) })
//	}
package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
)

// format is that of the keys that the tests issue.
var format = auth.KeyFormat{"live": "st_live_", "test": "st_test_"}

// now is a time that every database keeps exactly.
var now = time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC)

// Run tests the stores that open returns: each call a new and empty one, or one of
// whose keys those of other tests are no part.
func Run(t *testing.T, open func(t *testing.T) auth.KeyStore) {
	tests := map[string]func(*testing.T, *auth.Issuer){
		"a key is found by its hash":                       found,
		"an unknown hash is ErrNotFound":                   unknown,
		"a key can't be inserted twice":                    twice,
		"an owner's keys are listed, the newest first":     listed,
		"a revoked key stays revoked since the first time": revoked,
		"a regenerated key keeps what it was":              regenerated,
		"grace does not lengthen a key's life":             grace,
		"no grace ends the old key at once":                atOnce,
		"a key is regenerated once":                        once,
		"a revoked key can't be regenerated":               revokedNot,
		"of many who regenerate a key one does":            race,
		"what was found does not change":                   immutable,
		"each write leaves its audit record":               audited,
		"a cancelled context is an error":                  cancelled,
	}
	maps.Copy(tests, whole)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test(t, &auth.Issuer{Store: open(t), Format: format, Now: func() time.Time { return now }})
		})
	}
}

// grant is what the tests' keys may do.
func grant(t *testing.T) auth.Grant {
	return auth.Grant{
		Owner: t.Name(), Name: "the test's", Environment: "live", Tier: "business",
		Scopes: []string{"agents:read", "agents:write"}, ExpiresAt: now.Add(24 * time.Hour),
	}
}

func issue(t *testing.T, i *auth.Issuer, g auth.Grant) (string, *auth.Key) {
	t.Helper()
	secret, key, err := i.Issue(t.Context(), "tester", g)
	if err != nil {
		t.Fatal(err)
	}
	return secret, key
}

// find returns the key by its secret.
func find(t *testing.T, i *auth.Issuer, secret string) *auth.Key {
	t.Helper()
	key, err := i.Store.Find(t.Context(), auth.HashKey(secret, i.Pepper))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// same compares two keys as stores keep them.
func same(t *testing.T, got, want *auth.Key) {
	t.Helper()
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"ID", got.ID, want.ID},
		{"owner", got.Owner, want.Owner},
		{"environment", got.Environment, want.Environment},
		{"tier", got.Tier, want.Tier},
		{"quota", got.Quota, want.Quota},
		{"name", got.Name, want.Name},
		{"hash", [32]byte(got.Hash), [32]byte(want.Hash)},
		{"expiry", got.ExpiresAt.UTC(), want.ExpiresAt.UTC()},
		{"time of issue", got.CreatedAt.UTC(), want.CreatedAt.UTC()},
		{"time of revocation", got.RevokedAt.UTC(), want.RevokedAt.UTC()},
		{"successor", got.ReplacedBy, want.ReplacedBy},
	} {
		if c.got != c.want {
			t.Errorf("the %s is %v, want %v", c.what, c.got, c.want)
		}
	}
	if !slices.Equal(got.Scopes, want.Scopes) {
		t.Errorf("the scopes are %q, want %q", got.Scopes, want.Scopes)
	}
}

func found(t *testing.T, i *auth.Issuer) {
	secret, key := issue(t, i, grant(t))
	same(t, find(t, i, secret), key)

	bare, plain := issue(t, i, auth.Grant{Owner: t.Name(), Environment: "test"})
	same(t, find(t, i, bare), plain)
	if plain.Quota != plain.ID || !plain.ExpiresAt.IsZero() {
		t.Errorf("a bare grant gives the quota %q and the expiry %v", plain.Quota, plain.ExpiresAt)
	}
}

func unknown(t *testing.T, i *auth.Issuer) {
	if key, err := i.Store.Find(t.Context(), auth.HashKey(t.Name(), nil)); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("got %v and the error %v", key, err)
	}
	if _, err := i.Revoke(t.Context(), "tester", "nobody"); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("revoking gives the error %v", err)
	}
	nobody := &auth.Key{Principal: auth.Principal{ID: "nobody", Environment: "live"}}
	if _, _, err := i.Regenerate(t.Context(), "tester", nobody, 0); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("regenerating gives the error %v", err)
	}
}

func twice(t *testing.T, i *auth.Issuer) {
	_, key := issue(t, i, grant(t))
	again := *key
	again.Name = "another"
	if err := i.Store.Insert(t.Context(), &again, auth.Audit{KeyID: key.ID, At: now}); !errors.Is(err, auth.ErrExists) {
		t.Errorf("got the error %v", err)
	}
	if n := len(audits(t, i, key.ID)); n != 1 {
		t.Errorf("there are %d audit records, want the first one's alone", n)
	}
}

func listed(t *testing.T, i *auth.Issuer) {
	var want []string
	for n := range 3 {
		i.Now = func() time.Time { return now.Add(time.Duration(n) * time.Hour) }
		_, key := issue(t, i, grant(t))
		want = append([]string{key.ID}, want...)
	}
	other := grant(t)
	other.Owner += "'s neighbor"
	issue(t, i, other)
	if _, err := i.Revoke(t.Context(), "tester", want[1]); err != nil {
		t.Fatal(err)
	}
	keys, err := i.List(t.Context(), t.Name())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, key := range keys {
		got = append(got, key.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	if none, err := i.List(t.Context(), "nobody"); err != nil || none == nil || len(none) != 0 {
		t.Errorf("nobody's keys are %v (%v), want an empty list", none, err)
	}
}

func revoked(t *testing.T, i *auth.Issuer) {
	secret, key := issue(t, i, grant(t))
	for n := range 2 {
		i.Now = func() time.Time { return now.Add(time.Duration(n) * time.Hour) }
		got, err := i.Revoke(t.Context(), "tester", key.ID)
		if err != nil || !got.RevokedAt.Equal(now) {
			t.Errorf("revoked at %v (%v), want the first time", got.RevokedAt, err)
		}
	}
	if got := find(t, i, secret); !got.RevokedAt.Equal(now) {
		t.Errorf("found as revoked at %v", got.RevokedAt)
	}
}

func regenerated(t *testing.T, i *auth.Issuer) {
	g := grant(t)
	g.Quota = "shared"
	oldSecret, old := issue(t, i, g)
	secret, next, err := i.Regenerate(t.Context(), "tester", old, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	want := *old
	want.ID, want.Hash = next.ID, auth.HashKey(secret, nil)
	same(t, find(t, i, secret), &want)
	if before := find(t, i, oldSecret); before.ReplacedBy != next.ID || !before.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("the old key is replaced by %q and expires at %v", before.ReplacedBy, before.ExpiresAt)
	}
}

func grace(t *testing.T, i *auth.Issuer) {
	secret, old := issue(t, i, grant(t))
	if _, _, err := i.Regenerate(t.Context(), "tester", old, 30*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := find(t, i, secret).ExpiresAt; !got.Equal(old.ExpiresAt) {
		t.Errorf("the old key expires at %v, want %v as before", got, old.ExpiresAt)
	}
}

func atOnce(t *testing.T, i *auth.Issuer) {
	g := grant(t)
	g.ExpiresAt = time.Time{}
	secret, old := issue(t, i, g)
	if _, next, err := i.Regenerate(t.Context(), "tester", old, 0); err != nil || !next.ExpiresAt.IsZero() {
		t.Fatalf("the new key expires at %v (%v), want never as the old one", next.ExpiresAt, err)
	}
	if got := find(t, i, secret).ExpiresAt; !got.Equal(now) {
		t.Errorf("the old key expires at %v, want now", got)
	}
}

func once(t *testing.T, i *auth.Issuer) {
	_, old := issue(t, i, grant(t))
	_, next, err := i.Regenerate(t.Context(), "tester", old, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	secret, again, err := i.Regenerate(t.Context(), "tester", old, 0)
	if !errors.Is(err, auth.ErrReplaced) || again == nil || again.ID != next.ID || secret != "" {
		t.Errorf("the second time gives %v and the error %v, want the first one's key without secret", again, err)
	}
}

func revokedNot(t *testing.T, i *auth.Issuer) {
	_, key := issue(t, i, grant(t))
	if _, err := i.Revoke(t.Context(), "tester", key.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := i.Regenerate(t.Context(), "tester", key, time.Hour); !errors.Is(err, auth.ErrRevoked) {
		t.Errorf("got the error %v", err)
	}
}

func race(t *testing.T, i *auth.Issuer) {
	_, old := issue(t, i, grant(t))
	const n = 8
	secrets := make([]string, n)
	ids := make([]string, n)
	var wg sync.WaitGroup
	for j := range n {
		wg.Go(func() {
			secret, next, err := i.Regenerate(t.Context(), fmt.Sprint("tester ", j), old, time.Hour)
			if err != nil && !errors.Is(err, auth.ErrReplaced) {
				t.Error(err)
				return
			}
			secrets[j], ids[j] = secret, next.ID
		})
	}
	wg.Wait()
	made := 0
	for j := range n {
		if secrets[j] != "" {
			made++
		}
		if ids[j] != ids[0] {
			t.Errorf("two keys took the place of one: %q", ids)
		}
	}
	if made != 1 {
		t.Errorf("%d keys were made, want 1", made)
	}
	if keys := Check(t, i.Store, t.Name()); len(keys) != 2 {
		t.Errorf("there are %d keys, want the old one and the new", len(keys))
	}
}

func immutable(t *testing.T, i *auth.Issuer) {
	g := grant(t)
	secret, _ := issue(t, i, g)
	g.Scopes[0] = "everything"
	before := find(t, i, secret)
	if before.Scopes[0] == "everything" {
		t.Error("the caller's slice is the store's")
	}
	if _, err := i.Revoke(t.Context(), "tester", before.ID); err != nil {
		t.Fatal(err)
	}
	if !before.RevokedAt.IsZero() {
		t.Error("a key that was found changed when it was revoked")
	}
}

func audits(t *testing.T, i *auth.Issuer, id string) []auth.Audit {
	t.Helper()
	records, err := i.Store.Audits(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func audited(t *testing.T, i *auth.Issuer) {
	_, old := issue(t, i, grant(t))
	_, next, err := i.Regenerate(t.Context(), "rotator", old, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := i.Revoke(t.Context(), "revoker", next.ID); err != nil {
			t.Fatal(err)
		}
	}
	for id, want := range map[string][]string{
		old.ID:  {"issued by tester", "regenerated by rotator"},
		next.ID: {"issued by rotator", "revoked by revoker"},
	} {
		var got []string
		for _, a := range audits(t, i, id) {
			if a.KeyID != id || !a.At.Equal(now) {
				t.Errorf("a record of %s is of %s, at %v", id, a.KeyID, a.At)
			}
			got = append(got, fmt.Sprintf("%s by %s", a.Action, a.Actor))
		}
		if !slices.Equal(got, want) {
			t.Errorf("the records are %q, want %q", got, want)
		}
	}
}

func cancelled(t *testing.T, i *auth.Issuer) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	secret, key, err := i.Issue(ctx, "tester", grant(t))
	if err == nil {
		return // a store that waits for nothing need not look
	}
	if secret != "" || key != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v and the error %v", key, err)
	}
}
