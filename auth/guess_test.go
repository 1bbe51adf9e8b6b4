package auth_test

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	chi "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/ratelimit"
)

// guesses limits what a client may fail with. A request takes nothing beforehand, so
// that many good ones may be under way at once.
func guesses(limit int64) *ratelimit.Limiter {
	return &ratelimit.Limiter{
		OnError: quiet.WriteError,
		Policies: []ratelimit.Policy{{
			Name: "guesses", Limit: limit, Window: time.Minute, Key: ratelimit.ByIP(),
			Costs: func(*http.Request) int64 { return 0 },
			Settle: func(_ *http.Request, status int, _ int64) int64 {
				if status == http.StatusUnauthorized {
					return 1
				}
				return 0
			},
		}},
	}
}

func ExampleGuard_failedAttempts() {
	guesses := &ratelimit.Limiter{Policies: []ratelimit.Policy{{
		Name: "guesses", Limit: 2, Window: time.Minute, Key: ratelimit.ByIP(),
		Costs: func(*http.Request) int64 { return 0 }, // nothing, until it is a 401
		Settle: func(_ *http.Request, status int, _ int64) int64 {
			if status == http.StatusUnauthorized {
				return 1
			}
			return 0
		},
	}}}
	guard := &auth.Guard{
		Verifier: &auth.Keys{Store: new(auth.Memory), Format: format},
		OnError:  new(errcatalog.Writer).WriteError,
	}
	h := chi.ClientIPFromRemoteAddr(guesses.Handler(guard.Handler(hello)))
	for range 3 {
		key, _, _ := format.New("live") // a guess
		get(h, key)
	}
	// Output:
	// 401 invalid_credentials Bearer error="invalid_token", error_description="The credentials are not valid"
	// 401 invalid_credentials Bearer error="invalid_token", error_description="The credentials are not valid"
	// 429 rate_limited
}

func TestFailedAttemptsAreLimitedBeforeTheStoreIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &recorder{Finder: &w.store}
	keys := w.verifier()
	keys.Store = store
	g := &auth.Guard{Verifier: keys, OnError: quiet.WriteError}
	h := chi.ClientIPFromRemoteAddr(guesses(2).Handler(g.Handler(hello)))
	var got []int
	for _, name := range []string{"good", "good", "good", "unknown", "good", "revoked", "good", "unknown"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+w.keys[name])
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		got = append(got, rec.Code)
	}
	if want := []int{200, 200, 200, 401, 200, 401, 429, 429}; !slices.Equal(got, want) || len(store.asked) != 6 {
		t.Errorf("got %v after %d look-ups, want %v after 6", got, len(store.asked), want)
	}
}

// A recorder notes which hashes a store is asked for.
type recorder struct {
	auth.Finder
	asked []auth.Hash
}

func (s *recorder) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	s.asked = append(s.asked, hash)
	return s.Finder.Find(ctx, hash)
}

// near makes keys that the store does not have and that are like one that it has, each
// with the checksum that it should have.
func near(t *testing.T, key string) map[string]string {
	t.Helper()
	other := mint(t, "live")
	const id, secret = len("ex_live_") + 12, len("ex_live_") + 36
	return map[string]string{
		"of nothing in common": other,
		"of a known ID":        checked(key[:id] + other[id:secret]),
		"of a known secret":    checked(other[:id] + key[id:secret]),
		"of another end":       checked(key[:secret-1] + another(key[secret-1])),
		"of another beginning": checked(key[:id] + another(key[id]) + key[id+1:secret]),
	}
}

// another returns another character than c.
func another(c byte) string {
	if c == 'a' {
		return "b"
	}
	return "a"
}

// checked ends a key with its checksum.
func checked(key string) string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum, end := crc32.ChecksumIEEE([]byte(key)), ""
	for range 6 {
		end = base62[sum%62:][:1] + end
		sum /= 62
	}
	return key + end
}

func TestJunkCausesNoLookUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.keys["good"]
	for name, junk := range map[string]string{
		"everything": "", "a character": good[:49] + "!", "the checksum": w.keys["junk"],
		"the length": good + good, "the prefix": "xx" + good[2:],
	} {
		store := &recorder{Finder: &w.store}
		keys := w.verifier()
		keys.Store = store
		if _, err := keys.Verify(t.Context(), junk, time.Now()); err == nil || len(store.asked) > 0 {
			t.Errorf("a key of which %s is wrong is looked up %d times: %v", name, len(store.asked), err)
		}
	}
}

// What an unknown key is answered, and how long that takes, depends on nothing but its
// hash: it is looked up once, whole, whatever it has in common with one that is known.
func TestEveryUnknownKeyGoesTheSameWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var first error
	for name, key := range near(t, w.keys["good"]) {
		store := &recorder{Finder: &w.store}
		keys := w.verifier()
		keys.Store = store
		_, err := keys.Verify(t.Context(), key, time.Now())
		if want := []auth.Hash{auth.HashKey(key, nil)}; !slices.Equal(store.asked, want) {
			t.Errorf("a key %s is looked up %d times", name, len(store.asked))
		}
		if first == nil {
			first = err
		}
		if !errors.Is(err, errcatalog.CredentialsInvalid) || fmt.Sprintf("%#v", err) != fmt.Sprintf("%#v", first) {
			t.Errorf("a key %s gives %#v, another %#v", name, err, first)
		}
	}
}

func TestAnUnknownKeyIsAnsweredAsJunkIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := func(key string) string {
		rec := ask(&auth.Guard{Verifier: w.verifier()}, nil, "X-Request-Id: req_1", "Authorization: Bearer "+key)
		return fmt.Sprint(rec.Code, rec.Header(), rec.Body)
	}
	junk := reply(w.keys["junk"])
	for name, key := range near(t, w.keys["good"]) {
		if got := reply(key); got != junk {
			t.Errorf("a key %s is answered %s\njunk is answered %s", name, got, junk)
		}
	}
}
