package errcatalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
)

// CommonRules returns rules for [Writer.Rules] that read well-known errors of the
// standard library as most handlers mean them:
//
//   - sql.ErrNoRows and fs.ErrNotExist are NotFound,
//   - a JSON syntax error and an unexpected end of input are BodyMalformed,
//   - a JSON value of a wrong type is ValidationFailed,
//   - a deadline that is not the request's own is UpstreamTimeout.
//
// They are not on by default, because only the handler's author knows whose fault
// an error is: a syntax error in an upstream's answer is not the client's.
func CommonRules() []func(error) error {
	return []func(error) error{notFoundRule, bodyRule, deadlineRule}
}

func notFoundRule(err error) error {
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, fs.ErrNotExist) {
		return NotFound
	}
	return nil
}

func bodyRule(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return BodyMalformed
	}
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		return ValidationFailed.With(
			Invalid("violations", Violation{Field: typ.Field, Reason: "must not be " + article(typ.Value)}))
	}
	return nil
}

// article puts "a" or "an" before the name of a type.
func article(name string) string {
	switch name {
	case "array", "object", "integer":
		return "an " + name
	case "bool":
		return "a boolean"
	}
	return "a " + name
}

func deadlineRule(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return UpstreamTimeout
	}
	return nil
}
