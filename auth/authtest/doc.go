// Package authtest mints API keys and access tokens for tests, and plays an issuer
// that publishes its keys, rotates them, and fails on demand.
//
//	issuer := authtest.NewIssuer(t)
//	tokens, err := jwtauth.New(issuer.Rules())
//	...
//	r.Header.Set("Authorization", "Bearer "+issuer.Token(authtest.Claims{"scope": "agents:read"}))
package authtest
