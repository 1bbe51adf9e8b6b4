package auth_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
)

// A slow store counts how often it is asked, and takes a second each time.
type slow struct {
	auth.Memory
	asked atomic.Int32
	fail  atomic.Pointer[error]
}

func (s *slow) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	s.asked.Add(1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.fail.Load(); err != nil {
		return nil, *err
	}
	return s.Memory.Find(ctx, hash)
}

func (s *slow) issue(t *testing.T) (auth.Hash, *auth.Key) {
	t.Helper()
	issuer := auth.Issuer{Store: &s.Memory, Format: format}
	secret, key, err := issuer.Issue(t.Context(), "test", auth.Grant{Environment: "live"})
	if err != nil {
		t.Fatal(err)
	}
	return auth.HashKey(secret, nil), key
}

func (s *slow) expect(t *testing.T, what string, want int32) {
	t.Helper()
	if got := s.asked.Load(); got != want {
		t.Errorf("%s: the store was asked %d times, want %d", what, got, want)
	}
}

func TestManyWhoAskForOneKeyCauseOneLookUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(slow)
		hash, _ := store.issue(t)
		cache := &auth.Cache{Store: store}
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if _, err := cache.Find(t.Context(), hash); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		store.expect(t, "100 requests", 1)
	})
}

func TestARevokedKeyIsRefusedWithinTheBound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(slow)
		hash, key := store.issue(t)
		cache := &auth.Cache{Store: store, TTL: 10 * time.Second}
		if _, err := cache.Find(t.Context(), hash); err != nil {
			t.Fatal(err)
		}
		revoked := time.Now()
		if _, err := store.Revoke(t.Context(), key.ID, revoked, auth.Audit{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		found, err := cache.Find(t.Context(), hash)
		if err != nil || found.RevokedAt.IsZero() {
			t.Errorf("10 s after the revocation the key is %v (%v)", found.RevokedAt, err)
		}
	})
}

// A delayed store answers with what was true when it was asked, five seconds later.
type delayed struct{ auth.Memory }

func (d *delayed) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	key, err := d.Memory.Find(ctx, hash)
	time.Sleep(5 * time.Second)
	return key, err
}

// A Verifier is given its time, which need not be that of the clock.
func TestTheBoundHoldsForAnyTimeThatAKeyIsJudgedBy(t *testing.T) {
	t.Parallel()
	for name, judged := range map[string]func(began time.Time) time.Time{
		"now":       func(time.Time) time.Time { return time.Now() },
		"held":      func(began time.Time) time.Time { return began },
		"long ago":  func(time.Time) time.Time { return time.Unix(0, 0) },
		"far ahead": func(began time.Time) time.Time { return began.AddDate(100, 0, 0) },
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			store := new(auth.Memory)
			issuer := auth.Issuer{Store: store, Format: format}
			secret, key, err := issuer.Issue(t.Context(), "test", auth.Grant{Environment: "live"})
			if err != nil {
				t.Fatal(err)
			}
			keys := &auth.Keys{Store: &auth.Cache{Store: store}, Format: format}
			if _, err := keys.Verify(t.Context(), secret, judged(began)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := issuer.Revoke(t.Context(), "test", key.ID); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
			if _, err := keys.Verify(t.Context(), secret, judged(began)); !errors.Is(err, errcatalog.KeyRevoked) {
				t.Errorf("%s, after it was revoked: %v", name, err)
			}
		})
	}
}

func TestTheBoundHoldsWithAStoreThatIsSlowerThanIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(delayed)
		issuer := auth.Issuer{Store: store, Format: format}
		secret, key, err := issuer.Issue(t.Context(), "test", auth.Grant{Environment: "live"})
		if err != nil {
			t.Fatal(err)
		}
		cache := &auth.Cache{Store: store, TTL: 2 * time.Second}
		find := func() (*auth.Key, error) { return cache.Find(t.Context(), auth.HashKey(secret, nil)) }
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = find() })
		synctest.Wait()
		if _, err := issuer.Revoke(t.Context(), "test", key.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2*time.Second + time.Nanosecond)
		wg.Go(func() {
			if found, err := find(); err != nil || found.RevokedAt.IsZero() {
				t.Errorf("later than the bound the key is revoked at %v (%v)", found.RevokedAt, err)
			}
		})
		wg.Wait()
		if found, err := find(); err != nil || found.RevokedAt.IsZero() {
			t.Errorf("afterwards the key is revoked at %v (%v)", found.RevokedAt, err)
		}
	})
}

func TestTheFirstWhoAskedMayLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(slow)
		hash, _ := store.issue(t)
		cache := &auth.Cache{Store: store}
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := cache.Find(ctx, hash); !errors.Is(err, context.Canceled) {
				t.Errorf("who left gets the error %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if _, err := cache.Find(t.Context(), hash); err != nil {
				t.Errorf("who waits gets the error %v", err)
			}
		})
		synctest.Wait()
		leave()
		wg.Wait()
		store.expect(t, "two requests", 1)
	})
}

func TestUnknownHashesAreKeptApartAndShortly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(slow)
		hash, _ := store.issue(t)
		cache := &auth.Cache{Store: store, UnknownSize: 2, UnknownTTL: time.Minute, TTL: time.Hour}
		find := func(hash auth.Hash) error { _, err := cache.Find(t.Context(), hash); return err }
		_ = find(hash)
		junk := func(n byte) auth.Hash { return auth.HashKey(string(n), nil) }
		for n := range byte(10) {
			if err := find(junk(n)); !errors.Is(err, auth.ErrNotFound) {
				t.Fatal(err)
			}
		}
		store.expect(t, "a key and ten unknown hashes", 11)
		_, _, _ = find(hash), find(junk(9)), find(junk(8))
		store.expect(t, "the key and the last two again", 11)
		_ = find(junk(7))
		store.expect(t, "one that was pushed out", 12)
		time.Sleep(time.Minute)
		_ = find(junk(7))
		store.expect(t, "one that is too old", 13)
	})
}

func TestAFailureIsNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(slow)
		hash, _ := store.issue(t)
		down := errors.New("down")
		store.fail.Store(&down)
		cache := &auth.Cache{Store: store}
		if _, err := cache.Find(t.Context(), hash); !errors.Is(err, down) {
			t.Errorf("got the error %v", err)
		}
		store.fail.Store(nil)
		if _, err := cache.Find(t.Context(), hash); err != nil {
			t.Errorf("a recovered store gives the error %v", err)
		}
	})
}

func TestTheCacheIsBoundedHoweverManyAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := new(slow)
		cache := &auth.Cache{Store: store, Size: 8, UnknownSize: 4, TTL: time.Hour, UnknownTTL: time.Hour}
		hashes := make([]auth.Hash, 60)
		known := func(i int) bool { return i%2 == 0 }
		for i := range hashes {
			if hashes[i] = auth.HashKey(mint(t, "live"), nil); known(i) {
				hashes[i], _ = store.issue(t)
			}
		}
		check := func(i int) {
			key, err := cache.Find(t.Context(), hashes[i])
			if known(i) && (err != nil || key.Hash != hashes[i]) || !known(i) && !errors.Is(err, auth.ErrNotFound) {
				t.Errorf("hash %d gives %v, %v", i, key, err)
			}
		}
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				for i := range hashes {
					check((i*7 + n*11) % len(hashes))
				}
			})
		}
		wg.Wait()
		before := store.asked.Load()
		for i := range hashes {
			wg.Go(func() { check(i) }) // at once, so that none is found that was just put
		}
		wg.Wait()
		store.expect(t, "afterwards all but 8 and 4", before+60-8-4)
	})
}

// panicking is a store whose code is wrong.
type panicking struct{}

func (panicking) Find(context.Context, auth.Hash) (*auth.Key, error) { panic("canary") }

func TestAStoreThatPanicsIsAnError(t *testing.T) {
	t.Parallel()
	cache := &auth.Cache{Store: panicking{}}
	if _, err := cache.Find(t.Context(), auth.Hash{}); err == nil {
		t.Error("got no error")
	}
}
