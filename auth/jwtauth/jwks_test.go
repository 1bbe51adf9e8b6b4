package jwtauth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
)

// A fakeIssuer answers fetches without a network, so that time can be played.
type fakeIssuer struct {
	fetches atomic.Int64

	mu     sync.Mutex
	keys   []map[string]any
	delay  time.Duration
	status int
}

// publish adds a key to those that are published, or replaces them.
func (f *fakeIssuer) publish(keys ...map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keys = keys
}

// answer has the issuer answer with the status, after the delay.
func (f *fakeIssuer) answer(status int, delay time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.delay = status, delay
}

func (f *fakeIssuer) RoundTrip(r *http.Request) (*http.Response, error) {
	f.fetches.Add(1)
	f.mu.Lock()
	keys, status, delay := f.keys, f.status, f.delay
	f.mu.Unlock()
	var set bytes.Buffer
	set.WriteString(`{"keys":[`)
	for i, k := range keys {
		if i > 0 {
			set.WriteByte(',')
		}
		fmt.Fprintf(&set, `{"kty":"OKP","crv":"Ed25519","kid":%q,"x":%q}`, k["kid"], k["x"])
	}
	set.WriteString(`]}`)
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Request: r,
		Body: io.NopCloser(&set), Header: http.Header{},
	}, nil
}

// A jwksWorld is a key set, its issuer, and signers of its keys.
type jwksWorld struct {
	*testing.T
	issuer *fakeIssuer
	set    *jwtauth.JWKS
	v      *jwtauth.Verifier
	a, b   *authtest.Signer
}

// world has an issuer that publishes key a.
func world(t *testing.T, change func(*jwtauth.JWKS)) *jwksWorld {
	t.Helper()
	w := &jwksWorld{
		T: t, issuer: &fakeIssuer{status: 200},
		a: authtest.NewSigner(t, "a", jwtauth.EdDSA), b: authtest.NewSigner(t, "b", jwtauth.EdDSA),
	}
	w.issuer.publish(w.a.JWK())
	w.set = &jwtauth.JWKS{URL: "https://id.test/jwks.json", Client: &http.Client{Transport: w.issuer}}
	if change != nil {
		change(w.set)
	}
	w.v = verifier(t, rules(w.set, jwtauth.EdDSA))
	return w
}

func (w *jwksWorld) verify(token string) error {
	_, err := w.v.Verify(context.Background(), token, now)
	return err
}

// junk is a token with a kid that nobody has.
func (w *jwksWorld) junk(i int) string {
	return w.b.Sign(header{"alg": "EdDSA", "kid": fmt.Sprint("junk-", i)}, good(nil))
}

func (w *jwksWorld) wantFetches(want int64, when string) {
	w.Helper()
	if got := w.issuer.fetches.Load(); got != want {
		w.Errorf("%s: %d fetches, want %d", when, got, want)
	}
}

func (w *jwksWorld) wantPass(token, when string) {
	w.Helper()
	if err := w.verify(token); err != nil {
		w.Errorf("%s: %s", when, reason(err))
	}
}

func TestTheSetIsFetchedOnceAndThenKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.wantFetches(0, "before the first token")
		for range 10 {
			w.wantPass(w.a.Token(good(nil)), "a known key")
		}
		w.wantFetches(1, "after ten tokens")
	})
}

func TestAKeyThatIsRotatedInIsAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.wantPass(w.a.Token(good(nil)), "the first key")
		w.issuer.publish(w.a.JWK(), w.b.JWK())
		w.wantPass(w.b.Token(good(nil)), "the second key")
		w.wantPass(w.a.Token(good(nil)), "the first key, which is still published")
		w.wantFetches(2, "in all")
	})
}

