package errcatalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"strings"
)

// CommonRules returns rules for [Writer.Rules] that read well-known errors of the
// standard library as most handlers mean them:
//
//   - a *url.Error or *net.OpError, of a request that the handler itself sent, is
//     UpstreamTimeout if it is a timeout, else UpstreamInvalid,
//   - a deadline that is not the request's own is UpstreamTimeout,
//   - sql.ErrNoRows and fs.ErrNotExist are NotFound,
//   - a JSON syntax error is BodyMalformed, and so are io.EOF and io.ErrUnexpectedEOF
//     as a json.Decoder returns them, with nothing around them,
//   - a JSON value of a wrong type is ValidationFailed.
//
// They are not on by default, because only the handler's author knows whose fault
// an error is: a syntax error in an upstream's answer is not the client's.
func CommonRules() []func(error) error {
	return []func(error) error{upstreamRule, deadlineRule, notFoundRule, bodyRule}
}

func upstreamRule(err error) error {
	var sent *url.Error
	var op *net.OpError
	switch {
	case errors.As(err, &sent) && sent.Timeout(), errors.As(err, &op) && op.Timeout():
		return UpstreamTimeout
	case sent != nil, op != nil:
		return UpstreamInvalid
	}
	return nil
}

func notFoundRule(err error) error {
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, fs.ErrNotExist) {
		return NotFound
	}
	return nil
}

func bodyRule(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || err == io.ErrUnexpectedEOF || err == io.EOF {
		return BodyMalformed
	}
	var typ *json.UnmarshalTypeError
	if !errors.As(err, &typ) {
		return nil
	}
	pointer := strings.ReplaceAll("."+typ.Field, ".", "/")
	if typ.Field == "" {
		pointer = "" // the whole document
	}
	// The value's text behind the type's name is the client's.
	name, _, _ := strings.Cut(typ.Value, " ")
	reason := "must not be " + article(name)
	return ValidationFailed.With(
		slog.String("field", typ.Field), slog.String("requirement", reason),
		Invalid("violations", Violation{Field: pointer, Reason: reason}))
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
