package decode_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

func TestMalformedBodiesAreToldByLineAndColumn(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, at, cause string }{
		{"nothing", "", "1:1", "decode: the body is empty"},
		{"blanks", " \r\n\t ", "2:3", "decode: the body is empty"},
		{"no value", "x", "1:1", "a value is wanted"},
		{"a NUL", "\x00", "1:1", "a value is wanted"},
		{"a byte order mark", "\ufeff{}", "1:1", "a value is wanted"},
		{"half a literal", "[nul]", "1:5", "a value is wanted"},
		{"it breaks off", `{"a":[1,`, "1:9", "a value is wanted"},
		{"a comma too many", "{\n  \"a\": 1,\n}", "3:1", "a member's name is wanted"},
		{"a comma too few", "{\"a\":1\n\"b\":2}", "2:1", "a comma or a closing brace is wanted"},
		{"in an array", `[1 2]`, "1:4", "a comma or a closing bracket is wanted"},
		{"an array's last comma", `[1,]`, "1:4", "a value is wanted"},
		{"no colon", `{"a" 1}`, "1:6", "a colon is wanted"},
		{"the wrong bracket", `[1}`, "1:3", "a comma or a closing bracket is wanted"},
		{"single quotes", `{'a':1}`, "1:2", "a member's name is wanted"},
		{"columns count code points", `["grüße 😀" x]`, "1:12", "a comma or a closing bracket is wanted"},
		{"something follows", "{}\n{}", "2:1", "the text goes on after the value"},
		{"a bracket follows", `[]]`, "1:3", "the text goes on after the value"},
		{"a NUL follows", "1\x00", "1:2", "the text goes on after the value"},
		{"leading zeros", `01`, "1:2", "the text goes on after the value"},
		{"a sign alone", `-`, "1:2", "a value is wanted"},
		{"a plus", `+1`, "1:1", "a value is wanted"},
		{"a point alone", `1.`, "1:3", "a digit is wanted"},
		{"an exponent alone", `1e+`, "1:4", "a digit is wanted"},
		{"a line break in a string", "\"a\nb\"", "1:3", "a control character must be escaped"},
		{"an open string", `"abc`, "1:5", "the string does not end"},
		{"an escape that is none", `"a\x"`, "1:3", "the escape is none, or is half a surrogate pair"},
		{"half an escape", `"\u12`, "1:2", "the escape is none, or is half a surrogate pair"},
		{"a lone surrogate", `"\ud800"`, "1:2", "the escape is none, or is half a surrogate pair"},
		{"two high surrogates", `"\ud800\ud800"`, "1:2", "the escape is none, or is half a surrogate pair"},
		{"a low surrogate", `"\udc00"`, "1:2", "the escape is none, or is half a surrogate pair"},
		{"not UTF-8", "[\"ü\xff\"]", "1:4", "the text is not UTF-8"},
		{"not UTF-8, after the value", "[] \xff", "1:4", "the text goes on after the value"},
		{"wrong before it is not UTF-8", "[x\xff", "1:2", "a value is wanted"},
		{"half a backslash", "\"\\", "1:2", "the escape is none, or is half a surrogate pair"},
		{"an escape of no digit", `"\u00g0"`, "1:2", "the escape is none, or is half a surrogate pair"},
		{"objects too deep", strings.Repeat(`{"":`, 101), "1:401", "arrays and objects nest too deep"},
		{"too deep", strings.Repeat("[", 101), "1:101", "arrays and objects nest too deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, into := range []any{
				new(any), new(struct{}), new(int), new(uint8), new(float32), new(bool), new(string), new([]byte), new(json.Number),
				new([1]int), new([]string), new(map[string]int), new(moment), new(level), new(*call),
			} {
				err := new(decode.Decoder).Unmarshal([]byte(tt.body), into)
				cause := fmt.Sprint(errors.Unwrap(err))
				at := param(err, "line") + ":" + param(err, "column")
				if !errors.Is(err, errcatalog.BodyMalformed) || at != tt.at || !strings.HasSuffix(cause, tt.cause) {
					t.Errorf("into %T: got %v at %s, because %s; want %s, %s", into, err, at, cause, tt.at, tt.cause)
				}
				if empty := strings.TrimSpace(tt.body) == ""; errors.Is(err, decode.ErrEmpty) != empty {
					t.Errorf("into %T: that it is empty is %t", into, !empty)
				}
			}
		})
	}
}

func TestABodyMayNestAHundredDeep(t *testing.T) {
	t.Parallel()
	if _, err := unmarshal[any](strings.Repeat("[", 100) + strings.Repeat("]", 100)); err != nil {
		t.Error(err)
	}
	wide := strings.Repeat(`[{}],`, 1000)
	if _, err := unmarshal[any]("[" + wide + "1]"); err != nil {
		t.Error(err)
	}
}