func TestAFloodOfUnknownKeysCausesTwoFetches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.wantPass(w.a.Token(good(nil)), "a known key")
		time.Sleep(time.Minute)
		w.issuer.fetches.Store(0)
		for i := range 1000 {
			if err := w.verify(w.junk(i)); err == nil {
				t.Fatal("junk is accepted")
			}
			if i == 500 { // rotated in, in the middle of it
				w.issuer.publish(w.a.JWK(), w.b.JWK())
			}
		}
		w.wantFetches(2, "after a thousand unknown IDs")
		// The one fetch that the flood leaves for later brings the key.
		err := w.verify(w.b.Token(good(nil)))
		var e *errcatalog.Error
		if !errors.Is(err, errcatalog.AuthUnavailable) || !errors.As(err, &e) {
			t.Fatalf("the rotated key is answered %v", err)
		}
		wait := e.Params()[slices.IndexFunc(e.Params(), func(a slog.Attr) bool { return a.Key == "retry_after" })].Value.Duration()
		if wait <= 0 || wait > 10*time.Second {
			t.Fatalf("it is told to wait %v", wait)
		}
		time.Sleep(wait)
		w.wantPass(w.b.Token(good(nil)), "the rotated key, after the wait")
	})
}

func TestAKeyThatIsRotatedInAmidAFloodIsAcceptedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, func(s *jwtauth.JWKS) { s.Timeout = time.Minute })
		w.wantPass(w.a.Token(good(nil)), "a known key")
		time.Sleep(time.Minute)
		w.issuer.fetches.Store(0)
		w.issuer.answer(200, 100*time.Millisecond)
		var passed atomic.Int64
		var all sync.WaitGroup
		flood := func(from, to int) {
			for i := from; i < to; i++ {
				all.Go(func() {
					if w.verify(w.junk(i)) == nil {
						t.Error("junk is accepted")
					}
				})
			}
		}
		flood(0, 500)
		time.Sleep(50 * time.Millisecond) // a fetch is under way, which lacks the key
		w.issuer.publish(w.a.JWK(), w.b.JWK())
		for range 10 {
			all.Go(func() {
				if err := w.verify(w.b.Token(good(nil))); err != nil {
					t.Errorf("the rotated key: %s", reason(err))
				} else {
					passed.Add(1)
				}
			})
		}
		flood(500, 1000)
		all.Wait()
		w.wantFetches(2, "after a thousand unknown IDs")
		if passed.Load() != 10 {
			t.Errorf("%d of 10 tokens of the rotated key pass", passed.Load())
		}
	})
}

func TestAnEndlessFloodFetchesOnceAnInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, func(s *jwtauth.JWKS) { s.Interval = 5 * time.Second })
		w.wantPass(w.a.Token(good(nil)), "a known key")
		time.Sleep(time.Minute)
		w.issuer.fetches.Store(0)
		for i := range 600 {
			_ = w.verify(w.junk(i))
			time.Sleep(100 * time.Millisecond)
		}
		w.wantFetches(1+60/5, "after a minute of it")
	})
}

func TestABadIDCausesNoOtherFetchForAnInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		wantRefusal(t, w.verify(w.junk(1)), "jwtauth: there is no key of this kid and algorithm")
		for range 9 {
			time.Sleep(time.Second)
			wantRefusal(t, w.verify(w.junk(1)), "jwtauth: there is no key of this kid and algorithm")
		}
		w.wantFetches(1, "within the interval")
		time.Sleep(time.Second)
		wantRefusal(t, w.verify(w.junk(1)), "jwtauth: there is no key of this kid and algorithm")
		w.wantFetches(2, "after it")
	})
}

func TestATokenBeforeItsKeyIsPublishedPassesLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		token := w.b.Token(good(nil))
		if w.verify(token) == nil {
			t.Fatal("an unknown key is accepted")
		}
		w.issuer.publish(w.a.JWK(), w.b.JWK())
		for range 10 { // which does not make it bad for longer
			time.Sleep(time.Second)
			_ = w.verify(token)
		}
		w.wantPass(token, "after an interval")
	})
}

func TestAHangingIssuerDelaysNoKnownKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.wantPass(w.a.Token(good(nil)), "a known key")
		w.issuer.answer(200, time.Hour)
		time.Sleep(2 * time.Hour) // the keys are old, too
		var all sync.WaitGroup
		all.Go(func() {
			start := time.Now()
			if err := w.verify(w.junk(1)); err == nil || errors.Is(err, errcatalog.Unauthenticated) {
				t.Errorf("an unknown key is answered %v", err)
			}
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("an unknown key waits %v", took)
			}
		})
		start := time.Now()
		for range 100 {
			w.wantPass(w.a.Token(good(nil)), "a known key")
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("known keys wait %v", took)
		}
		all.Wait()
	})
}

