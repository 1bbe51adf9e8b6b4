package errcatalog

import (
	"log/slog"
	"slices"
)

// A Code is an error's published name, unique within one catalogue:
// "agent_not_found". It is an error, so that errors.Is finds it in an [*Error].
type Code string

// Error returns the code.
func (c Code) Error() string { return string(c) }

// With returns an occurrence of the code. Which params it may have is declared
// by its entry in the catalogue; others reach nobody, but for those of a header that
// the status asks for, such as retry_after.
func (c Code) With(params ...slog.Attr) *Error { return &Error{code: c, params: slices.Clone(params)} }

// Because returns an occurrence of the code with a private cause.
func (c Code) Because(cause error) *Error { return &Error{code: c, cause: cause} }

// With returns an occurrence of the kind.
func (k Kind) With(params ...slog.Attr) *Error { return &Error{kind: k, params: slices.Clone(params)} }

// Because returns an occurrence of the kind with a private cause.
func (k Kind) Because(cause error) *Error { return &Error{kind: k, cause: cause} }

// An Error is one occurrence of a failure: a kind or a code, params, and a
// private cause. The params are for the client, as far as the catalogue declares
// them. The cause is for the log: no reply and no Error text shows it.
//
// Make one with [Kind.With], [Code.With] or a Because. An Error is immutable and
// safe for concurrent use.
type Error struct {
	kind   Kind
	code   Code
	params []slog.Attr
	cause  error
	entry  *entry // once resolved
}

// Because returns a copy of e whose private cause is cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Of returns a copy of e that is of the kind k too. A code may have a message for
// some of the kinds that it covers.
func (e *Error) Of(k Kind) *Error {
	c := *e
	c.kind = k
	return &c
}

// With returns a copy of e with more params. Of two with one name the later counts.
func (e *Error) With(params ...slog.Attr) *Error {
	c := *e
	c.params = append(slices.Clip(e.params), params...)
	return &c
}

// Kind returns the kind, "" for an occurrence that has only a code.
func (e *Error) Kind() Kind { return e.kind }

// Code returns the published code, "" for an occurrence of a kind that no
// catalogue has resolved yet.
func (e *Error) Code() Code { return e.code }

// Params returns the occurrence's params.
func (e *Error) Params() []slog.Attr { return slices.Clone(e.params) }

// Status returns the HTTP status that a catalogue resolved the error to, 0 before that.
func (e *Error) Status() int {
	if e.entry == nil {
		return 0
	}
	return e.entry.Status
}

// Message returns the message that a catalogue resolved the error to, "" before that.
func (e *Error) Message() string {
	if e.entry == nil {
		return ""
	}
	o := occurrence{kind: e.kind, params: e.params, entry: e.entry}
	return string(o.appendMessage(nil, false))
}

// Error returns the code, or the kind, and the public message where a catalogue
// resolved it. It leaves the cause out.
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	if e.entry != nil {
		return string(e.code) + ": " + e.Message()
	}
	if e.code != "" {
		return string(e.code)
	}
	return string(e.kind)
}

// Is reports whether target is the error's code, its kind, or a kind above that.
func (e *Error) Is(target error) bool {
	if e == nil {
		return false
	}
	switch t := target.(type) {
	case Code:
		return e.code != "" && e.code == t
	case Kind:
		return e.kind.under(t)
	}
	return false
}

// Unwrap returns the private cause, so that errors.Is and errors.As find it.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// LogValue groups what a log should show: the code, the kind, the params, and the
// private cause, those of contract errors inside the cause among it.
func (e *Error) LogValue() slog.Value {
	if e == nil {
		return slog.StringValue("<nil>")
	}
	attrs := make([]slog.Attr, 0, 4)
	if e.code != "" {
		attrs = append(attrs, slog.String("code", string(e.code)))
	}
	if e.kind != "" {
		attrs = append(attrs, slog.String("kind", string(e.kind)))
	}
	if len(e.params) > 0 {
		attrs = append(attrs, slog.Attr{Key: "params", Value: slog.GroupValue(e.params...)})
	}
	if e.cause != nil {
		attrs = append(attrs, slog.Any("cause", tell(e.cause)))
	}
	return slog.GroupValue(attrs...)
}

// tell returns err with a text that has the private causes of the contract errors
// in its chain, which their own texts leave out.
func tell(err error) (told error) {
	if _, ok := err.(*Error); ok {
		return err // which logs as a group
	}
	defer func() {
		if recover() != nil { // an Unwrap of a nil pointer
			told = err
		}
	}()
	hidden, budget := "", maxChain
	walk(err, &budget, func(err error) bool {
		if e, ok := err.(*Error); ok && e != nil && e.cause != nil {
			hidden += ": " + e.cause.Error()
		}
		return false
	})
	if hidden == "" {
		return err
	}
	return &toldError{err, err.Error() + hidden}
}

// A toldError is an error with another text.
type toldError struct {
	error
	text string
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.error }
