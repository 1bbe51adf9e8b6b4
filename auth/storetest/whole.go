package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
)

// whole are the tests of what writes leave behind.
var whole = map[string]func(*testing.T, *auth.Issuer){
	"a hash can't be inserted twice":                      hashTwice,
	"text of any sort is kept":                            text,
	"a key keeps its environment and its quota for good":  chain,
	"a revocation can be moved to an earlier time":        earlier,
	"a key revoked by a clock ahead can't be regenerated": future,
	"a write that is refused leaves nothing":              nothing,
	"of many who revoke a key one is recorded":            manyRevoke,
	"many who issue keys get one each":                    manyIssue,
	"to revoke and to regenerate at once is one or both":  both,
	"a cancelled context leaves a write whole or undone":  cancelledWrites,
}

func hashTwice(t *testing.T, i *auth.Issuer) {
	secret, key := issue(t, i, grant(t))
	other := *key
	other.ID += "x"
	if err := i.Store.Insert(t.Context(), &other, auth.Audit{KeyID: other.ID, At: now}); !errors.Is(err, auth.ErrExists) {
		t.Errorf("got the error %v", err)
	}
	same(t, find(t, i, secret), key)
	if n := len(audits(t, i, other.ID)); n != 0 {
		t.Errorf("there are %d audit records of what was not inserted", n)
	}
}

func text(t *testing.T, i *auth.Issuer) {
	const odd = "Zoë's \"?, $1; --\\ 鍵\n"
	secret, key := issue(t, i, auth.Grant{
		Owner: t.Name() + odd, Name: odd, Environment: "live", Tier: odd, Quota: odd, Scopes: []string{odd, "", "a,b"},
	})
	same(t, find(t, i, secret), key)
	if keys, err := i.List(t.Context(), key.Owner); err != nil || len(keys) != 1 {
		t.Errorf("listed %d keys (%v), want 1", len(keys), err)
	}
}

