package onecli

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/middleware/decode"
)

// A field is what a body has under a name. The API's messages are its own for each
// field, so types are not decode's to refuse.
type field[T any] struct {
	given    bool
	mistyped bool
	value    T // zero if null or mistyped
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *field[T]) UnmarshalJSON(text []byte) error {
	var value T
	f.given = true
	if f.mistyped = json.Unmarshal(text, &value) != nil; !f.mistyped {
		f.value = value
	}
	return nil
}

// set changes what the body gives.
func (f *field[T]) set(to *T) {
	if f.given {
		*to = f.value
	}
}

// check returns an error if the field is of another type.
func (f *field[T]) check(name, want string) error {
	if f.mistyped {
		return onecli.RequestInvalidField(name, want)
	}
	return nil
}

// bodies reads the requests' bodies. Members that the API does not know are ignored.
var bodies = decode.Decoder{AllowUnknown: true}

// readAny is bodies.JSON for a body that may be left out.
func readAny(r *http.Request, v any) error {
	if err := bodies.JSON(r, v); !errors.Is(err, decode.ErrEmpty) {
		return err
	}
	return nil
}

// isName reports whether a name is of 1 to 255 characters. One of white space alone is
// empty.
func isName(name string) bool {
	return strings.TrimSpace(name) != "" && utf8.RuneCountInString(name) <= 255
}

// oneOf returns an error unless the value is one of two.
func oneOf(name, value, a, b string) error {
	if value == a || value == b {
		return nil
	}
	return onecli.RequestInvalidField(name, "must be "+a+" or "+b)
}
