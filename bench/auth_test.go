package bench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	chijwt "github.com/go-chi/jwtauth/v5"
	"github.com/golang-jwt/jwt/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/requestid"
)

const (
	issuer   = "https://id.test"
	audience = "https://api.test"
)

var (
	secret = []byte("0123456789abcdef0123456789abcdef")
	errs   = &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}
	bare   = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
)

// claims are those of an ordinary access token (RFC 9068, section 2.2).
func claims() authtest.Claims {
	now := time.Now()
	return authtest.Claims{
		"iss": issuer, "aud": audience, "sub": "5ba552d67", "client_id": "s6BhdRkqt3",
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "jti": "dbe39bf3a3ba4238a513f51d6e1691c4",
		"scope": "agents:read agents:write",
	}
}

// serve sends the same request again and again.
func serve(b *testing.B, h http.Handler, credential string) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+credential)
	r.Header.Set("X-Request-Id", "req_1")
	rec := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(rec, r)
	}
	if rec.Code != http.StatusOK {
		b.Fatal(rec.Code, rec.Body)
	}
}

// BenchmarkToken is a token that no cache knows, for each algorithm: the signature
// check alone, ours without HTTP, ours as a middleware, and golang-jwt by hand.
// go-chi/jwtauth has HS256 alone here.
func BenchmarkToken(b *testing.B) {
	for _, alg := range []jwtauth.Algorithm{jwtauth.HS256, jwtauth.RS256, jwtauth.PS256, jwtauth.ES256, jwtauth.EdDSA} {
		signer := authtest.NewSigner(b, "k1", alg)
		token := signer.Token(claims())
		tokens, err := jwtauth.New(jwtauth.Rules{
			Issuer: issuer, Audience: []string{audience},
			Algorithms: []jwtauth.Algorithm{alg}, Keys: jwtauth.Static{signer.Key()},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(alg)+"/signature", func(b *testing.B) {
			method := jwt.GetSigningMethod(string(alg))
			at := strings.LastIndexByte(token, '.')
			signature, _ := jwt.NewParser().DecodeSegment(token[at+1:])
			b.ReportAllocs()
			for b.Loop() {
				if err := method.Verify(token[:at], signature, signer.Public()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(alg)+"/verify", func(b *testing.B) {
			now := time.Now()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tokens.Verify(b.Context(), token, now); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(alg)+"/bare", func(b *testing.B) { serve(b, requestid.Handler(bare), token) })
		b.Run(string(alg)+"/middleware", func(b *testing.B) {
			serve(b, requestid.Handler(auth.Require(tokens, errs.WriteError)(bare)), token)
		})
		b.Run(string(alg)+"/golang-jwt", func(b *testing.B) {
			serve(b, byHand(string(alg), signer.Public())(bare), token)
		})
	}
	b.Run("HS256/go-chi", func(b *testing.B) {
		ja := chijwt.New("HS256", secret, nil)
		_, token, err := ja.Encode(claims())
		if err != nil {
			b.Fatal(err)
		}
		serve(b, chijwt.Verifier(ja)(chijwt.Authenticator(ja)(bare)), token)
	})
}

// byHand is the middleware that one writes with golang-jwt, with the checks that it
// offers.
func byHand(alg string, key any) func(http.Handler) http.Handler {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithIssuer(issuer),
		jwt.WithAudience(audience), jwt.WithExpirationRequired())
	type contextKey struct{}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			parsed, err := parser.Parse(token, func(*jwt.Token) (any, error) { return key, nil })
			if err != nil {
				http.Error(w, "unauthorized", http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, parsed.Claims)))
		})
	}
}

// BenchmarkKey is an API key that the cache knows, and one that is none.
func BenchmarkKey(b *testing.B) {
	store := new(auth.Memory)
	key := authtest.IssueKey(b, store, auth.Grant{Owner: "acme"})
	keys := &auth.Keys{Store: &auth.Cache{Store: store, TTL: time.Hour}, Format: authtest.Format}
	b.Run("bare", func(b *testing.B) { serve(b, requestid.Handler(bare), key) })
	b.Run("known", func(b *testing.B) {
		serve(b, requestid.Handler(auth.Require(keys, errs.WriteError)(bare)), key)
	})
	b.Run("junk", func(b *testing.B) {
		now := time.Now()
		none := &auth.Keys{Format: authtest.Format} // without a store: who asks it, panics
		junk := key[:len(key)-1] + "0"              // the last digit of the checksum
		if junk == key {
			junk = key[:len(key)-1] + "1"
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := none.Verify(b.Context(), junk, now); err == nil {
				b.Fatal("junk passes")
			}
		}
	})
}
