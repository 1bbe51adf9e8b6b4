package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// get sends a request with a Bearer credential and prints what comes back.
func get(h http.Handler, key string) {
	r := httptest.NewRequest(http.MethodGet, "/agents", nil)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Header().Get("X-Error-Code"), " ", w.Header().Get("Www-Authenticate"))))
}

var hello = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "hello", auth.FromContext(r.Context()).Owner)
})

func Example() {
	ctx := context.Background()
	keys := auth.KeyFormat{"live": "sk_live_", "test": "sk_test_"}
	store := new(auth.Memory)
	issuer := auth.Issuer{Store: store, Format: keys}
	key, _, err := issuer.Issue(ctx, "ada", auth.Grant{Owner: "acme", Environment: "live", Scopes: []string{"agents:read"}})
	if err != nil {
		panic(err)
	}

	errs := &errcatalog.Writer{}
	verifier := &auth.Keys{Store: &auth.Cache{Store: store}, Format: keys, Environment: "live"}
	guard := auth.Require(verifier, errs.WriteError)
	scope := auth.RequireScope(errs.WriteError, "agents:write")

	get(guard(hello), key)
	get(guard(hello), "")
	get(guard(hello), key[:len(key)-1]+"_")
	get(guard(scope(hello)), key)
	// Output:
	// 200
	// 401 missing_credentials Bearer
	// 401 invalid_credentials Bearer error="invalid_token", error_description="The credentials are not valid"
	// 403 insufficient_scope Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="agents:write"
}

func ExampleGuard() {
	guard := &auth.Guard{
		Verifier: &auth.Keys{Store: new(auth.Memory), Format: format},
		OnError:  new(errcatalog.Writer).WriteError,
		Carriers: []auth.Carrier{auth.Bearer, auth.Header("x-api-key")},
		Realm:    "agents",
	}
	w := httptest.NewRecorder()
	guard.Handler(hello).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	for _, challenge := range w.Header().Values("WWW-Authenticate") {
		fmt.Println(challenge)
	}
	// Output:
	// Bearer realm="agents"
	// ApiKey header="x-api-key", realm="agents"
}

func ExampleRequire() {
	keys := &auth.Keys{Store: new(auth.Memory), Format: format}
	guard := auth.Require(keys, new(errcatalog.Writer).WriteError)
	get(guard(hello), "")
	// Output: 401 missing_credentials Bearer
}

