package decode_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/middleware/decode"
)

// errs reports to nobody, so that the examples print only replies.
var errs = &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}

type Agent struct {
	ID     string  `json:"id" decode:"required"`
	Name   string  `json:"name" decode:"required"`
	Config *Config `json:"config"`
}

type Config struct {
	Priority Priority `json:"priority"`
	Tags     []string `json:"tags"`
}

type Priority string

func (p Priority) Validate() []errcatalog.Violation {
	switch p {
	case "low", "normal", "high":
		return nil
	}
	return []errcatalog.Violation{{Reason: "must be low, normal or high"}}
}

func Example() {
	h := errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		var a Agent
		if err := decode.JSON(r, &a); err != nil {
			return err
		}
		return errcatalog.WriteJSON(w, http.StatusCreated, a)
	})
	for _, body := range []string{
		`{"id":"a1","name":"Ada","config":{"priority":"high"}}`,
		`{"id":"a1","config":{"priority":"now","tags":["x",7]},"nam":"Ada"}`,
		`{"id":"a1",}`,
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/agents", strings.NewReader(body)))
		fmt.Println(w.Code, strings.ReplaceAll(w.Body.String(), `,{"field"`, ",\n\t"+`{"field"`))
	}
	// Output:
	// 201 {"id":"a1","name":"Ada","config":{"priority":"high","tags":null}}
	// 400 {"error":{"code":"validation_failed","message":"Required fields are missing from the request.","details":{"violations":[{"field":"/name","reason":"is required"},
	// 	{"field":"/config/priority","reason":"must be low, normal or high"},
	// 	{"field":"/config/tags/1","reason":"must be a string"},
	// 	{"field":"/nam","reason":"is not known"}]}}}
	// 400 {"error":{"code":"invalid_json","message":"The request body is not valid JSON: see line 1, column 12.","details":{"line":1,"column":12}}}
}

func ExampleJSON() {
	r := httptest.NewRequest(http.MethodPost, "/agents", strings.NewReader(`{"id":"a1"}`))
	var a Agent
	err := decode.JSON(r, &a)
	fmt.Println(err, errors.Is(err, errcatalog.FieldsMissing))
	fmt.Println(string((&errcatalog.Writer{Catalog: so1.Catalog}).Reply(err, errcatalog.Meta{}).Body))
	// Output:
	// field_missing true
	// {"success":false,"error":{"code":"missing_required_field","message":"Required field is missing from request.","details":{"field":"name"}},"metadata":{}}
}

func ExampleDecoder() {
	d := &decode.Decoder{MediaTypes: []string{"application/json"}, MaxBytes: 64 << 10, AllowUnknown: true}
	h := errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
		var a Agent
		return d.JSON(r, &a)
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/agents", strings.NewReader(`<agent/>`)))
	fmt.Println(w.Code, w.Header().Get("X-Error-Code"), w.Header().Get("Accept"))
	// Output: 415 unsupported_media_type application/json
}

func ExampleDecoder_JSON() {
	h := errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		options := struct {
			Force bool `json:"force"`
		}{Force: true}
		if err := decode.JSON(r, &options); err != nil && !errors.Is(err, decode.ErrEmpty) {
			return err
		}
		return errcatalog.WriteJSON(w, http.StatusOK, options)
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/agents/a1/unlock", http.NoBody))
	fmt.Println(w.Code, w.Body)
	// Output: 200 {"force":true}
}

func ExampleDecoder_Unmarshal() {
	var numbers []int8
	err := new(decode.Decoder).Unmarshal([]byte(`[1, 2, 300]`), &numbers)
	var e *errcatalog.Error
	if errors.As(err, &e) {
		fmt.Println(e.Kind(), e.Params())
	}
	// Output: validation_failed [field=2 requirement=must be an integer from -128 to 127 violations=[{/2 must be an integer from -128 to 127 []}]]
}

// A Span validates fields together.
type Span struct {
	From int `json:"from" decode:"required"`
	To   int `json:"to" decode:"required"`
}

func (s Span) Validate() (found []errcatalog.Violation) {
	if s.To < s.From {
		found = append(found, errcatalog.Violation{Field: "to", Reason: "must not be less than from"})
	}
	return found
}

func ExampleValidator() {
	var spans []Span
	err := new(decode.Decoder).Unmarshal([]byte(`[{"from":1,"to":2},{"from":2,"to":1}]`), &spans)
	fmt.Println(string(errs.Reply(err, errcatalog.Meta{}).Body))
	// Output: {"error":{"code":"validation_failed","message":"The request has values that are not valid.","details":{"violations":[{"field":"/1/to","reason":"must not be less than from"}]}}}
}

// A fieldError is what validator.FieldError of go-playground/validator has.
type fieldError interface {
	StructNamespace() string
	Tag() string
	Param() string
}

// check stands for what a *validator.Validate finds in v.
func check(v any) []fieldError {
	if a := v.(*Agent); a.Config != nil && len(a.Config.Tags) > 2 {
		return []fieldError{tooLong{}}
	}
	return nil
}

type tooLong struct{}

func (tooLong) StructNamespace() string { return "Agent.Config.Tags" }
func (tooLong) Tag() string             { return "max" }
func (tooLong) Param() string           { return "2" }

// With go-playground/validator, check is this:
//
//	var found validator.ValidationErrors
//	errors.As(validate.Struct(v), &found)
func ExamplePointer() {
	d := &decode.Decoder{Validate: func(v any) (violations []errcatalog.Violation) {
		for _, f := range check(v) {
			reason := decode.Required
			if f.Tag() != "required" {
				reason = "must keep the rule " + f.Tag() + "=" + f.Param()
			}
			violations = append(violations, errcatalog.Violation{Field: decode.Pointer(v, f.StructNamespace()), Reason: reason})
		}
		return violations
	}}
	var a Agent
	err := d.Unmarshal([]byte(`{"id":"a1","name":"Ada","config":{"priority":"low","tags":["a","b","c"]}}`), &a)
	fmt.Println(string(errs.Reply(err, errcatalog.Meta{}).Body))
	// Output: {"error":{"code":"validation_failed","message":"The request has values that are not valid.","details":{"violations":[{"field":"/config/tags","reason":"must keep the rule max=2"}]}}}
}
