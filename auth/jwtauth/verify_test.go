package jwtauth_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/authtest"
	"github.com/contrite-go/contrite/auth/jwtauth"
	"github.com/contrite-go/contrite/errcatalog"
)

type (
	claims = authtest.Claims
	header = map[string]any
)

var (
	now        = time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC)
	algorithms = []jwtauth.Algorithm{jwtauth.HS256, jwtauth.RS256, jwtauth.PS256, jwtauth.ES256, jwtauth.EdDSA}
)

// good are claims that pass, but for what changes says. A nil value removes a claim.
func good(changes claims) claims {
	c := claims{"iss": "https://id.test", "aud": "https://api.test", "sub": "ada", "exp": now.Unix() + 600}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// rules accept good claims.
func rules(keys jwtauth.KeySource, algs ...jwtauth.Algorithm) jwtauth.Rules {
	return jwtauth.Rules{
		Issuer: "https://id.test", Audience: []string{"https://api.test", "https://old.test"},
		Algorithms: algs, Keys: keys, Leeway: -1,
	}
}

func verifier(t testing.TB, r jwtauth.Rules) *jwtauth.Verifier {
	t.Helper()
	v, err := jwtauth.New(r)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reason is why err says that a token is refused, "" if it accepts it.
func reason(err error) string {
	if err == nil {
		return ""
	}
	if cause := errors.Unwrap(err); cause != nil {
		return cause.Error()
	}
	return err.Error()
}

func TestEveryAlgorithmVerifies(t *testing.T) {
	t.Parallel()
	for _, alg := range algorithms {
		t.Run(string(alg), func(t *testing.T) {
			t.Parallel()
			s := authtest.NewSigner(t, "k1", alg)
			other := authtest.NewSigner(t, "k1", alg)
			v := verifier(t, rules(jwtauth.Static{s.Key()}, alg))
			p, err := v.Verify(t.Context(), s.Token(good(claims{"scope": "a:read a:write"})), now)
			if err != nil {
				t.Fatal(reason(err))
			}
			if p.ID != "ada" || p.Owner != "ada" || !slices.Equal(p.Scopes, []string{"a:read", "a:write"}) ||
				!p.ExpiresAt.Equal(now.Add(10*time.Minute)) || p.Claims["iss"] != "https://id.test" {
				t.Errorf("the principal is %+v", p)
			}
			if _, err := v.Verify(t.Context(), other.Token(good(nil)), now); reason(err) != "jwtauth: the signature does not fit" {
				t.Errorf("another's signature gives %q", reason(err))
			}
			token := s.Token(good(nil))
			at := strings.LastIndexByte(token, '.') + 10
			flipped := token[:at] + string(rune('A'+(token[at]-'A'+1)%25)) + token[at+1:]
			if _, err := v.Verify(t.Context(), flipped, now); err == nil {
				t.Error("a changed signature passes")
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.ES256)
	v := verifier(t, rules(jwtauth.Static{s.Key()}, jwtauth.ES256, jwtauth.HS256))
	const forbidden = "jwtauth: the header has crit, b64, jwk, jku, x5u or x5c"
	for _, tt := range []struct {
		name   string
		header header
		want   string
	}{
		{"the least there is", header{"alg": "ES256"}, ""},
		{"typ JWT", header{"alg": "ES256", "typ": "JWT"}, ""},
		{"typ in another case", header{"alg": "ES256", "typ": "jwt"}, ""},
		{"typ at+jwt", header{"alg": "ES256", "typ": "at+jwt"}, ""},
		{"typ with application/", header{"alg": "ES256", "typ": "Application/AT+JWT"}, ""},
		{"members that say nothing", header{"alg": "ES256", "x5t": "abc", "cty": "x"}, ""},
		{"no alg", header{"typ": "JWT"}, "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"a nonce as a number", header{"alg": "ES256", "nonce": 1}, "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"alg as a number", header{"alg": 256}, "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"alg none", header{"alg": "none"}, "jwtauth: the algorithm is not in the list"},
		{"alg None", header{"alg": "None"}, "jwtauth: the algorithm is not in the list"},
		{"alg in lower case", header{"alg": "es256"}, "jwtauth: the algorithm is not in the list"},
		{"alg not in the list", header{"alg": "RS256"}, "jwtauth: the algorithm is not in the list"},
		{"alg of another type of key", header{"alg": "HS256", "kid": "k1"}, "jwtauth: there is no key of this kid and algorithm"},
		{"typ of another kind of token", header{"alg": "ES256", "typ": "logout+jwt"}, "jwtauth: the typ is not one of those expected"},
		{"an empty typ", header{"alg": "ES256", "typ": ""}, "jwtauth: the typ is not one of those expected"},
		{"typ as a list", header{"alg": "ES256", "typ": []string{"JWT"}}, "jwtauth: the typ is not one of those expected"},
		{"crit", header{"alg": "ES256", "crit": []string{"exp"}}, forbidden},
		{"an empty crit", header{"alg": "ES256", "crit": []string{}}, forbidden},
		{"b64", header{"alg": "ES256", "b64": true}, forbidden},
		{"jwk", header{"alg": "ES256", "jwk": s.JWK()}, forbidden},
		{"jku", header{"alg": "ES256", "jku": "https://evil.test/jwks.json"}, forbidden},
		{"x5u", header{"alg": "ES256", "x5u": "https://evil.test/cert"}, forbidden},
		{"x5c", header{"alg": "ES256", "x5c": []string{"MIIB"}}, forbidden},
		{"a null jwk", header{"alg": "ES256", "jwk": nil}, forbidden},
		{"an unknown kid", header{"alg": "ES256", "kid": "k2"}, "jwtauth: there is no key of this kid and algorithm"},
		{"an empty kid", header{"alg": "ES256", "kid": ""}, "jwtauth: the header's kid is not a text of 1 to 256 bytes"},
		{"kid as a number", header{"alg": "ES256", "kid": 1}, "jwtauth: the header's kid is not a text of 1 to 256 bytes"},
		{"a long kid", header{"alg": "ES256", "kid": strings.Repeat("k", 257)}, "jwtauth: the header's kid is not a text of 1 to 256 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := v.Verify(t.Context(), s.Sign(tt.header, good(nil)), now)
			wantRefusal(t, err, tt.want)
		})
	}
}

// wantRefusal checks the reason of a refusal, "" for none, and that it is
// CredentialsInvalid.
func wantRefusal(t *testing.T, err error, want string) {
	t.Helper()
	if got := reason(err); got != want {
		t.Errorf("the reason is %q, want %q", got, want)
	}
	if err != nil && !errors.Is(err, errcatalog.CredentialsInvalid) {
		t.Errorf("it is refused as %v", err)
	}
}

func TestTypesThatAreListedAreTheOnlyOnes(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.ES256)
	r := rules(jwtauth.Static{s.Key()}, jwtauth.ES256)
	r.Types = []string{"at+jwt"}
	v := verifier(t, r)
	for typ, want := range map[any]bool{"at+jwt": true, "AT+JWT": true, "JWT": false, nil: false} {
		h := header{"alg": "ES256"}
		if typ != nil {
			h["typ"] = typ
		}
		if _, err := v.Verify(t.Context(), s.Sign(h, good(nil)), now); (err == nil) != want {
			t.Errorf("typ %v gives %q", typ, reason(err))
		}
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(jwtauth.Static{s.Key()}, jwtauth.HS256))
	const times = "jwtauth: exp is missing, or exp, nbf or iat is not a time"
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	for _, tt := range []struct {
		name   string
		claims claims
		want   string
	}{
		{"the least there is", nil, ""},
		{"several audiences, one of them ours", claims{"aud": []string{"x", "https://old.test"}}, ""},
		{"all times", claims{"nbf": at(-time.Second), "iat": at(0)}, ""},
		{"a time with a fraction", claims{"exp": float64(at(5*time.Second)) + 0.5}, ""},
		{"no iss", claims{"iss": nil}, "jwtauth: iss is another issuer"},
		{"another iss", claims{"iss": "https://id.test/"}, "jwtauth: iss is another issuer"},
		{"iss as a list", claims{"iss": []string{"https://id.test"}}, "jwtauth: iss is another issuer"},
		{"no aud", claims{"aud": nil}, "jwtauth: aud does not name this API"},
		{"another aud", claims{"aud": "https://api.test.evil.test"}, "jwtauth: aud does not name this API"},
		{"an empty aud", claims{"aud": ""}, "jwtauth: aud does not name this API"},
		{"no audiences", claims{"aud": []string{}}, "jwtauth: aud does not name this API"},
		{"aud with a number", claims{"aud": []any{"https://api.test", 1}}, "jwtauth: aud does not name this API"},
		{"no sub", claims{"sub": nil}, "jwtauth: sub is missing or not a text"},
		{"sub as a number", claims{"sub": 1}, "jwtauth: sub is missing or not a text"},
		{"jti as a number", claims{"jti": 1}, "jwtauth: jti is not a text"},
		{"no exp", claims{"exp": nil}, times},
		{"exp as text", claims{"exp": fmt.Sprint(at(time.Hour))}, times},
		{"exp null", claims{"exp": jsonNull{}}, times},
		{"exp before 1970", claims{"exp": -1}, times},
		{"exp after the year 9999", claims{"exp": 253402300800}, times},
		{"exp beyond any number", claims{"exp": 1e300}, times},
		{"nbf as text", claims{"nbf": "now"}, times},
		{"iat as a list", claims{"iat": []int{1}}, times},
		{"nbf in the future", claims{"nbf": at(time.Second)}, "jwtauth: nbf or iat is in the future"},
		{"iat in the future", claims{"iat": at(time.Second)}, "jwtauth: nbf or iat is in the future"},
		{"scope as a number", claims{"scope": 1}, "jwtauth: scope or scp is neither a text nor a list of texts"},
		{"scp with a number", claims{"scp": []any{"a", 1}}, "jwtauth: scope or scp is neither a text nor a list of texts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := v.Verify(t.Context(), s.Token(good(tt.claims)), now)
			wantRefusal(t, err, tt.want)
		})
	}
}

// jsonNull is a null that good does not take for a claim to remove.
type jsonNull struct{}

func (jsonNull) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

func TestScopes(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(jwtauth.Static{s.Key()}, jwtauth.HS256))
	for name, tt := range map[string]struct {
		claims claims
		want   []string
	}{
		"none":                   {nil, nil},
		"a text":                 {claims{"scope": " a  b "}, []string{"a", "b"}},
		"an empty text":          {claims{"scope": ""}, nil},
		"a list":                 {claims{"scp": []string{"a", "b"}}, []string{"a", "b"}},
		"scope counts, not both": {claims{"scope": "a", "scp": []string{"b"}}, []string{"a"}},
	} {
		p, err := v.Verify(t.Context(), s.Token(good(tt.claims)), now)
		if err != nil || !slices.Equal(p.Scopes, tt.want) {
			t.Errorf("%s gives %v, %v", name, p, err)
		}
	}
}

// TestOnlyAGoodTokenIsToldThatItExpired: what is wrong besides is said first, and
// without the time.
func TestOnlyAGoodTokenIsToldThatItExpired(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	other := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(jwtauth.Static{s.Key()}, jwtauth.HS256))
	expired := claims{"exp": now.Unix()}
	_, err := v.Verify(t.Context(), s.Token(good(expired)), now)
	var e *errcatalog.Error
	if !errors.Is(err, errcatalog.TokenExpired) || !errors.As(err, &e) ||
		!slices.ContainsFunc(e.Params(), slog.Time("expires_at", now).Equal) {
		t.Errorf("an expired token gives %v", err)
	}
	for name, token := range map[string]string{
		"with another's signature": other.Token(good(expired)),
		"of another issuer":        s.Token(good(claims{"exp": now.Unix(), "iss": "https://evil.test"})),
		"for another API":          s.Token(good(claims{"exp": now.Unix(), "aud": "https://other.test"})),
	} {
		if _, err := v.Verify(t.Context(), token, now); err == nil || errors.Is(err, errcatalog.CredentialsExpired) {
			t.Errorf("an expired token %s gives %v", name, err)
		}
	}
}

func TestLeeway(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	token := s.Token(good(claims{"nbf": now.Unix(), "exp": now.Unix() + 60}))
	for _, tt := range []struct {
		leeway, off time.Duration // of the time when the token is verified
		want        bool
	}{
		{0, -30 * time.Second, true},
		{0, -31 * time.Second, false},
		{0, 89 * time.Second, true},
		{0, 90 * time.Second, false},
		{time.Second, -time.Second, true},
		{time.Second, -2 * time.Second, false},
		{-1, 0, true},
		{-1, 59 * time.Second, true},
		{-1, 60 * time.Second, false},
		{-1, -time.Second, false},
	} {
		r := rules(jwtauth.Static{s.Key()}, jwtauth.HS256)
		r.Leeway = tt.leeway
		_, err := verifier(t, r).Verify(t.Context(), token, now.Add(tt.off))
		if (err == nil) != tt.want {
			t.Errorf("with a leeway of %v, %v gives %v", tt.leeway, tt.off, err)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(jwtauth.Static{s.Key()}, jwtauth.HS256))
	token := s.Token(good(nil))
	part := strings.Split(token, ".")
	const form = "jwtauth: the token is not three parts in base64url"
	for _, tt := range []struct{ name, token, want string }{
		{"as it is", token, ""},
		{"empty", "", form},
		{"no dot", "abc", form},
		{"one dot", part[0] + "." + part[1], form},
		{"three dots", token + ".", form},
		{"five parts", token + ".a.b", form},
		{"no signature", part[0] + "." + part[1] + ".", form},
		{"no claims", part[0] + ".." + part[2], form},
		{"no header", "." + part[1] + "." + part[2], form},
		{"padding", token + "=", form},
		{"a line break", part[0] + "." + part[1] + ".\n" + part[2], form},
		{"a space", part[0] + ". " + part[1] + "." + part[2], form},
		{"the other alphabet", part[0] + "." + part[1] + ".+/" + part[2][2:], form},
		{"a letter beyond ASCII", part[0] + "." + part[1] + ".é" + part[2][2:], form},
		{"bits that say nothing", token[:len(token)-1] + "B", form},
		{"8 KiB", token[:len(part[0])+1] + strings.Repeat("A", 8192-len(part[0])-2-4) + ".AAAA", "jwtauth: the signature does not fit"},
		{"more than 8 KiB", token[:len(part[0])+1] + strings.Repeat("A", 8193-len(part[0])-2-4) + ".AAAA", "jwtauth: the token is longer than 8 KiB"},
		{"a header that is no JSON", "e30x." + part[1] + "." + part[2], "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"a header twice", encode(`{"alg":"HS256"}{"alg":"HS256"}`) + "." + part[1] + "." + part[2], "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"an alg twice", encode(`{"alg":"none","alg":"HS256"}`) + "." + part[1] + "." + part[2], "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"a header that is a list", encode(`["HS256"]`) + "." + part[1] + "." + part[2], "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
		{"a header nested deep", encode(`{"alg":"HS256","x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`}`) + "." + part[1] + "." + part[2], "jwtauth: the header is not one JSON object with an alg, or its nonce is not a text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := v.Verify(t.Context(), tt.token, now)
			wantRefusal(t, err, tt.want)
		})
	}
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestAPublicKeyIsNeverASecret(t *testing.T) {
	t.Parallel()
	// The classic confusion: HS256 with the public key's bytes as the secret.
	s := authtest.NewSigner(t, "k1", jwtauth.RS256)
	mac := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(jwtauth.Static{s.Key(), authtest.NewSigner(t, "k2", jwtauth.HS256).Key()}, jwtauth.RS256, jwtauth.HS256))
	_, err := v.Verify(t.Context(), mac.Token(good(nil)), now)
	wantRefusal(t, err, "jwtauth: there is no key of this kid and algorithm")
}

func TestATokenWithoutAKidNeedsTheOnlyKey(t *testing.T) {
	t.Parallel()
	a, b := authtest.NewSigner(t, "a", jwtauth.HS256), authtest.NewSigner(t, "b", jwtauth.HS256)
	token := a.Sign(header{"alg": "HS256"}, good(nil))
	if _, err := verifier(t, rules(jwtauth.Static{a.Key()}, jwtauth.HS256)).Verify(t.Context(), token, now); err != nil {
		t.Error(reason(err))
	}
	_, err := verifier(t, rules(jwtauth.Static{a.Key(), b.Key()}, jwtauth.HS256)).Verify(t.Context(), token, now)
	wantRefusal(t, err, "jwtauth: there is no key of this kid and algorithm")
}

func TestMapChangesThePrincipalOrRefusesIt(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	r := rules(jwtauth.Static{s.Key()}, jwtauth.HS256)
	r.Map = func(p *auth.Principal) error {
		if p.Tier, _ = p.Claims["tier"].(string); p.Tier == "" {
			return errcatalog.CredentialsInvalid
		}
		return nil
	}
	v := verifier(t, r)
	if p, err := v.Verify(t.Context(), s.Token(good(claims{"tier": "pro"})), now); err != nil || p.Tier != "pro" {
		t.Errorf("it gives %+v, %v", p, err)
	}
	if p, err := v.Verify(t.Context(), s.Token(good(nil)), now); p != nil || !errors.Is(err, errcatalog.CredentialsInvalid) {
		t.Errorf("it gives %+v, %v", p, err)
	}
}

func TestAKeySourceThatFailsIsNotARefusal(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(sourceFunc(func() (jwtauth.Key, error) { return jwtauth.Key{}, down }), jwtauth.HS256))
	if _, err := v.Verify(t.Context(), s.Token(good(nil)), now); !errors.Is(err, down) || errors.Is(err, errcatalog.Unauthenticated) {
		t.Errorf("it gives %v", err)
	}
}

func TestAKeyOfAnotherAlgorithmIsNotUsed(t *testing.T) {
	t.Parallel()
	s := authtest.NewSigner(t, "k1", jwtauth.HS256)
	v := verifier(t, rules(sourceFunc(func() (jwtauth.Key, error) { return s.Key(), nil }), jwtauth.ES256))
	_, err := v.Verify(t.Context(), s.Sign(header{"alg": "ES256"}, good(nil)), now)
	wantRefusal(t, err, "jwtauth: the key is not one for the algorithm")
}

type sourceFunc func() (jwtauth.Key, error)

func (f sourceFunc) Key(context.Context, string, jwtauth.Algorithm) (jwtauth.Key, error) { return f() }
