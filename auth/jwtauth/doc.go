// Package jwtauth verifies bearer access tokens that are JSON Web Tokens (RFC 7519,
// RFC 9068), signed by keys that are given or that an issuer publishes.
//
//	tokens, err := jwtauth.New(jwtauth.Rules{
//		Issuer:     "https://id.example.com",
//		Audience:   []string{"https://api.example.com"},
//		Algorithms: []jwtauth.Algorithm{jwtauth.RS256, jwtauth.ES256},
//		Keys:       &jwtauth.JWKS{URL: "https://id.example.com/.well-known/jwks.json"},
//	})
//	guard := auth.Guard{Verifier: tokens, OnError: errs.WriteError}
//
// The rules are those of RFC 8725, and none can be left out. A token has at most
// 8 KiB and exactly two dots, before anything of it is decoded. Its header names an
// algorithm of the list, and is used to choose a key, never to bring one: jwk, jku,
// x5u, x5c, crit and b64 are refused. A key serves the algorithms of its own type alone.
// Nothing of the claims is read before the signature is verified. Then iss, aud, sub
// and exp must be there and fit, and so must nbf, iat and typ if they are there.
//
// What is refused is errcatalog.CredentialsInvalid, with the reason as its private
// cause. Only a token that is good but for its time is TokenExpired, with
// expires_at. Keys that can't be had now are AuthUnavailable.
package jwtauth
