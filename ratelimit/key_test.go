package ratelimit_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/ratelimit"
)

// A keyStore remembers the keys that it is asked for, and admits all.
type keyStore struct{ keys []string }

func (s *keyStore) Take(_ context.Context, charges []ratelimit.Charge, decisions []ratelimit.Decision) error {
	for i := range charges {
		s.keys = append(s.keys, string(charges[i].Key))
		decisions[i] = ratelimit.Decision{Allowed: true, At: time.Unix(0, 0)}
	}
	return nil
}
func (s *keyStore) Settle(context.Context, []ratelimit.Charge) error { return nil }

// keyOf returns the key that a store gets for a request.
func keyOf(k ratelimit.Key, r *http.Request) (string, error) {
	var s keyStore
	l := &ratelimit.Limiter{Store: &s, Policies: []ratelimit.Policy{{Name: "p", Limit: 1, Window: 1, Key: k}}}
	if err := l.Check(nil, r); err != nil {
		return "", err
	}
	return s.keys[0], nil
}

// fromAddr passes a request through one of chi's middlewares.
func fromAddr(mw func(http.Handler) http.Handler, r *http.Request) (got *http.Request) {
	mw(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r })).ServeHTTP(nil, r)
	return got
}

func request(addr string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = addr
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func TestByIPCountsByAddressOrNetwork(t *testing.T) {
	t.Parallel()
	key := func(addr string) string {
		k, err := keyOf(ratelimit.ByIP(), fromAddr(middleware.ClientIPFromRemoteAddr, request(addr)))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1:1", "192.0.2.1:2", true},
		{"192.0.2.1:1", "192.0.2.2:1", false},
		{"192.0.2.1:1", "[::ffff:192.0.2.1]:1", true},
		{"[2001:db8::1]:1", "[2001:db8::ffff]:1", true},
		{"[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", false},
		{"[::%a]:1", "58.58.37.97:1", false}, // the same bytes
	} {
		if same := key(test.a) == key(test.b); same != test.same {
			t.Errorf("%s and %s have one key: %v", test.a, test.b, same)
		}
	}
}

func TestKeysThatARequestLacks(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	teapot := errcatalog.Conflict.Because(errors.New("why"))
	for _, test := range []struct {
		name  string
		key   ratelimit.Key
		kind  errcatalog.Kind
		cause error
	}{
		{"no client IP", ratelimit.ByIP(), errcatalog.BadRequest, ratelimit.ErrNoClientIP},
		{"no principal", ratelimit.ByPrincipal(), errcatalog.Internal, ratelimit.ErrNoPrincipal},
		{"no route", ratelimit.ByRoute(), errcatalog.Internal, ratelimit.ErrNoRoute},
		{"of several one", ratelimit.Join(ratelimit.ByHeader("a"), ratelimit.ByIP()), errcatalog.BadRequest, ratelimit.ErrNoClientIP},
		{"a kind", ratelimit.By("x", func(*http.Request) (string, error) { return "", teapot }), errcatalog.Conflict, teapot},
	} {
		if _, err := keyOf(test.key, r); !errors.Is(err, test.kind) || !errors.Is(err, test.cause) {
			t.Errorf("%s: the error is %v", test.name, err)
		}
	}
}

// It is alone: the log is the program's.
func TestTheFirstRequestWithoutAClientIPIsInTheLog(t *testing.T) {
	var text bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&text, nil)))
	key, r := ratelimit.ByIP(), httptest.NewRequest(http.MethodGet, "/", nil)
	for range 3 {
		_, _ = keyOf(key, r)
	}
	if got := text.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, ratelimit.ErrNoClientIP.Error()) {
		t.Errorf("the log has\n%s", got)
	}
}

