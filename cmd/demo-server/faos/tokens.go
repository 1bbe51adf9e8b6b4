package faos

import (
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/jwtauth"
)

// Who issues access tokens, for whom, and with which key. The key is no secret: that
// makes the demo's tokens the same at every start.
const (
	issuer   = "https://auth.faosx.ai"
	audience = "https://api.faosx.ai"
	hmacKey  = "this demo key of HS256 is not a secret"
)

// accessTokens verifies access tokens.
func accessTokens() auth.Verifier {
	key, err := jwtauth.HMAC("demo", []byte(hmacKey))
	if err != nil {
		panic(fmt.Sprintf("faos: %v", err))
	}
	tokens, err := jwtauth.New(jwtauth.Rules{
		Issuer: issuer, Audience: []string{audience},
		Algorithms: []jwtauth.Algorithm{jwtauth.HS256}, Keys: jwtauth.Static{key},
		Map: func(p *auth.Principal) error {
			p.Tier = "enterprise"
			return nil
		},
	})
	if err != nil {
		panic(fmt.Sprintf("faos: %v", err))
	}
	return tokens
}

// issued are the fixed access tokens.
func issued() map[string]string {
	start := time.Date(2025, 12, 21, 9, 0, 0, 0, time.UTC)
	end := time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
	return map[string]string{
		"access_token":   token("usr_demo", start, end, scopes...),
		"expired_token":  token("usr_late", start, start.Add(time.Hour), scopes...),
		"unscoped_token": token("usr_reader", start, end),
	}
}

// token signs the claims of an access token.
func token(subject string, start, end time.Time, scopes ...string) string {
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": subject,
		"iat": start.Unix(), "exp": end.Unix(), "scope": strings.Join(scopes, " "),
	})
	signed, err := t.SignedString([]byte(hmacKey))
	if err != nil {
		panic(fmt.Sprintf("faos: %v", err))
	}
	return signed
}
