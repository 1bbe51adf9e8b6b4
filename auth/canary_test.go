package auth_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// Canaries are the spellings in which a secret could get out, by name.
type canaries map[string]string

// add adds the spellings of some bytes: as text, and as what the verbs of fmt make of
// a string, a slice and an array.
func (c canaries) add(name string, secret []byte) {
	c[name] = string(secret)
	c[name+" in hex"] = hex.EncodeToString(secret)
	c[name+" in base64"] = base64.RawStdEncoding.EncodeToString(secret)
	c[name+" in base64 for URLs"] = base64.RawURLEncoding.EncodeToString(secret)
	for _, verb := range []string{"%d", "%#v", "%o", "%#x", "% x", "%b", "%q", "%U"} {
		c[name+" as "+verb] = strings.Trim(fmt.Sprintf(verb, secret), `[]"`)
	}
}

// addPart adds eight bytes of it: a part is too much, too, as a stack or a list has it.
func (c canaries) addPart(name string, secret []byte) {
	part := fmt.Sprintf("%#v", secret[:8])
	c["a part of "+name] = part[strings.IndexByte(part, '{')+1 : len(part)-1]
	c["a part of "+name+" as %d"] = strings.Trim(fmt.Sprint(secret[:8]), "[]")
	c["a part of "+name+" in hex"] = hex.EncodeToString(secret[:8])
}

// absent fails the test for every canary in the text.
func (c canaries) absent(t *testing.T, where, text string) {
	t.Helper()
	folded := strings.ToLower(text)
	for name, canary := range c {
		if strings.Contains(folded, strings.ToLower(canary)) {
			t.Errorf("%s shows %s: %.300s", where, name, text)
		}
	}
}

var pepper = auth.Secret("a pepper of 32 bytes or a little")

// A cage is a world with canaries: a store and a cache that know a key, with a
// pepper, and what is secret of them.
type cage struct {
	canaries
	key    string
	stored *auth.Key
	issuer *auth.Issuer
	cache  *auth.Cache
	keys   *auth.Keys
}

func newCage(t *testing.T) *cage {
	t.Helper()
	store := new(auth.Memory)
	c := &cage{canaries: canaries{}, issuer: &auth.Issuer{Store: store, Format: format, Pepper: pepper}}
	var err error
	if c.key, c.stored, err = c.issuer.Issue(t.Context(), "test", auth.Grant{Environment: "live", Owner: "acme"}); err != nil {
		t.Fatal(err)
	}
	c.cache = &auth.Cache{Store: store, TTL: time.Hour}
	c.keys = &auth.Keys{Store: c.cache, Format: format, Pepper: pepper}
	if _, err := c.keys.Verify(t.Context(), c.key, time.Now()); err != nil {
		t.Fatal(err)
	}
	c.add("the key", []byte(c.key))
	for name, secret := range map[string][]byte{
		"the key's secret": []byte(c.key[len("ex_live_")+12:]), "the hash": c.stored.Hash[:], "the pepper": pepper,
	} {
		c.add(name, secret)
		c.addPart(name, secret)
	}
	return c
}