func TestByPrincipalCountsByQuota(t *testing.T) {
	t.Parallel()
	store := new(auth.Memory)
	format := auth.KeyFormat{"live": "sk_live_"}
	issuer := &auth.Issuer{Store: store, Format: format}
	verifier := &auth.Keys{Store: store, Format: format, Environment: "live"}
	limiter := &ratelimit.Limiter{Policies: []ratelimit.Policy{{Name: "p", Limit: 5, Window: time.Minute, Key: ratelimit.ByPrincipal()}}}
	h := auth.Require(verifier, new(errcatalog.Writer).WriteError)(limiter.Handler(bare))
	left := func(secret string) string {
		rec := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		h.ServeHTTP(rec, r)
		return rec.Header().Get("X-RateLimit-Remaining")
	}
	issue := func() (string, *auth.Key) {
		secret, key, err := issuer.Issue(t.Context(), "ada", auth.Grant{Owner: "acme", Environment: "live"})
		if err != nil {
			t.Fatal(err)
		}
		return secret, key
	}
	first, key := issue()
	second, _ := issue()
	next, _, err := issuer.Regenerate(t.Context(), "ada", key, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join([]string{left(first), left(first), left(second), left(next)}, " "); got != "4 3 4 2" {
		t.Errorf("there remain %s", got)
	}
}

func TestByRouteCountsByPattern(t *testing.T) {
	t.Parallel()
	var s keyStore
	l := &ratelimit.Limiter{Store: &s, Policies: []ratelimit.Policy{{Name: "p", Limit: 1, Window: 1, Key: ratelimit.ByRoute()}}}
	router := chi.NewRouter()
	router.With(l.Handler).Get("/a/{id}", bare)
	router.With(l.Handler).Head("/a/{id}", bare)
	router.With(l.Handler).Post("/a/{id}", bare)
	router.Route("/v1", func(r chi.Router) { r.With(l.Handler).Get("/b", bare) })
	mux := http.NewServeMux()
	mux.Handle("/c/{id}", l.Handler(bare))
	key := func(h http.Handler, method, path string) string {
		t.Helper()
		before := len(s.keys)
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, path, nil))
		if len(s.keys) != before+1 {
			t.Fatalf("%s %s was not counted", method, path)
		}
		return s.keys[before]
	}
	base := key(router, "GET", "/a/1")
	for _, test := range []struct {
		name string
		key  string
		same bool
	}{
		{"another path of the route", key(router, "GET", "/a/2"), true},
		{"HEAD", key(router, "HEAD", "/a/2"), true},
		{"POST", key(router, "POST", "/a/1"), false},
		{"another route", key(router, "GET", "/v1/b"), false},
		{"a ServeMux", key(mux, "GET", "/c/1"), false},
	} {
		if (test.key == base) != test.same {
			t.Errorf("%s has the same key: %v", test.name, !test.same)
		}
	}
	if key(mux, "FOO", "/c/1") != key(mux, "BAR", "/c/2") {
		t.Error("made-up methods have keys of their own")
	}
}

func TestLongKeysAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	a, _ := keyOf(ratelimit.ByHeader("X-Tenant"), request("", "X-Tenant", long))
	b, _ := keyOf(ratelimit.ByHeader("X-Tenant"), request("", "X-Tenant", long+"y"))
	if a == b || len(a) > 100 {
		t.Errorf("the keys are %q and %q", a, b)
	}
}

// A rekeyingStore counts all under one key.
type rekeyingStore struct{ key []byte }

func (s rekeyingStore) Take(_ context.Context, charges []ratelimit.Charge, decisions []ratelimit.Decision) error {
	for i := range charges {
		charges[i].Key = s.key
		decisions[i].Allowed = true
	}
	return nil
}
func (s rekeyingStore) Settle(context.Context, []ratelimit.Charge) error { return nil }

func TestAStoresOwnKeyIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	s := rekeyingStore{[]byte("one of the store's own")}
	l := &ratelimit.Limiter{Store: s, Policies: []ratelimit.Policy{perMinute("minute", 5), perMinute("hour", 5)}}
	for range 10 {
		if err := l.Check(nil, request("")); err != nil {
			t.Fatal(err)
		}
	}
	if string(s.key) != "one of the store's own" {
		t.Errorf("it is %q", s.key)
	}
}