func TestAClientThatLeavesDoesNotEndTheFetchOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.issuer.answer(200, time.Second)
		ctx, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := w.v.Verify(ctx, w.a.Token(good(nil)), now); !errors.Is(err, context.Canceled) {
				t.Errorf("who left gets %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() { w.wantPass(w.a.Token(good(nil)), "who stayed") })
		synctest.Wait()
		leave()
		all.Wait()
		w.wantFetches(1, "in all")
	})
}

func TestOldKeysAreFetchedAgainInTheBackground(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.wantPass(w.a.Token(good(nil)), "a new key")
		w.issuer.publish(w.b.JWK()) // a is withdrawn
		time.Sleep(time.Hour - time.Second)
		w.wantPass(w.a.Token(good(nil)), "within RefreshAfter")
		synctest.Wait()
		w.wantFetches(1, "within RefreshAfter")
		time.Sleep(time.Second)
		w.wantPass(w.a.Token(good(nil)), "the request that starts the fetch")
		synctest.Wait()
		w.wantFetches(2, "after RefreshAfter")
		if w.verify(w.a.Token(good(nil))) == nil {
			t.Error("a withdrawn key is accepted")
		}
		w.wantPass(w.b.Token(good(nil)), "its successor")
	})
}

func TestKeysOfAFailingIssuerAreTrustedUntilMaxAge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, nil)
		w.wantPass(w.a.Token(good(nil)), "a new key")
		w.issuer.answer(500, 0)
		for range 23 {
			time.Sleep(time.Hour)
			w.wantPass(w.a.Token(good(nil)), "within MaxAge")
			synctest.Wait()
		}
		time.Sleep(time.Hour)
		if err := w.verify(w.a.Token(good(nil))); err == nil || errors.Is(err, errcatalog.Unauthenticated) {
			t.Errorf("after MaxAge it gives %v", err)
		}
		w.issuer.answer(200, 0)
		time.Sleep(10 * time.Second)
		w.wantPass(w.a.Token(good(nil)), "once the issuer answers again")
	})
}

func TestAnIssuerThatFailsAtFirst(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		delay  time.Duration
		want   string
	}{
		"with a status":      {503, 0, "jwtauth: fetching the key set: the issuer answers 503"},
		"with a redirect":    {302, 0, "the issuer answers 302"},
		"by taking too long": {200, time.Minute, "context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := world(t, nil)
				w.set.Client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				w.issuer.answer(tt.status, tt.delay)
				err := w.verify(w.a.Token(good(nil)))
				if err == nil || errors.Is(err, errcatalog.Unauthenticated) || !strings.Contains(fmt.Sprint(err, reason(err)), tt.want) {
					t.Errorf("it gives %v", err)
				}
				w.issuer.answer(200, 0)
				time.Sleep(10 * time.Second)
				w.wantPass(w.a.Token(good(nil)), "once it answers")
			})
		})
	}
}

// panics is a transport with a fault of its own.
type panics struct{}

func (panics) RoundTrip(*http.Request) (*http.Response, error) { panic("a fault") }

func TestAClientThatPanicsEndsNothing(t *testing.T) {
	t.Parallel()
	w := world(t, func(s *jwtauth.JWKS) { s.Client = &http.Client{Transport: panics{}} })
	if err := w.verify(w.a.Token(good(nil))); err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("it gives %v", err)
	}
}

// A trickle is a reply whose body has a space each second and no end.
type trickle struct{ ctx context.Context }

func (trickle) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: trickle{r.Context()}, Request: r}, nil
}

func (b trickle) Read(p []byte) (int, error) {
	select {
	case <-time.After(time.Second):
		p[0] = ' '
		return 1, nil
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}

func (trickle) Close() error { return nil }

func TestABodyThatNeverEndsIsAFailedFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := world(t, func(s *jwtauth.JWKS) {
			s.Client, s.Timeout = &http.Client{Transport: trickle{}}, 5*time.Second
		})
		began := time.Now()
		err := w.verify(w.junk(1))
		if err == nil || errors.Is(err, errcatalog.Unauthenticated) || time.Since(began) != 5*time.Second {
			t.Errorf("after %v it gives %v", time.Since(began), err)
		}
	})
}
