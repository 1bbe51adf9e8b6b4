package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

var format = auth.KeyFormat{"live": "ex_live_", "test": "ex_test_"}

// A world is a store with a key of each sort, by name.
type world struct {
	store auth.Memory
	keys  map[string]string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{keys: map[string]string{"unknown": mint(t, "live"), "junk": "ex_live_" + strings.Repeat("x", 42)}}
	issuer := auth.Issuer{Store: &w.store, Format: format}
	for name, g := range map[string]auth.Grant{
		"good":    {Environment: "live", Scopes: []string{"agents:read"}, Tier: "starter"},
		"test":    {Environment: "test"},
		"expired": {Environment: "live", ExpiresAt: time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC)},
		"revoked": {Environment: "live"},
	} {
		secret, key, err := issuer.Issue(context.Background(), "test", g)
		if err != nil {
			t.Fatal(err)
		}
		if w.keys[name] = secret; name == "revoked" {
			if _, err := issuer.Revoke(context.Background(), "test", key.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	return w
}

func mint(t testing.TB, environment string) string {
	t.Helper()
	secret, _, err := format.New(environment)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// verifier accepts the world's live keys.
func (w *world) verifier() *auth.Keys {
	return &auth.Keys{Store: &w.store, Format: format, Environment: "live"}
}

var quiet = &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}

// ask sends a request with the header lines through the guard.
func ask(g *auth.Guard, inner func(http.Handler) http.Handler, lines ...string) *httptest.ResponseRecorder {
	if g.OnError == nil {
		g.OnError = quiet.WriteError
	}
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello ", auth.FromContext(r.Context()).Tier)
	})
	if inner != nil {
		h = inner(h)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	rec := httptest.NewRecorder()
	middleware.Stack{Errors: quiet}.Handler(g.Handler(h)).ServeHTTP(rec, r)
	return rec
}

func TestARefusalSaysExactlyWhatItMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := []struct {
		name      string
		lines     []string
		status    int
		code      string
		challenge string
	}{
		{"a good key passes", []string{"Authorization: Bearer " + w.keys["good"]}, 200, "", ""},
		{"in any case of the scheme", []string{"Authorization: bEARER  " + w.keys["good"]}, 200, "", ""},

		{"no header", nil, 401, "missing_credentials", `Bearer`},
		{"another scheme", []string{"Authorization: Basic dTpw"}, 401, "missing_credentials", `Bearer`},
		{"a scheme that begins as ours", []string{"Authorization: BearerX " + w.keys["good"]}, 401, "missing_credentials", `Bearer`},
		{"no scheme", []string{"Authorization: " + w.keys["good"]}, 401, "missing_credentials", `Bearer`},
		{"a header that is not looked at", []string{"X-Api-Key: " + w.keys["good"]}, 401, "missing_credentials", `Bearer`},

		{"no token", []string{"Authorization: Bearer"}, 400, "invalid_credentials_header", ""},
		{"a tab for the space", []string{"Authorization: Bearer\t" + w.keys["good"]}, 400, "invalid_credentials_header", ""},
		{"two tokens", []string{"Authorization: Bearer a b"}, 400, "invalid_credentials_header", ""},
		{"no token68", []string{"Authorization: Bearer a\"b"}, 400, "invalid_credentials_header", ""},
		{"padding alone", []string{"Authorization: Bearer =="}, 400, "invalid_credentials_header", ""},
		{"two headers", []string{"Authorization: Bearer a", "Authorization: Bearer a"}, 400, "invalid_credentials_header", ""},

		{"junk", []string{"Authorization: Bearer " + w.keys["junk"]}, 401, "invalid_credentials", `Bearer error="invalid_token", error_description="The credentials are not valid"`},
		{"an unknown key gets the same answer", []string{"Authorization: Bearer " + w.keys["unknown"]}, 401, "invalid_credentials", `Bearer error="invalid_token", error_description="The credentials are not valid"`},
		{"so does one without prefix", []string{"Authorization: Bearer hello"}, 401, "invalid_credentials", `Bearer error="invalid_token", error_description="The credentials are not valid"`},
		{"so does the key of another environment", []string{"Authorization: Bearer " + w.keys["test"]}, 401, "invalid_credentials", `Bearer error="invalid_token", error_description="The credentials are not valid"`},
		{"the holder of a revoked key learns it", []string{"Authorization: Bearer " + w.keys["revoked"]}, 401, "invalid_credentials", `Bearer error="invalid_token", error_description="The credentials have been revoked"`},
		{"the holder of an expired key learns it", []string{"Authorization: Bearer " + w.keys["expired"]}, 401, "expired_credentials", `Bearer error="invalid_token", error_description="The credentials have expired"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := ask(&auth.Guard{Verifier: w.verifier()}, nil, tt.lines...)
			if rec.Code != tt.status || rec.Header().Get("X-Error-Code") != tt.code {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Header().Get("X-Error-Code"), tt.status, tt.code)
			}
			if got := strings.Join(rec.Header()["Www-Authenticate"], "; "); got != tt.challenge {
				t.Errorf("the challenge is %s\nwant %s", got, tt.challenge)
			}
			for name, key := range w.keys {
				if strings.Contains(fmt.Sprint(rec.Header(), rec.Body), key[8:]) {
					t.Errorf("the reply shows the %s key", name)
				}
			}
		})
	}
}

func TestSeveralCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bearer, header := "Authorization: Bearer ", "X-Api-Key: "
	good, unknown := w.keys["good"], w.keys["unknown"]
	both := []auth.Carrier{auth.Bearer, auth.Header("x-api-key")}
	tests := []struct {
		name    string
		several auth.Several
		lines   []string
		status  int
	}{
		{"either will do", auth.RefuseSeveral, []string{header + good}, 200},
		{"two are refused", auth.RefuseSeveral, []string{bearer + good, header + good}, 400},
		{"equal ones are allowed", auth.AllowEqual, []string{bearer + good, header + good}, 200},
		{"others are not", auth.AllowEqual, []string{bearer + good, header + unknown}, 400},
		{"the first counts", auth.FirstCounts, []string{bearer + good, header + unknown}, 200},
		{"also when it is the bad one", auth.FirstCounts, []string{bearer + unknown, header + good}, 401},
		{"a malformed one is malformed", auth.AllowEqual, []string{bearer + "a b", header + good}, 400},
		{"an empty header is none", auth.RefuseSeveral, []string{bearer + good, "X-Api-Key: "}, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			g := &auth.Guard{Verifier: w.verifier(), Carriers: both, Several: tt.several}
			if rec := ask(g, nil, tt.lines...); rec.Code != tt.status {
				t.Errorf("got %d %s, want %d", rec.Code, rec.Body, tt.status)
			}
		})
	}
}

func TestChallengesAreForEachCarrierAndSafelyQuoted(t *testing.T) {
	t.Parallel()
	g := &auth.Guard{
		Verifier: newWorld(t).verifier(),
		Carriers: []auth.Carrier{auth.Bearer, auth.Header("x-api-key")},
		Realm:    "a\"b\\c\r\nd", ResourceMetadata: "https://api.example/.well-known/oauth-protected-resource",
	}
	want := []string{
		`Bearer realm="a b c  d", resource_metadata="https://api.example/.well-known/oauth-protected-resource"`,
		`ApiKey header="x-api-key", realm="a b c  d"`,
	}
	if got := ask(g, nil).Header()["Www-Authenticate"]; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A verifier is a function as a Verifier.
type verifier func(ctx context.Context) (*auth.Principal, error)

func (v verifier) Verify(ctx context.Context, _ string, _ time.Time) (*auth.Principal, error) {
	return v(ctx)
}

func TestAFailingStoreIs503AndNever401(t *testing.T) {
	t.Parallel()
	g := &auth.Guard{Verifier: verifier(func(context.Context) (*auth.Principal, error) {
		return nil, errors.New("dial tcp 10.0.3.7: connection refused")
	})}
	rec := ask(g, nil, "Authorization: Bearer a")
	if rec.Code != 503 || rec.Header().Get("Retry-After") == "" || rec.Header().Get("Www-Authenticate") != "" {
		t.Errorf("got %d with %v", rec.Code, rec.Header())
	}
	if strings.Contains(rec.Body.String(), "10.0.3.7") {
		t.Errorf("the reply shows the cause: %s", rec.Body)
	}
}

// A hanging store answers when it is no longer waited for.
type hanging struct{}

func (hanging) Find(ctx context.Context, _ auth.Hash) (*auth.Key, error) {
	<-ctx.Done()
	return nil, fmt.Errorf("querying: %w", ctx.Err())
}

func TestAStoreThatHangsIsNever401(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		store  auth.Finder
		cause  error // of the request's end, after a second
		status int
	}{
		{"until the request's deadline", hanging{}, nil, 504},
		{"behind a cache", &auth.Cache{Store: hanging{}}, nil, 504},
		{"until the server wants no more of it", hanging{}, errcatalog.Overloaded, 503},
		{"behind a cache, until the server wants no more of it", &auth.Cache{Store: hanging{}}, errcatalog.Overloaded, 503},
		{"until any other end", &auth.Cache{Store: hanging{}}, errors.New("going down"), 503},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, tt.cause)
				defer cancel()
				g := &auth.Guard{Verifier: &auth.Keys{Store: tt.store, Format: format}, OnError: quiet.WriteError}
				r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
				r.Header.Set("Authorization", "Bearer "+mint(t, "live"))
				rec := httptest.NewRecorder()
				g.Handler(http.NotFoundHandler()).ServeHTTP(rec, r)
				if rec.Code != tt.status || rec.Header().Get("Www-Authenticate") != "" {
					t.Errorf("got %d with %v, want %d", rec.Code, rec.Header(), tt.status)
				}
				if tt.status == 503 && rec.Header().Get("Retry-After") == "" {
					t.Error("a 503 without Retry-After")
				}
				time.Sleep(10 * time.Second) // the cache's own look-up ends
			})
		})
	}
}

func TestACredentialMustBeInForceWhenItIsChecked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		held   time.Duration // from when the request came
		status int
	}{
		{"before it expires", time.Minute - 1, 200},
		{"as it expires", time.Minute, 401},
		{"after it expired", time.Hour, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var store auth.Memory
				secret, _, err := (&auth.Issuer{Store: &store, Format: format}).Issue(t.Context(), "test",
					auth.Grant{Environment: "live", ExpiresAt: time.Now().Add(time.Minute)})
				if err != nil {
					t.Fatal(err)
				}
				guarded := auth.Require(&auth.Keys{Store: &store, Format: format}, quiet.WriteError)(hello)
				h := middleware.Stack{Errors: quiet}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(tt.held)
					guarded.ServeHTTP(w, r)
				}))
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.Header.Set("Authorization", "Bearer "+secret)
				rec := httptest.NewRecorder()
				if h.ServeHTTP(rec, r); rec.Code != tt.status {
					t.Errorf("got %d, want %d", rec.Code, tt.status)
				}
			})
		})
	}
}

func TestWithoutOnErrorTheStandardCatalogueAnswers(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.Handler{
		"a guard": auth.Require(newWorld(t).verifier(), nil)(hello),
		"a scope": auth.RequireScope(nil, "a")(hello),
	} {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		if rec.Code != 401 || rec.Header().Get("Www-Authenticate") == "" {
			t.Errorf("%s answers %d with %v", name, rec.Code, rec.Header())
		}
	}
}

func TestARevokedKeyIsRefusedBeforeItsTimeToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// As it looks to a replica whose clock is an hour behind that of who revoked it.
	_, err := w.verifier().Verify(t.Context(), w.keys["revoked"], time.Now().Add(-time.Hour))
	if !errors.Is(err, errcatalog.KeyRevoked) {
		t.Errorf("got the error %v", err)
	}
}

func TestScopesAndTiers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	on := quiet.WriteError
	tiers := auth.Tiers{"starter", "business", "enterprise"}
	tests := []struct {
		name      string
		inner     func(http.Handler) http.Handler
		status    int
		code      string
		challenge string
	}{
		{"a scope that it has", auth.RequireScope(on, "agents:read"), 200, "", ""},
		{"no scope is needed", auth.RequireScope(on), 200, "", ""},
		{"a scope that it lacks", auth.RequireScope(on, "agents:read", "agents:write"), 403, "insufficient_scope", `Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="agents:read agents:write"`},
		{"one of several", auth.RequireAnyScope(on, "agents:write", "agents:read"), 200, "", ""},
		{"none of several", auth.RequireAnyScope(on, "a", "b"), 403, "insufficient_scope", `Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="a b"`},
		{"its own tier", tiers.Require(on, auth.Restriction{Feature: "L1", Tier: "starter"}), 200, "", ""},
		{"a higher tier", tiers.Require(on, auth.Restriction{Feature: "L4", Tier: "business"}), 403, "insufficient_tier", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := ask(&auth.Guard{Verifier: w.verifier()}, tt.inner, "Authorization: Bearer "+w.keys["good"])
			if rec.Code != tt.status || rec.Header().Get("X-Error-Code") != tt.code ||
				rec.Header().Get("Www-Authenticate") != tt.challenge {
				t.Errorf("got %d %q, challenge %s", rec.Code, rec.Header().Get("X-Error-Code"), rec.Header().Get("Www-Authenticate"))
			}
		})
	}
}

func TestAuthorizationWithoutAGuardRefuses(t *testing.T) {
	t.Parallel()
	rec := httptest.NewRecorder()
	auth.RequireScope(quiet.WriteError, "a")(http.NotFoundHandler()).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if rec.Code != 401 {
		t.Errorf("got %d, want 401", rec.Code)
	}
}

func TestARestrictionToATierThatIsNonePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), `"galaxy"`) {
			t.Errorf("it panics with %v", v)
		}
	}()
	auth.Tiers{"free", "pro"}.Require(nil, auth.Restriction{Feature: "L9", Tier: "galaxy"})
}
