package errcatalog

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
)

// What kept a reply from being what its error meant. [Writer.Report] is given them.
var (
	// ErrUndeclared is an error whose code is not in the catalogue.
	ErrUndeclared = errors.New("errcatalog: the catalogue does not declare this code")
	// ErrUnrecognized is an error that is no contract error and that no rule knows.
	ErrUnrecognized = errors.New("errcatalog: no rule recognizes this error")
	// ErrSecond is an error after another one was answered.
	ErrSecond = errors.New("errcatalog: the request was answered with another error before")
	// ErrStarted is an error after the response started.
	ErrStarted = errors.New("errcatalog: the response had started before the error")
	// ErrHijacked is an error after the connection was hijacked.
	ErrHijacked = errors.New("errcatalog: the connection was hijacked before the error")
)

var errNil = errors.New("errcatalog: a nil error was to be answered")

// Resolve returns the occurrence that err is in this catalogue: with code, status
// and message. It never returns nil and has no side effect.
//
// It recognizes an [*Error], a [Kind], a [Code] and an *http.MaxBytesError, anywhere
// in err's chain, the outermost first. Everything else is Internal, and so is a code
// that the catalogue does not have, unless it came with a kind. What err was stays
// as the private cause.
func (c *Catalog) Resolve(err error) *Error {
	f, _ := c.resolve(err, nil, context.Background())
	return f.public(err)
}

// A finding is a contract error in the chain of some error, and once resolved its entry.
type finding struct {
	entry  *entry
	kind   Kind
	code   Code
	params []slog.Attr
	cause  error
}

// public returns the finding as an error of its own. Where the contract error was
// wrapped, the wrapper is part of the cause.
func (f *finding) public(err error) *Error {
	e := &Error{kind: f.kind, code: f.entry.Code, params: f.params, cause: f.cause, entry: f.entry}
	switch err.(type) {
	case *Error, Kind, Code:
	default:
		if f.cause == nil {
			e.cause = err
		} else if f.cause != err {
			e.cause = &wrapped{err, f.cause}
		}
	}
	return e
}

// wrapped is an error whose text leaves the cause at its end out, with that cause.
type wrapped struct{ outer, cause error }

func (w *wrapped) Error() string   { return w.outer.Error() + ": " + w.cause.Error() }
func (w *wrapped) Unwrap() []error { return []error{w.outer, w.cause} }

// resolve finds the entry for err, and what about err is not as it should be.
func (c *Catalog) resolve(err error, rules []func(error) error, ctx context.Context) (finding, error) {
	if err == nil {
		err = errNil
	}
	f, ok := find(err)
	if !ok {
		f, ok = classify(err, rules, ctx)
	}
	if !ok {
		return finding{entry: c.byKind[Internal], kind: Internal, cause: err}, ErrUnrecognized
	}
	if f.code != "" {
		if f.entry = c.byCode[f.code]; f.entry != nil {
			return f, nil
		}
	}
	if f.entry = c.byKind[f.kind]; f.entry != nil {
		if f.code != "" {
			return f, ErrUndeclared
		}
		return f, nil
	}
	return finding{entry: c.byKind[Internal], kind: Internal, cause: err}, ErrUndeclared
}

// classify asks the rules, and then what is certain without any.
func classify(err error, rules []func(error) error, ctx context.Context) (finding, bool) {
	for _, rule := range rules {
		if f, ok := find(rule(err)); ok {
			f.cause = err
			return f, true
		}
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		params := []slog.Attr{slog.Int64("max_bytes", tooLarge.Limit)}
		return finding{kind: PayloadTooLarge, params: params, cause: err}, true
	}
	return classifyDone(err, ctx)
}

// classifyDone recognizes that the request's own context is done: by its cause if
// that is a contract error, else as a passed deadline or a client that left.
func classifyDone(err error, ctx context.Context) (finding, bool) {
	done := ctx.Err()
	if done == nil {
		return finding{}, false
	}
	cause := context.Cause(ctx)
	if !errors.Is(err, done) && !errors.Is(err, cause) {
		return finding{}, false
	}
	if f, ok := find(cause); ok {
		return f, true
	}
	switch {
	case errors.Is(done, context.DeadlineExceeded):
		return finding{kind: Timeout, cause: err}, true
	case cause == done:
		return finding{kind: ClientClosed, cause: err}, true
	}
	return finding{}, false
}

// maxChain is how many errors of a chain are looked at.
const maxChain = 1000

// find returns the outermost contract error in err's chain.
func find(err error) (finding, bool) {
	budget := maxChain
	return findIn(err, &budget)
}

func findIn(err error, budget *int) (finding, bool) {
	for err != nil && *budget > 0 {
		*budget--
		switch e := err.(type) {
		case *Error:
			if e == nil {
				return finding{}, false
			}
			return finding{kind: e.kind, code: e.code, params: e.params, cause: e.cause}, true
		case Kind:
			return finding{kind: e}, true
		case Code:
			return finding{code: e}, true
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if f, ok := findIn(err, budget); ok {
					return f, true
				}
			}
			return finding{}, false
		default:
			return finding{}, false
		}
	}
	return finding{}, false
}