func chain(t *testing.T, i *auth.Issuer) {
	_, first := issue(t, i, auth.Grant{Owner: t.Name(), Environment: "test", Scopes: []string{"a"}})
	secret, key := "", first
	for range 3 {
		var err error
		if secret, key, err = i.Regenerate(t.Context(), "tester", key, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	got := find(t, i, secret)
	if !strings.HasPrefix(secret, format["test"]) || got.Environment != "test" || !slices.Equal(got.Scopes, first.Scopes) {
		t.Errorf("a key of the test environment became %s of %q with the scopes %q", got.ID, got.Environment, got.Scopes)
	}
	if got.Quota != first.ID {
		t.Errorf("the quota is %q, want the first key's %q", got.Quota, first.ID)
	}
}

func earlier(t *testing.T, i *auth.Issuer) {
	secret, key := issue(t, i, grant(t))
	for _, at := range []time.Time{now.Add(time.Hour), now} {
		i.Now = func() time.Time { return at }
		if _, err := i.Revoke(t.Context(), "tester", key.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := find(t, i, secret); !got.RevokedAt.Equal(now) {
		t.Errorf("revoked at %v, want the earlier time", got.RevokedAt)
	}
	if n := len(audits(t, i, key.ID)); n != 3 {
		t.Errorf("there are %d audit records, want 3: of the issue and both revocations", n)
	}
}

// A replica whose clock is behind another's is what this is about.
func future(t *testing.T, i *auth.Issuer) {
	_, key := issue(t, i, grant(t))
	i.Now = func() time.Time { return now.Add(time.Hour) }
	if _, err := i.Revoke(t.Context(), "tester", key.ID); err != nil {
		t.Fatal(err)
	}
	i.Now = func() time.Time { return now }
	if _, _, err := i.Regenerate(t.Context(), "tester", key, time.Hour); !errors.Is(err, auth.ErrRevoked) {
		t.Errorf("regenerating gives the error %v", err)
	}
}

func nothing(t *testing.T, i *auth.Issuer) {
	secret, old := issue(t, i, grant(t))
	_, other := issue(t, i, grant(t))
	taken := *other
	taken.Name = "taken"
	audit := auth.Audit{KeyID: old.ID, Action: auth.Regenerated, Actor: "tester", At: now}
	if got, err := i.Store.Replace(t.Context(), old.ID, now, &taken, audit); got != nil || !errors.Is(err, auth.ErrExists) {
		t.Errorf("replacing by a key that exists gives %v and the error %v", got, err)
	}
	same(t, find(t, i, secret), old)
	if _, err := i.Revoke(t.Context(), "tester", other.ID); err != nil {
		t.Fatal(err)
	}
	if got, _, err := i.Regenerate(t.Context(), "tester", other, 0); got != "" || !errors.Is(err, auth.ErrRevoked) {
		t.Errorf("regenerating a revoked key gives %q and the error %v", got, err)
	}
	if keys, err := i.List(t.Context(), t.Name()); err != nil || len(keys) != 2 {
		t.Errorf("there are %d keys (%v), want the 2 that were issued", len(keys), err)
	}
	if _, err := i.Revoke(t.Context(), "tester", "nobody "+t.Name()); err == nil {
		t.Error("who is not there is revoked")
	}
	for id, want := range map[string]int{old.ID: 1, other.ID: 2, "nobody " + t.Name(): 0} {
		if n := len(audits(t, i, id)); n != want {
			t.Errorf("there are %d audit records of %s, want %d", n, id, want)
		}
	}
}

// together runs f as many at once.
func together(f func(n int)) {
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() { f(n) })
	}
	wg.Wait()
}

func manyRevoke(t *testing.T, i *auth.Issuer) {
	_, key := issue(t, i, grant(t))
	together(func(n int) {
		if got, err := i.Revoke(t.Context(), fmt.Sprint("tester ", n), key.ID); err != nil || !got.RevokedAt.Equal(now) {
			t.Errorf("revoked as %v (%v)", got, err)
		}
	})
	if n := len(audits(t, i, key.ID)); n != 2 {
		t.Errorf("there are %d audit records, want 2", n)
	}
}

func manyIssue(t *testing.T, i *auth.Issuer) {
	g := grant(t)
	together(func(int) {
		secret, key, err := i.Issue(t.Context(), "tester", g)
		if err != nil {
			t.Error(err)
			return
		}
		got, err := i.Store.Find(t.Context(), auth.HashKey(secret, nil))
		if err != nil || got.ID != key.ID {
			t.Errorf("found %v (%v), want %v", got, err, key)
		}
		if records, err := i.Store.Audits(t.Context(), key.ID); err != nil || len(records) != 1 {
			t.Errorf("there are %d audit records (%v), want 1", len(records), err)
		}
	})
	if keys, err := i.List(t.Context(), t.Name()); err != nil || len(keys) != 8 {
		t.Errorf("there are %d keys (%v), want 8", len(keys), err)
	}
}

func both(t *testing.T, i *auth.Issuer) {
	_, old := issue(t, i, grant(t))
	together(func(n int) {
		var err error
		if n%2 == 0 {
			_, err = i.Revoke(t.Context(), "revoker", old.ID)
		} else {
			_, _, err = i.Regenerate(t.Context(), "rotator", old, time.Hour)
		}
		if err != nil && !errors.Is(err, auth.ErrRevoked) && !errors.Is(err, auth.ErrReplaced) {
			t.Error(err)
		}
	})
	Check(t, i.Store, t.Name())
}

func cancelledWrites(t *testing.T, i *auth.Issuer) {
	_, old := issue(t, i, grant(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, revoked := i.Revoke(ctx, "tester", old.ID)
	_, _, replaced := i.Regenerate(ctx, "tester", old, time.Hour)
	keys := Check(t, i.Store, t.Name())
	got := keys[slices.IndexFunc(keys, func(k *auth.Key) bool { return k.ID == old.ID })]
	if (revoked == nil) == got.RevokedAt.IsZero() {
		t.Errorf("revoking gave the error %v and left the key revoked at %v", revoked, got.RevokedAt)
	}
	if (replaced == nil) != (got.ReplacedBy != "") {
		t.Errorf("regenerating gave the error %v and left the key replaced by %q", replaced, got.ReplacedBy)
	}
}

// Check checks that every write to the owner's keys is whole, or has not happened:
// each key has the audit records of what was done to it and no others, and each that
// was replaced has its successor. It returns the keys.
func Check(t testing.TB, store auth.KeyStore, owner string) []*auth.Key {
	t.Helper()
	keys, err := store.List(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, key := range keys {
		ids[key.ID] = true
	}
	for _, key := range keys {
		if key.ReplacedBy != "" && !ids[key.ReplacedBy] {
			t.Errorf("%v is replaced by %s, which is not there", key, key.ReplacedBy)
		}
		records, err := store.Audits(t.Context(), key.ID)
		if err != nil {
			t.Fatal(err)
		}
		count := map[auth.Action]int{}
		for _, a := range records {
			count[a.Action]++
		}
		for action, done := range map[auth.Action]bool{
			auth.Issued: true, auth.Revoked: !key.RevokedAt.IsZero(), auth.Regenerated: key.ReplacedBy != "",
		} {
			if (count[action] > 0) != done || action != auth.Revoked && count[action] > 1 {
				t.Errorf("%v has %d records of having been %s (done: %t)", key, count[action], action, done)
			}
		}
	}
	return keys
}