func TestPoliciesDoNotShareKeys(t *testing.T) {
	t.Parallel()
	var s keyStore
	var policies []ratelimit.Policy
	for _, name := range []string{"a", "ab", "b", "a b"} {
		policies = append(policies, ratelimit.Policy{Name: name, Limit: 1, Window: 1})
	}
	l := &ratelimit.Limiter{Store: &s, Policies: policies}
	if err := l.Check(nil, request("")); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, k := range s.keys {
		if seen[k] {
			t.Errorf("%q is the key of two policies", k)
		}
		seen[k] = true
	}
}

// FuzzKeysAreUnambiguous makes keys of two values twice: of a policy's name and a key, of a
// header's values, and joined. Equal keys are of equal values.
func FuzzKeysAreUnambiguous(f *testing.F) {
	f.Add("a", "b", "ab", "")
	f.Add("a:", "b", "a", ":b")
	f.Add("a", "kb", "ak", "b")
	f.Add("", "\x00\x00\x00\x00", "\x00\x00\x00\x00", "")
	f.Add(strings.Repeat("x", 300), "", strings.Repeat("x", 299), "x")
	f.Fuzz(func(t *testing.T, a1, b1, a2, b2 string) {
		by := func(s string) ratelimit.Key {
			return ratelimit.By("string", func(*http.Request) (string, error) { return s, nil })
		}
		keys := func(a, b string) []string {
			r := request("")
			r.Header["B"] = []string{b, a}
			var s keyStore
			l := &ratelimit.Limiter{Store: &s, Policies: []ratelimit.Policy{
				{Name: "n" + url.QueryEscape(a), Window: 1, Key: by(b)},
				{Name: "header", Window: 1, Key: ratelimit.ByHeader("B")},
				{Name: "joined", Window: 1, Key: ratelimit.Join(by(a), ratelimit.Join(by(b)), ratelimit.Key{})},
			}}
			if err := l.Check(nil, r); err != nil {
				t.Fatal(err)
			}
			return s.keys
		}
		first, second := keys(a1, b1), keys(a2, b2)
		for i, name := range []string{"single", "header", "joined"} {
			if same := first[i] == second[i]; same != (a1 == a2 && b1 == b2) {
				t.Errorf("%s: (%q, %q) and (%q, %q) have one key: %v", name, a1, b1, a2, b2, same)
			}
		}
	})
}

// FuzzForwardedFor sends chains of addresses: the key is the one that chi and httprate
// tell clients apart by, and a chain that chi does not trust is refused.
func FuzzForwardedFor(f *testing.F) {
	for _, chain := range []string{"192.0.2.1", "192.0.2.1, 10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "junk, 10.0.0.1", "", ",,", "1.2.3.4,junk"} {
		f.Add(chain, "192.0.2.1")
	}
	xff := middleware.ClientIPFromXFF("10.0.0.0/8")
	f.Fuzz(func(t *testing.T, a, b string) {
		key := func(chain string) (string, string) {
			r := fromAddr(xff, request("10.0.0.9:1", "X-Forwarded-For", chain))
			want := httprate.CanonicalizeIP(middleware.GetClientIP(r.Context()))
			k, err := keyOf(ratelimit.ByIP(), r)
			if (err == nil) != (want != "") {
				t.Fatalf("%q is the client %q, and the key %q, %v", chain, want, k, err)
			}
			return k, want
		}
		keyA, wantA := key(a)
		keyB, wantB := key(b)
		if (keyA == keyB) != (wantA == wantB) {
			t.Errorf("%q and %q are the clients %q and %q, and the keys %q and %q", a, b, wantA, wantB, keyA, keyB)
		}
	})
}