// values are what the package hands out, and what a user may print of it.
func (c *cage) values(t *testing.T) map[string]any {
	t.Helper()
	ctx := t.Context()
	principal, err := c.keys.Verify(ctx, c.key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	listed, err := c.issuer.List(ctx, "acme")
	if err != nil {
		t.Fatal(err)
	}
	guard := &auth.Guard{Verifier: c.keys, OnError: quiet.WriteError}
	guard.Handler(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	return map[string]any{
		"a hash": c.stored.Hash, "a pointer to a hash": &c.stored.Hash, "hashes": []auth.Hash{c.stored.Hash},
		"a map by hash": map[auth.Hash]bool{c.stored.Hash: true}, "a secret": pepper,
		"guards": []*auth.Guard{guard}, "issuers": []*auth.Issuer{c.issuer}, "verifiers": []any{c.keys, c.cache},
		"a key": *c.stored, "a pointer to a key": c.stored, "listed keys": listed,
		"a principal": *principal, "a pointer to a principal": principal,
		"an issuer": *c.issuer, "a pointer to an issuer": c.issuer, "a verifier": c.keys,
		"a guard": guard, "a memory": c.issuer.Store, "a cache": c.cache,
		"in a struct": struct {
			Key   *auth.Key
			Hash  auth.Hash
			Store any
		}{c.stored, c.stored.Hash, c.issuer.Store},
	}
}

// failures are the errors that the package returns of the key.
func (c *cage) failures(t *testing.T) map[string]error {
	t.Helper()
	ctx, found := t.Context(), map[string]error{}
	found["exists"] = c.issuer.Store.Insert(ctx, c.stored, auth.Audit{})
	_, _, found["no environment"] = c.issuer.Issue(ctx, "test", auth.Grant{Environment: "moon"})
	if _, _, err := c.issuer.Regenerate(ctx, "test", c.stored, 0); err != nil {
		t.Fatal(err)
	}
	_, _, found["replaced"] = c.issuer.Regenerate(ctx, "test", c.stored, 0)
	_, _, found["not found"] = c.issuer.Regenerate(ctx, "test", &auth.Key{Principal: auth.Principal{ID: "nobody", Environment: "live"}}, 0)
	for name, store := range map[string]auth.Finder{
		"a failing store": failing{}, "a store that panics": &auth.Cache{Store: panicky{}}, "a store that finds another": wrong{c.issuer.Store},
	} {
		keys := &auth.Keys{Store: store, Format: format, Pepper: pepper}
		_, found[name] = keys.Verify(ctx, c.key, time.Now())
	}
	for _, credential := range []string{c.key, c.key[:49] + "!", mint(t, "live")} {
		keys := &auth.Keys{Store: c.issuer.Store, Format: format, Pepper: pepper, Environment: "test"}
		_, found["a refusal of "+credential[8:12]] = keys.Verify(ctx, credential, time.Now())
	}
	for name, err := range found {
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	return found
}

// A failing store tells in its error what it was asked.
type failing struct{}

func (failing) Find(_ context.Context, hash auth.Hash) (*auth.Key, error) {
	return nil, fmt.Errorf("looking for %x (%v, %d): connection refused", hash, hash, hash)
}

// A panicky store panics with what it was asked.
type panicky struct{}

//go:noinline
func (panicky) Find(_ context.Context, hash auth.Hash) (*auth.Key, error) { panic(hash) }

// A wrong store finds the key of another hash.
type wrong struct{ auth.Finder }

func (w wrong) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	key, err := w.Finder.Find(ctx, hash)
	if err != nil {
		return nil, err
	}
	other := *key
	other.Hash[0]++
	return &other, nil
}

func TestNoVerbShowsASecret(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	values := c.values(t)
	for name, err := range c.failures(t) {
		values[name] = err
	}
	for name, v := range values {
		// Not the others: for a verb that fits no value of the kind, which vet refuses,
		// fmt prints what is inside and asks no method.
		for verb := range strings.FieldsSeq("%v %+v %#v %s %q %x %X %#x %d %o %b %T") {
			c.absent(t, name+" as "+verb, fmt.Sprintf(verb, v))
		}
	}
}

func TestNoEncodingShowsASecret(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	for name, v := range c.values(t) {
		text, err := json.Marshal(v)
		c.absent(t, name+" in JSON", fmt.Sprint(string(text), err))
	}
}

func TestNoLogShowsASecret(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	values := c.values(t)
	for name, err := range c.failures(t) {
		values[name], values[name+", wrapped"] = err, errcatalog.AuthUnavailable.Because(err)
	}
	options := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	for name, handler := range map[string]func(w io.Writer) slog.Handler{
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, options) },
		"JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, options) },
	} {
		for what, v := range values {
			var log bytes.Buffer
			slog.New(handler(&log)).With("in", v).WithGroup("group").Debug("canary", "value", v, slog.Group("g", "v", v))
			if log.Len() == 0 {
				t.Fatal("nothing was logged")
			}
			c.absent(t, what+" in a log of "+name, log.String())
		}
	}
}

