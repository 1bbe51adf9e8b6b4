package josefuzz_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/auth/jwtauth"
)

// FuzzSigned signs any header and claims with a trusted key.
func FuzzSigned(f *testing.F) {
	trusted := signers(f, jwtauth.HS256, jwtauth.EdDSA)
	j := newJudge(f, trusted)
	text, _ := json.Marshal(good())
	claims := string(text)
	with := func(more string) string { return strings.TrimSuffix(claims, "}") + "," + more + "}" }
	for _, header := range []string{
		`{"alg":"HS256"}`, `{"alg":"EdDSA","typ":"at+jwt"}`, `{"alg":"HS256","kid":"key-HS256"}`, `{"ALG":"HS256"}`,
		`{"alg":"none"}`, `{"alg":"HS256","alg":"EdDSA"}`, `{"alg":"HS256","kid":null}`, `{"alg":"EdDSA","crit":["b64"],"b64":false}`,
		`{"alg":"HS256","x5c":["!"]}`, `{"alg":"EdDSA","x5t":"abc","cty":"JWT"}`, `{"alg":"HS256","x":1e999}`,
		`{"alg":"HS256","nonce":"n"}`, `{"alg":"HS256","nonce":1}`,
	} {
		f.Add(header, claims)
	}
	at := func(seconds int64) string { return fmt.Sprint(now.Unix() + seconds) }
	for _, more := range []string{
		`"nbf":` + at(30), `"nbf":` + at(31), `"iat":` + at(30) + `.9`, `"nbf":-1`, `"nbf":null`, `"nbf":"` + at(0) + `"`,
		`"jti":5`, `"jti":null`, `"iss":"x"`, `"ISS":"x"`, `"\u0069ss":"x"`, `"aud":["x"]`, `"sub":["x"]`, `"x":` + strings.Repeat("[", 40),
		`"scope":"agents:read"`, `"x":"\ud800"`, `"x":1e400`, `"x":{"a":1,"a":2}`, "\"x\":\"\xff\"",
	} {
		f.Add(`{"alg":"HS256"}`, with(more))
	}
	for _, exp := range []string{at(-30), at(-29), at(-30) + ".9", "1e300", "-0", "null", "true"} {
		f.Add(`{"alg":"EdDSA"}`, `{"iss":"https://id.test","aud":["x","https://api.test"],"sub":"ada","exp":`+exp+`}`)
	}
	f.Fuzz(func(t *testing.T, header, claims string) {
		for _, s := range trusted {
			j.judge(t, s.SignText(header, claims))
		}
	})
}

// FuzzToken changes whole tokens. In the text, $header, $claims and $signature stand for
// the parts of a good token: the processes of a fuzzer each have keys of their own. Then
// the character at a place becomes another, unless that is zero.
func FuzzToken(f *testing.F) {
	trusted := signers(f, jwtauth.HS256, jwtauth.RS256, jwtauth.PS256, jwtauth.ES256, jwtauth.EdDSA)
	j := newJudge(f, trusted)
	var parts []*strings.Replacer
	for _, s := range trusted {
		part := strings.Split(s.Token(good()), ".")
		parts = append(parts, strings.NewReplacer("$header", part[0], "$claims", part[1], "$signature", part[2]))
	}
	for _, template := range []string{
		"$header.$claims.$signature", "$header.$claims.$signature=", "$header.$claims.$signature.", "$header.$claims.",
		"$header..$signature", " $header.$claims.$signature\n", "$header.$claims.$signature.$claims.$signature",
		`{"protected":"$header","payload":"$claims","signature":"$signature"}`,
	} {
		f.Add(template, uint16(0), byte(0))
		f.Add(template, uint16(len(template)/2), byte('A'))
	}
	f.Fuzz(func(t *testing.T, template string, at uint16, char byte) {
		for _, r := range parts {
			token := []byte(r.Replace(template))
			if char != 0 && len(token) > 0 {
				token[int(at)%len(token)] = char
			}
			j.judge(t, string(token))
		}
	})
}
