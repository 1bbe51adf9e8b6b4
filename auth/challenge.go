package auth

import "strings"

// The errors of RFC 6750, section 3.1.
const (
	invalidToken      = "invalid_token"
	insufficientScope = "insufficient_scope"
)

// quoted is s as a quoted-string (RFC 9110, section 5.6.4). What can't stand in one,
// or not in a Bearer challenge's error_description (RFC 6750, section 3), becomes a
// space.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~' || c == '"' || c == '\\':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// A challenger writes the WWW-Authenticate values of a guard.
type challenger struct {
	carriers []Carrier
	realm    string
	metadata string
}

// values returns a challenge for each carrier. The Bearer one says the error, if a
// token was sent, what it means, and the scopes that would do.
func (c *challenger) values(code, description string, scopes []string) []string {
	values := make([]string, len(c.carriers))
	for i, carrier := range c.carriers {
		params := challengeParams{text: carrier.scheme, more: strings.Contains(carrier.scheme, " ")}
		params.add("realm", c.realm)
		if carrier.bearer {
			params.add("error", code)
			params.add("error_description", description)
			params.add("scope", strings.Join(scopes, " "))
			params.add("resource_metadata", c.metadata)
		}
		values[i] = params.text
	}
	return values
}

// challengeParams is a challenge that grows by its parameters.
type challengeParams struct {
	text string
	more bool // whether it has a parameter
}

// add adds a parameter unless its value is empty.
func (p *challengeParams) add(name, value string) {
	if value == "" {
		return
	}
	if p.more {
		p.text += ","
	}
	p.more = true
	p.text += " " + name + "=" + quoted(value)
}
