package errcatalog

import (
	"context"
	"errors"
	"fmt"
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
	var o occurrence
	_ = c.resolve(&o, err, nil, context.Background())
	return o.public()
}

// public returns the resolved occurrence as an error of its own.
func (o *occurrence) public() *Error {
	return &Error{kind: o.kind, code: o.entry.Code, params: o.params, cause: o.cause, entry: o.entry}
}

// resolve makes o the occurrence that err is, and returns what about err is not as
// it should be.
func (c *Catalog) resolve(o *occurrence, err error, rules []func(error) error, ctx context.Context) error {
	if err == nil {
		err = errNil
	}
	found, readable := o.find(err)
	if !found && (!readable || !o.classify(err, rules, ctx)) {
		c.internal(o, err)
		return ErrUnrecognized
	}
	if o.code != "" {
		if o.entry = c.byCode[o.code]; o.entry != nil {
			return nil
		}
	}
	if o.entry = c.byKind[o.kind]; o.entry == nil {
		c.internal(o, err)
		return ErrUndeclared
	}
	if o.code != "" {
		return ErrUndeclared
	}
	return nil
}

// internal makes o an Internal that shows nothing of err.
func (c *Catalog) internal(o *occurrence, err error) {
	o.kind, o.code, o.params, o.cause, o.entry = Internal, "", nil, err, c.byKind[Internal]
}

// classify asks what is certain of the request, then the rules, and then what is
// certain without any.
func (o *occurrence) classify(err error, rules []func(error) error, ctx context.Context) (ok bool) {
	defer func() {
		if recover() != nil { // a rule's, or an As or Is method's: err is nothing that we know
			ok = false
		}
	}()
	if o.classifyDone(err, ctx) {
		return true
	}
	for _, rule := range rules {
		if found, _ := o.find(rule(err)); found {
			o.cause = err
			return true
		}
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		o.kind, o.cause = PayloadTooLarge, err
		o.params = []slog.Attr{slog.Int64("max_bytes", tooLarge.Limit)}
		return true
	}
	return false
}

// classifyDone recognizes that the request's own context is done: by its cause if
// that is a contract error, else as a passed deadline or a client that left.
func (o *occurrence) classifyDone(err error, ctx context.Context) bool {
	done := ctx.Err()
	if done == nil {
		return false
	}
	cause := context.Cause(ctx)
	if !errors.Is(err, done) && !errors.Is(err, cause) {
		return false
	}
	if found, _ := o.find(cause); found {
		o.cause = fmt.Errorf("%w: %w", err, cause)
		return true
	}
	switch {
	case errors.Is(done, context.DeadlineExceeded):
		o.kind, o.cause = Timeout, err
	case cause == done:
		o.kind, o.cause = ClientClosed, err
	}
	return o.kind != ""
}

// find looks for the outermost contract error in err's chain. A chain that is too
// long or that panics, as that of a nil pointer does, is not readable.
func (o *occurrence) find(err error) (found, readable bool) {
	if e, ok := err.(*Error); ok && e != nil {
		return o.take(e), true
	}
	defer func() {
		if recover() != nil {
			found, readable = false, false
		}
	}()
	budget := maxChain
	found = walk(err, &budget, func(err error) bool {
		switch e := err.(type) {
		case *Error:
			return o.take(e)
		case Kind:
			o.kind = e
			return true
		case Code:
			o.code = e
			return true
		}
		return false
	})
	switch err.(type) {
	case Kind, Code:
	default:
		o.cause = err // the wrappers, and what they wrap besides
	}
	return found, found || budget > 0
}

// maxChain is how many errors of a chain are looked at.
const maxChain = 1000

// walk calls visit for err and what it wraps, the outermost first, until visit
// returns true or the budget is spent.
func walk(err error, budget *int, visit func(error) bool) bool {
	for err != nil && *budget > 0 {
		*budget--
		if visit(err) {
			return true
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if walk(err, budget, visit) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

func (o *occurrence) take(e *Error) bool {
	if e == nil {
		return false
	}
	o.kind, o.code, o.params, o.cause = e.kind, e.code, e.params, e.cause
	return true
}