func TestNoPanicShowsASecret(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	keys := &auth.Keys{Store: panicky{}, Format: format, Pepper: pepper}
	request := func() *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Authorization", "Bearer "+c.key)
		return r
	}
	t.Run("as Go prints it", func(t *testing.T) {
		t.Parallel()
		defer func() {
			v := recover()
			stack := string(debug.Stack())
			if v == nil || !strings.Contains(stack, "panicky") {
				t.Errorf("the store did not panic: %s", stack)
			}
			c.absent(t, "the panic", fmt.Sprintf("%v %#v %x", v, v, v))
			c.absent(t, "the stack", stack)
		}()
		auth.Require(keys, quiet.WriteError)(http.NotFoundHandler()).ServeHTTP(httptest.NewRecorder(), request())
	})
	t.Run("as the suite reports it", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		errs := &errcatalog.Writer{Report: func(ctx context.Context, e *errcatalog.Error, _ error) {
			var p *middleware.PanicError
			if !errors.As(e, &p) {
				t.Errorf("%v is no panic", e)
				return
			}
			slog.New(slog.NewJSONHandler(&log, nil)).ErrorContext(ctx, "failed", "error", e, "panic", p, "text", p.Error())
		}}
		rec := httptest.NewRecorder()
		middleware.Stack{Errors: errs}.Handler(auth.Require(keys, errs.WriteError)(http.NotFoundHandler())).ServeHTTP(rec, request())
		if log.Len() == 0 {
			t.Error("nothing was logged")
		}
		c.absent(t, "the log", log.String())
		c.absent(t, "the reply", fmt.Sprint(rec.Header(), rec.Body))
	})
}

func TestNoReplyOrReportShowsASecret(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	revoked, err := c.issuer.Revoke(t.Context(), "test", c.stored.ID)
	if err != nil {
		t.Fatal(err)
	}
	bearer, header := "Authorization: Bearer ", "X-Api-Key: "
	expired := *revoked
	expired.RevokedAt, expired.ExpiresAt = time.Time{}, time.Unix(1, 0)
	tests := []struct {
		name   string
		store  auth.Finder
		env    string
		lines  []string
		status int
	}{
		{"revoked", c.issuer.Store, "", []string{bearer + c.key}, 401},
		{"expired", one{&expired}, "", []string{bearer + c.key}, 401},
		{"another environment", one{&auth.Key{Principal: c.stored.Principal, Hash: c.stored.Hash}}, "test", []string{bearer + c.key}, 401},
		{"unknown", new(auth.Memory), "", []string{bearer + c.key}, 401},
		{"misspelt", c.issuer.Store, "", []string{bearer + c.key + "x"}, 401},
		{"malformed", c.issuer.Store, "", []string{bearer + c.key + " x"}, 400},
		{"in two headers", c.issuer.Store, "", []string{bearer + c.key, header + c.key}, 400},
		{"invisible characters", c.issuer.Store, "", []string{header + c.key + "\x7f"}, 400},
		{"in the wrong scheme", c.issuer.Store, "", []string{"Authorization: Basic " + c.key}, 401},
		{"failing", failing{}, "", []string{bearer + c.key}, 503},
		{"failing behind a cache", &auth.Cache{Store: failing{}}, "", []string{bearer + c.key}, 503},
		{"panicking behind a cache", &auth.Cache{Store: panicky{}}, "", []string{bearer + c.key}, 503},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			errs := &errcatalog.Writer{Report: func(ctx context.Context, e *errcatalog.Error, problem error) {
				logger.ErrorContext(ctx, "failed", "error", e, "cause", errors.Unwrap(e), "problem", problem)
			}}
			rec := ask(&auth.Guard{
				Verifier: &auth.Keys{Store: tt.store, Format: format, Pepper: pepper, Environment: tt.env},
				Carriers: []auth.Carrier{auth.Bearer, auth.Header("x-api-key")}, OnError: errs.WriteError,
			}, nil, tt.lines...)
			if rec.Code != tt.status {
				t.Errorf("got %d, want %d", rec.Code, tt.status)
			}
			if log.Len() == 0 {
				t.Error("nothing was reported")
			}
			c.absent(t, "the reply", fmt.Sprint(rec.Header(), rec.Body))
			c.absent(t, "the report", log.String())
		})
	}
}

// one is a store of one key.
type one struct{ key *auth.Key }

func (o one) Find(context.Context, auth.Hash) (*auth.Key, error) { return o.key, nil }