// Some clients send their key twice, as a Bearer token and in a header of its own.
func ExampleHeader() {
	store := new(auth.Memory)
	issuer := auth.Issuer{Store: store, Format: format}
	key, _, _ := issuer.Issue(context.Background(), "ada", auth.Grant{Owner: "acme", Environment: "live"})
	guard := &auth.Guard{
		Verifier: &auth.Keys{Store: store, Format: format},
		OnError:  new(errcatalog.Writer).WriteError,
		Carriers: []auth.Carrier{auth.Bearer, auth.Header("x-api-key")},
		Several:  auth.AllowEqual,
	}
	for _, other := range []string{key, "another"} {
		r := httptest.NewRequest(http.MethodGet, "/agents", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("X-Api-Key", other)
		p, err := guard.Check(r, time.Now())
		fmt.Println(p != nil, err)
	}
	// Output:
	// true <nil>
	// false credentials_malformed
}

func ExampleKeys() {
	ctx, store := context.Background(), new(auth.Memory)
	issuer := auth.Issuer{Store: store, Format: format, Pepper: pepper}
	live, _, _ := issuer.Issue(ctx, "ada", auth.Grant{Owner: "acme", Environment: "live"})
	test, _, _ := issuer.Issue(ctx, "ada", auth.Grant{Owner: "acme", Environment: "test"})

	keys := &auth.Keys{Store: store, Format: format, Environment: "live", Pepper: pepper}
	for _, key := range []string{live, test, live[:49] + "!"} {
		p, err := keys.Verify(ctx, key, time.Now())
		fmt.Println(p != nil, err)
	}
	// Output:
	// true <nil>
	// false key_environment
	// false credentials_invalid
}

func ExampleKeys_Or() {
	keys := &auth.Keys{Store: new(auth.Memory), Format: format}
	var tokens auth.Verifier = tokens{} // such as one of package jwtauth
	guard := auth.Require(keys.Or(tokens), new(errcatalog.Writer).WriteError)
	get(guard(hello), "token")
	// Output: 200
}

func ExampleCache() {
	store := new(auth.Memory)
	keys := &auth.Keys{
		Store:  &auth.Cache{Store: store, TTL: 5 * time.Second}, // a revoked key is refused 5 seconds later
		Format: format,
	}
	get(auth.Require(keys, new(errcatalog.Writer).WriteError)(hello), "ex_live_junk")
	// Output: 401 invalid_credentials Bearer error="invalid_token", error_description="The credentials are not valid"
}

func ExampleIssuer() {
	ctx := context.Background()
	issuer := auth.Issuer{Store: new(auth.Memory), Format: format}
	secret, key, err := issuer.Issue(ctx, "ada", auth.Grant{Owner: "acme", Name: "CI", Environment: "live"})
	fmt.Println(len(secret), err) // to be shown to its owner, this once

	_, err = issuer.Revoke(ctx, "ada", key.ID)
	keys, _ := issuer.List(ctx, "acme")
	fmt.Println(keys[0].Name, keys[0].RevokedAt.IsZero(), err)

	audits, _ := issuer.Store.Audits(ctx, key.ID)
	for _, a := range audits {
		fmt.Println(a.Actor, a.Action)
	}
	// Output:
	// 50 <nil>
	// CI false <nil>
	// ada issued
	// ada revoked
}

func ExampleRequireScope() {
	onError := new(errcatalog.Writer).WriteError
	guard := auth.Require(tokens{}, onError) // which grants no scope
	get(guard(auth.RequireScope(onError, "agents:write")(hello)), "token")
	// Output: 403 insufficient_scope Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="agents:write"
}

func ExampleRequireAnyScope() {
	onError := new(errcatalog.Writer).WriteError
	guard := auth.Require(tokens{}, onError)
	get(guard(auth.RequireAnyScope(onError, "agents:read", "agents:write")(hello)), "token")
	// Output: 403 insufficient_scope Bearer error="insufficient_scope", error_description="The credentials lack a scope", scope="agents:read agents:write"
}

func ExampleKeyFormat() {
	format := auth.KeyFormat{"live": "sk_live_"}
	key, id, err := format.New("live")
	environment, same, ok := format.Parse(key)
	fmt.Println(len(key), err, environment, same == id, ok)
	// Output: 50 <nil> live true true
}

func ExampleIssuer_Regenerate() {
	ctx := context.Background()
	issuer := auth.Issuer{Store: new(auth.Memory), Format: auth.KeyFormat{"live": "sk_live_"}}
	_, old, _ := issuer.Issue(ctx, "ada", auth.Grant{Owner: "acme", Environment: "live", Tier: "business"})

	_, next, err := issuer.Regenerate(ctx, "ada", old, 24*time.Hour)
	fmt.Println(next.ID != old.ID, next.Tier, next.Quota == old.ID, err)
	_, same, err := issuer.Regenerate(ctx, "ada", old, 24*time.Hour)
	fmt.Println(same.ID == next.ID, err != nil)
	// Output:
	// true business true <nil>
	// true true
}

func ExampleTiers() {
	tiers := auth.Tiers{"starter", "business", "enterprise"}
	p := &auth.Principal{Tier: "starter"}
	err := tiers.Check(p, auth.Restriction{Feature: "L4 autonomy", Tier: "business"})
	fmt.Println(err, tiers.Check(p, auth.Restriction{Tier: "starter"}))
	// Output: tier_insufficient <nil>
}

func ExampleTiers_Require() {
	onError := new(errcatalog.Writer).WriteError
	tiers := auth.Tiers{"starter", "business", "enterprise"}
	business := tiers.Require(onError, auth.Restriction{
		Feature: "L4 autonomy", Tier: "business", UpgradeURL: "https://api.example/upgrade",
	})
	get(auth.Require(tokens{}, onError)(business(hello)), "token")
	// Output: 403 insufficient_tier
}

func ExampleFromContext() {
	errs := &errcatalog.Writer{}
	h := errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		p := auth.FromContext(r.Context())
		if p == nil {
			return errcatalog.CredentialsMissing
		}
		return errcatalog.WriteJSON(w, http.StatusOK, p.Scopes)
	})
	get(middleware.Stack{Errors: errs}.Handler(h), "")
	// Output: 401 missing_credentials Bearer
}
