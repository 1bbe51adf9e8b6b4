package jwtauth

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// maxToken is the length of the longest token that is looked at.
const maxToken = 8 << 10

// What a token is refused for. The reasons are for the log.
var (
	errLong        = refusal("the token is longer than 8 KiB")
	errForm        = refusal("the token is not three parts in base64url")
	errHeader      = refusal("the header is not one JSON object with an alg, or its nonce is not a text")
	errForbidden   = refusal("the header has crit, b64, jwk, jku, x5u or x5c")
	errKeyID       = refusal("the header's kid is not a text of 1 to 256 bytes")
	errAlgorithm   = refusal("the algorithm is not in the list")
	errType        = refusal("the typ is not one of those expected")
	errUnknownKey  = refusal("there is no key of this kid and algorithm")
	errKeyMismatch = refusal("the key is not one for the algorithm")
	errSignature   = refusal("the signature does not fit")
	errClaims      = refusal("the claims are not one JSON object")
	errIssuer      = refusal("iss is another issuer")
	errAudience    = refusal("aud does not name this API")
	errSubject     = refusal("sub is missing or not a text")
	errTokenID     = refusal("jti is not a text")
	errTimes       = refusal("exp is missing, or exp, nbf or iat is not a time")
	errNotYet      = refusal("nbf or iat is in the future")
	errScope       = refusal("scope or scp is neither a text nor a list of texts")
)

func refusal(reason string) error {
	return errcatalog.CredentialsInvalid.Because(errors.New("jwtauth: " + reason))
}

// A token is one that was taken apart.
type token struct {
	signed    string // header and claims, as they were signed
	header    []byte
	claims    []byte
	signature []byte
}

// strict is the encoding of the parts (RFC 7515, section 2). It takes one spelling of
// each, so that no two tokens are the same.
var strict = base64.RawURLEncoding.Strict()

// split takes a compact serialization (RFC 7515, section 7.1) apart.
func split(credential string) (token, error) {
	if len(credential) > maxToken {
		return token{}, errLong
	}
	header, rest, _ := strings.Cut(credential, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	if header == "" || claims == "" || signature == "" {
		return token{}, errForm
	}
	// One buffer for the three: a part never decodes to more than it was.
	buf := make([]byte, 0, len(credential))
	t := token{signed: credential[:len(header)+1+len(claims)]}
	for _, part := range []struct {
		from string
		to   *[]byte
	}{{header, &t.header}, {claims, &t.claims}, {signature, &t.signature}} {
		if strings.ContainsAny(part.from, "\r\n") { // which the decoder skips
			return token{}, errForm
		}
		start := len(buf)
		var err error
		if buf, err = strict.AppendDecode(buf, []byte(part.from)); err != nil {
			return token{}, errForm
		}
		*part.to = slices.Clip(buf[start:])
	}
	return t, nil
}

// A header is what is used of a token's (RFC 7515, section 4.1).
type header struct {
	alg Algorithm
	kid string // "" if it has none
	typ string // "" if it has none
}

// maxKeyID is the length of the longest kid.
const maxKeyID = 256

func readHeader(text []byte) (h header, err error) {
	members, ok := object(text)
	if !ok {
		return h, errHeader
	}
	for _, name := range []string{"crit", "b64", "jwk", "jku", "x5u", "x5c"} {
		if _, ok := members[name]; ok {
			return h, errForbidden
		}
	}
	alg, ok := members["alg"].(string)
	if !ok {
		return h, errHeader
	}
	h.alg = Algorithm(alg)
	if kid, ok := members["kid"]; ok {
		if h.kid, _ = kid.(string); h.kid == "" || len(h.kid) > maxKeyID {
			return h, errKeyID
		}
	}
	if typ, ok := members["typ"]; ok {
		if h.typ, _ = typ.(string); h.typ == "" {
			return h, errType
		}
	}
	if nonce, ok := members["nonce"]; ok && !isText(nonce) { // RFC 8555, section 6.5.2
		return h, errHeader
	}
	return h, nil
}

// allowType reports whether the rules allow the typ, "" for none.
func (r *Rules) allowType(typ string) bool {
	const prefix = "application/" // RFC 7515, section 4.1.9
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) {
		typ = typ[len(prefix):]
	}
	if r.Types == nil {
		return typ == "" || strings.EqualFold(typ, "JWT") || strings.EqualFold(typ, "at+jwt")
	}
	return slices.ContainsFunc(r.Types, func(t string) bool { return strings.EqualFold(t, typ) })
}
