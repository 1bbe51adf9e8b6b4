package authtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth/jwtauth"
)

// Audience is the aud of an Issuer's tokens.
const Audience = "https://api.test"

// An Issuer signs tokens and publishes its keys on a server of its own, until the
// test ends. Its methods are safe for concurrent use.
type Issuer struct {
	t      testing.TB
	alg    jwtauth.Algorithm
	server *httptest.Server

	mu      sync.Mutex
	signer  *Signer
	keys    []map[string]any // as published
	made    int
	status  int           // answered instead, if not zero
	hang    chan struct{} // if not nil, replies wait until it is closed
	fetches int
}

// NewIssuer starts an Issuer that signs with the algorithm, ES256 if it is left out.
func NewIssuer(t testing.TB, alg ...jwtauth.Algorithm) *Issuer {
	t.Helper()
	i := &Issuer{t: t, alg: append(alg, jwtauth.ES256)[0]}
	i.Rotate()
	i.server = httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(func() {
		i.Restore() // or closing would wait for the hanging replies
		i.server.Close()
	})
	return i
}

// URL is where the keys are.
func (i *Issuer) URL() string { return i.server.URL + "/jwks.json" }

// Rules accept the issuer's tokens, with the keys that it publishes.
func (i *Issuer) Rules() jwtauth.Rules {
	return jwtauth.Rules{
		Issuer:     i.server.URL,
		Audience:   []string{Audience},
		Algorithms: []jwtauth.Algorithm{i.alg},
		Keys:       &jwtauth.JWKS{URL: i.URL()},
	}
}

// Token signs a token with the newest key: a good one for an hour, but for the claims
// that are given. A nil one is left out.
func (i *Issuer) Token(claims Claims) string {
	i.t.Helper()
	now := time.Now()
	all := Claims{
		"iss": i.server.URL, "aud": Audience, "sub": "sub_1",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return i.Signer().Token(all)
}

// Signer returns what signs now.
func (i *Issuer) Signer() *Signer {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.signer
}

// Rotate publishes a new key, which signs from now on. The old ones stay published.
func (i *Issuer) Rotate() {
	i.t.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.made++
	i.signer = NewSigner(i.t, fmt.Sprint("key-", i.made), i.alg)
	if j := i.signer.JWK(); j != nil {
		i.keys = append(i.keys, j)
	}
}

// Publish replaces the keys that are published by any values.
func (i *Issuer) Publish(keys ...map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

// Fail has the issuer answer fetches with the status.
func (i *Issuer) Fail(status int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.status = status
}

// Hang has the issuer answer no fetch until Restore.
func (i *Issuer) Hang() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.hang == nil {
		i.hang = make(chan struct{})
	}
}

// Restore ends what Fail and Hang began.
func (i *Issuer) Restore() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.status = 0
	if i.hang != nil {
		close(i.hang)
		i.hang = nil
	}
}

// Fetches returns how often the keys were asked for.
func (i *Issuer) Fetches() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetches++
	hang := i.hang
	i.mu.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-r.Context().Done():
			return
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.status != 0 {
		w.WriteHeader(i.status)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": i.keys})
}
