// Package decode reads a request's JSON body into a Go value, and says at once
// everything that is wrong with it.
//
//	type Agent struct {
//		Name   string  `json:"name" decode:"required"`
//		Config *Config `json:"config"`
//	}
//
//	mux.Handle("POST /agents", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
//		var a Agent
//		if err := decode.JSON(r, &a); err != nil {
//			return err
//		}
//		return errcatalog.WriteJSON(w, http.StatusCreated, store.Add(a))
//	}))
//
// # Errors
//
// The errors are contract errors, which any catalogue can answer with:
//
//   - [errcatalog.BodyMalformed], with line and column: the body is empty, is no
//     JSON text (RFC 8259), is not UTF-8, nests deeper than 100, or goes on after
//     the value. Both count from 1, and columns count code points, not bytes.
//   - [errcatalog.FieldMissing]: one absent field is all that is wrong.
//   - [errcatalog.FieldsMissing]: a field is absent, and something else is wrong.
//   - [errcatalog.ValidationFailed]: fields are unknown, of a wrong type, or out of
//     what the validation takes.
//
// The last three have violations, at most 100: what is absent, unknown, given twice
// or of a wrong type, and what the validation said, all of one pass over the body.
// Each names its place as a JSON Pointer (RFC 6901), such as /steps/2/depends_on/0.
// They stand in the order of the body, what an object lacks before what is wrong
// inside it. The param field is the first absent one, or else the first at fault: a
// member of the body itself by its name, what lies deeper by its pointer. The param
// required_fields has all that are required of the object that lacks it.
//
// A body over the limit is an *http.MaxBytesError, which errcatalog answers with
// 413. Where the body does not arrive, the error is that of the request's context if
// it is done, else [errcatalog.ClientClosed] or, of a slow client,
// [errcatalog.RequestTimeout].
//
// Values of the body are in no error for the client. Names that the client made up
// are: cut at 64 characters, and without what does not print.
//
// # What is required
//
// A field with the tag decode:"required" must be there and not be null. Any other
// field may be absent, and null is as good as absent: it empties pointers, slices,
// maps and interfaces, and leaves the rest alone. An item of an array or a map is
// null only where Go has a nil for it.
//
// # What decodes
//
// What package encoding/json decodes, into the same values, apart from this: names
// must match in case, may not be given twice, and must be known; a Go array needs
// exactly as many items as it has; bytes are a string in base64; slices are made
// anew. Values for an interface other than any, for a chan or a func are not
// there: a type with one of them is an error at its first use.
//
// # Validation
//
// Types that implement [Validator] validate themselves, on every level. What
// validates whole values from outside, such as go-playground/validator, is called
// from [Decoder.Validate].
package decode
