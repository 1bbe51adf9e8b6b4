package jwtauth

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
)

// principal checks the claims (RFC 7519, section 4.1) of a token whose signature is
// verified, and returns whose it is. That it expired is said last, of a token that
// would be good otherwise.
func (r *Rules) principal(text []byte, now time.Time) (*auth.Principal, error) {
	members, ok := object(text)
	if !ok {
		return nil, errClaims
	}
	claims := jwt.MapClaims(members)
	if err := r.checkParties(claims); err != nil {
		return nil, err
	}
	p := &auth.Principal{Claims: members}
	if p.ID, _ = members["sub"].(string); p.ID == "" {
		return nil, errSubject
	}
	if jti, ok := members["jti"]; ok && !isText(jti) {
		return nil, errTokenID
	}
	p.Owner = p.ID
	if p.Scopes, ok = scopes(members); !ok {
		return nil, errScope
	}
	if err := r.checkTimes(claims, p, now); err != nil {
		return nil, err
	}
	if r.Map != nil {
		if err := r.Map(p); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func isText(v any) bool { _, ok := v.(string); return ok }

// checkParties checks who issued the token, and for whom.
func (r *Rules) checkParties(claims jwt.MapClaims) error {
	if iss, err := claims.GetIssuer(); err != nil || iss != r.Issuer {
		return errIssuer
	}
	aud, err := claims.GetAudience()
	if err != nil || !slices.ContainsFunc(aud, func(a string) bool { return slices.Contains(r.Audience, a) }) {
		return errAudience
	}
	return nil
}

// checkTimes checks when the token is good, and sets when it expires.
func (r *Rules) checkTimes(claims jwt.MapClaims, p *auth.Principal, now time.Time) error {
	var times [3]time.Time
	for i, name := range [...]string{"exp", "nbf", "iat"} {
		v, ok := claims[name]
		if !ok && name != "exp" {
			continue
		}
		seconds, ok := v.(float64)
		if !ok || seconds < 0 || seconds > maxSeconds {
			return errTimes
		}
		times[i] = time.Unix(int64(seconds), 0).UTC()
	}
	exp, nbf, iat := times[0], times[1], times[2]
	if latest := now.Add(r.Leeway); nbf.After(latest) || iat.After(latest) {
		return errNotYet
	}
	if !now.Add(-r.Leeway).Before(exp) {
		return errcatalog.TokenExpired.With(slog.Time("expires_at", exp))
	}
	p.ExpiresAt = exp
	return nil
}

// maxSeconds is the last second of the year 9999, which RFC 3339 can still write.
const maxSeconds = 253402300799

// scopes returns the scopes that the claims grant: scope, a text of them (RFC 8693,
// section 4.2), or scp, which some issuers write as a list.
func scopes(claims map[string]any) ([]string, bool) {
	v, ok := claims["scope"]
	if !ok {
		v, ok = claims["scp"]
	}
	if !ok {
		return nil, true
	}
	switch v := v.(type) {
	case string:
		return strings.Fields(v), true
	case []any:
		list := make([]string, len(v))
		for i := range v {
			if list[i], ok = v[i].(string); !ok {
				return nil, false
			}
		}
		return list, true
	}
	return nil, false
}
