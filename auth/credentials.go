package auth

import (
	"net/http"
	"strings"
)

// A Carrier is a place where a request can have a credential, and the challenge
// that asks for one there.
type Carrier struct {
	header string
	bearer bool
	scheme string // of the challenge
}

// Bearer is the Authorization header with the scheme Bearer (RFC 6750, section 2.1).
// A header of another scheme counts as none.
var Bearer = Carrier{header: "Authorization", bearer: true, scheme: "Bearer"}

// Header is a header that has the credential as its whole value, such as x-api-key.
// An empty value counts as none.
func Header(name string) Carrier {
	return Carrier{
		header: http.CanonicalHeaderKey(name),
		scheme: "ApiKey header=" + quoted(strings.ToLower(name)),
	}
}

// A presence is what a carrier of a request has.
type presence int

const (
	absent presence = iota
	malformed
	present
)

// take returns the credential of the request in this carrier.
func (c *Carrier) take(r *http.Request) (string, presence) {
	values := r.Header[c.header]
	switch {
	case len(values) == 0:
		return "", absent
	case len(values) > 1:
		return "", malformed
	case c.bearer:
		return bearer(values[0])
	case values[0] == "":
		return "", absent
	case !isVisible(values[0]):
		return "", malformed
	}
	return values[0], present
}

// bearer reads credentials of the scheme Bearer: the scheme in any case, one or more
// spaces, and a token68 (RFC 9110, section 11.4).
func bearer(value string) (string, presence) {
	const scheme = "Bearer"
	if !strings.HasPrefix(value, scheme) && (len(value) < len(scheme) || !strings.EqualFold(value[:len(scheme)], scheme)) {
		return "", absent
	}
	rest := value[len(scheme):]
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' { // of another scheme's name
		return "", absent
	}
	token := strings.TrimLeft(rest, " ")
	if !isToken68(token) {
		return "", malformed
	}
	return token, present
}

// strangeIn68 is 1 for what is no character of a token68, but for its padding (RFC
// 9110, section 11.2).
var strangeIn68 = func() (t [256]byte) {
	for c := range t {
		if strings.IndexByte(base62+"-._~+/", byte(c)) < 0 {
			t[c] = 1
		}
	}
	return t
}()

func isToken68(s string) bool {
	for s != "" && s[len(s)-1] == '=' {
		s = s[:len(s)-1]
	}
	strange := byte(0)
	for _, c := range []byte(s) {
		strange |= strangeIn68[c]
	}
	return s != "" && strange == 0
}

// isVisible reports whether s is of visible ASCII characters.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
