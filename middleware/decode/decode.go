package decode

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/contrite-go/contrite/errcatalog"
)

// Required is the reason of a violation whose field is absent. A validation that
// finds a field absent should give this reason: then the violation counts as the
// tag decode:"required" does.
const Required = "is required"

// ErrEmpty is the private cause of the errcatalog.BodyMalformed of a body that has
// nothing but blanks. A handler that can do without a body looks for it with
// errors.Is.
var ErrEmpty = errors.New("decode: the body is empty")

// A Validator is a type that knows what its values must be like.
//
// Validate returns what is wrong with a value, nil if nothing is. The fields are
// JSON Pointers from the value on ("/config/priority", "" for the value itself) or
// names of its members. Validate is called after the value was read, also if parts
// of it could not be: what it says of such a part, or of a part inside, is dropped.
// A number that an integer type does not hold is read as the nearest that it does, and
// what the validation says of that is told, rather than the range of the type.
// Validate is not called for what is absent or null. It must not have side effects, as
// the rest of the body may still turn out to be no JSON.
type Validator interface {
	Validate() []errcatalog.Violation
}

// A Decoder decodes bodies. The zero Decoder is ready for use. Its methods are safe
// for concurrent use; its fields must not change once it is in use.
type Decoder struct {
	// MaxBytes is how long a body may be. Zero is 1 MiB. A smaller limit of
	// http.MaxBytesReader stays in force.
	MaxBytes int64
	// MediaTypes are what the Content-Type of a request must be one of, such as
	// application/json; its parameters do not count. Another one, or none, is
	// errcatalog.UnsupportedMediaType. Empty takes every request's body for JSON.
	MediaTypes []string
	// AllowUnknown ignores members that the Go type has no field for.
	AllowUnknown bool
	// Validate, if not nil, is called with the pointer that the body was decoded
	// into, unless the body was no JSON. It keeps the rules of [Validator].
	Validate func(v any) []errcatalog.Violation
}

// JSON decodes the body of r into the value that v points to, as the zero
// [Decoder] does.
func JSON(r *http.Request, v any) error { return new(Decoder).JSON(r, v) }

// JSON decodes the body of r into the value that v points to. Fields that the body
// does not have keep their values. After an error the value may be filled in part.
//
// The error is one for the client, as the package comment has it, if the client is
// at fault. A v or a type that nothing can be decoded into is a plain error.
func (d *Decoder) JSON(r *http.Request, v any) error {
	if err := d.checkMediaType(r); err != nil {
		return err
	}
	w := walks.Get().(*walk)
	defer w.release()
	if err := w.read(r, d.maxBytes()); err != nil {
		return err
	}
	return d.decode(w, v)
}

// Unmarshal decodes a body that was read already. MaxBytes and MediaTypes do not
// count.
func (d *Decoder) Unmarshal(data []byte, v any) error {
	w := walks.Get().(*walk)
	defer w.release()
	w.data = data
	return d.decode(w, v)
}

// decode decodes the text of w.
func (d *Decoder) decode(w *walk, v any) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("decode: give a pointer to what the body should be decoded into, not a %T", v)
	}
	p, err := planOf(rv.Type().Elem())
	if err != nil {
		return err
	}
	w.allowUnknown = d.AllowUnknown
	if !w.document(p, rv.Elem()) {
		return w.malformed()
	}
	if d.Validate != nil {
		w.add(d.Validate(v), nil)
	}
	return w.invalid()
}

func (d *Decoder) maxBytes() int64 {
	if d.MaxBytes > 0 {
		return d.MaxBytes
	}
	return 1 << 20
}
