package errcatalog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// A listError is an error of a type that has no ==, as those of validators are.
type listError []string

func (e listError) Error() string { return strings.Join(e, ", ") }

// A loopError wraps itself, by way of others or not.
type loopError struct{ next error }

func (e *loopError) Error() string { return "loop" }
func (e *loopError) Unwrap() error { return e.next }

// A treeError joins errors.
type treeError struct{ children []error }

func (e *treeError) Error() string   { return "tree" }
func (e *treeError) Unwrap() []error { return e.children }

// deep wraps err n times.
func deep(n int, err error) error {
	for range n {
		err = &loopError{err}
	}
	return err
}

func loop() error {
	e := &loopError{}
	e.next = &loopError{&loopError{e}}
	return e
}

// doubling joins an error with itself, again and again: 2^n ways lead to its end.
func doubling(n int) error {
	var err error = &loopError{}
	for range n {
		err = &treeError{[]error{err, err}}
	}
	return err
}

func loopedTree() error {
	e := &treeError{}
	e.children = []error{errRoot, &loopError{e}, e}
	return e
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tooLarge := &http.MaxBytesError{Limit: 10}
	notFound := errcatalog.NotFound.With(slog.String("id", "1"))
	for _, test := range []struct {
		name    string
		err     error
		code    Code
		kind    Kind
		problem error
	}{
		{"nil is internal", nil, "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a nil *Error is internal", (*errcatalog.Error)(nil), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a wrapped nil *Error is internal", fmt.Errorf("a: %w", (*errcatalog.Error)(nil)), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a nil *Error is passed over", errors.Join((*errcatalog.Error)(nil), errcatalog.Gone), "gone", errcatalog.Gone, nil},
		{"a nil pointer of another type is internal", (*fs.PathError)(nil), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a foreign error is internal", errRoot, "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a foreign error without == is internal", listError{"a"}, "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a kind is itself", errcatalog.Gone, "gone", errcatalog.Gone, nil},
		{"a code is itself", Code("gone"), "gone", "", nil},
		{"an *Error is itself", notFound, "not_found", errcatalog.NotFound, nil},
		{"a wrapped one is found", fmt.Errorf("a: %w", fmt.Errorf("b: %w", notFound)), "not_found", errcatalog.NotFound, nil},
		{"a joined one is found", errors.Join(errRoot, notFound), "not_found", errcatalog.NotFound, nil},
		{"the first of two joined counts", errors.Join(errcatalog.Gone, notFound), "gone", errcatalog.Gone, nil},
		{"the outermost of two counts", errcatalog.Gone.Because(notFound), "gone", errcatalog.Gone, nil},
		{"the first in the depth counts", errors.Join(fmt.Errorf("a: %w", errcatalog.Gone), notFound), "gone", errcatalog.Gone, nil},
		{"two wrapped with %w are looked at in their order", fmt.Errorf("%w, %w", errRoot, errcatalog.Locked), "locked", errcatalog.Locked, nil},
		{"one that was resolved before stays", errcatalog.Standard.Resolve(errcatalog.KeyExpired), "expired_credentials", errcatalog.KeyExpired, nil},
		{"a body over the limit", tooLarge, "payload_too_large", errcatalog.PayloadTooLarge, nil},
		{"a wrapped body over the limit", fmt.Errorf("reading: %w", tooLarge), "payload_too_large", errcatalog.PayloadTooLarge, nil},
		{"a joined body over the limit", errors.Join(errRoot, tooLarge), "payload_too_large", errcatalog.PayloadTooLarge, nil},
		{"a contract error counts more than a body over the limit", errors.Join(tooLarge, errcatalog.Gone), "gone", errcatalog.Gone, nil},
		{"an undeclared code is internal", Code("nothing"), "internal_error", errcatalog.Internal, errcatalog.ErrUndeclared},
		{"an undeclared code with params is internal", Code("nothing").With(slog.Int("n", 1)), "internal_error", errcatalog.Internal, errcatalog.ErrUndeclared},
		{"an undeclared code of a kind is of that kind", Code("nothing").With().Of(errcatalog.Gone), "gone", errcatalog.Gone, errcatalog.ErrUndeclared},
		{"a code of an unknown kind is the code", Code("gone").With().Of("nothing"), "gone", "nothing", nil},
		{"a code of a kind is both", Code("gone").With().Of(errcatalog.Locked), "gone", errcatalog.Locked, nil},
		{"an empty code is internal", Code(""), "internal_error", errcatalog.Internal, errcatalog.ErrUndeclared},
		{"an unknown kind is internal", Kind("nothing"), "internal_error", errcatalog.Internal, errcatalog.ErrUndeclared},
		{"an empty kind is internal", Kind(""), "internal_error", errcatalog.Internal, errcatalog.ErrUndeclared},
		{"an *Error of nothing is internal", &errcatalog.Error{}, "internal_error", errcatalog.Internal, errcatalog.ErrUndeclared},
		{"a deadline that is nobody's is internal", context.DeadlineExceeded, "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a chain of 900 is looked through", deep(900, notFound), "not_found", errcatalog.NotFound, nil},
		{"a chain of 5000 is not", deep(5000, notFound), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a body over the limit under a chain of 5000 is not found", deep(5000, tooLarge), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a chain in a loop is internal", loop(), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a tree in a loop is internal", loopedTree(), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a tree of many ways is internal", doubling(60), "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"the error before a loop is found", errors.Join(notFound, loop()), "not_found", errcatalog.NotFound, nil},
		{"an empty join is internal", &treeError{}, "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
		{"a join of nothing but nil is internal", &treeError{[]error{nil, nil}}, "internal_error", errcatalog.Internal, errcatalog.ErrUnrecognized},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			inTime(t, func() {
				e := errcatalog.Standard.Resolve(test.err)
				if e.Code() != test.code || e.Kind() != test.kind || e.Status() == 0 || e.Message() == "" {
					t.Errorf("Resolve: it is %q of %q, %d, %q", e.Code(), e.Kind(), e.Status(), e.Message())
				}
				rec, reports := respond(Writer{}, get(), test.err)
				if test.err == nil { // nothing went wrong then
					return
				}
				if len(reports) != 1 || reports[0].problem != test.problem || reports[0].err.Code() != test.code || reports[0].err.Kind() != test.kind {
					t.Errorf("WriteError: reported %v", reports)
				}
				if got := rec.Header().Get("X-Error-Code"); got != string(test.code) || rec.Code != e.Status() {
					t.Errorf("WriteError: sent %d %s", rec.Code, got)
				}
			})
		})
	}
}

func TestWriteErrorOfNil(t *testing.T) {
	t.Parallel()
	w := Writer{}
	reports := observe(&w)
	serve(w.Always(nil), get())
	if r := (*reports)[0]; r.err.Code() != "internal_error" || r.problem != errcatalog.ErrUnrecognized || r.err.Unwrap() == nil {
		t.Errorf("reported %v", r)
	}
}

func TestALimitIsAParamOfTheReply(t *testing.T) {
	t.Parallel()
	got := body(errcatalog.Standard, fmt.Errorf("reading: %w", &http.MaxBytesError{Limit: 10}))
	wantHas(t, got, `"message":"The request body is larger than 10 bytes."`, `"max_bytes":10`)
}

func TestAnErrorOfAnotherCatalogueKeepsItsKind(t *testing.T) {
	t.Parallel()
	other := build(t, extend(Entry{Code: "missing", Covers: []Kind{errcatalog.NotFound}, Status: 404, Messages: say("Missing.")}))
	foreign := other.Resolve(errcatalog.RouteNotFound)
	_, reports := respond(Writer{}, get(), foreign)
	if r := reports[0]; r.err.Code() != "route_not_found" || r.problem != errcatalog.ErrUndeclared {
		t.Errorf("reported %v, %v", r.err, r.problem)
	}
	_, reports = respond(Writer{}, get(), other.Resolve(Code("missing")))
	if r := reports[0]; r.err.Code() != "internal_error" || r.problem != errcatalog.ErrUndeclared {
		t.Errorf("reported %v, %v", r.err, r.problem)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	conflict := func(err error) error {
		if errors.Is(err, errRoot) {
			return errcatalog.Conflict.With(slog.Int("n", 1))
		}
		return nil
	}
	list := func(err error) error {
		var l listError
		if errors.As(err, &l) {
			return errcatalog.ValidationFailed
		}
		return nil
	}
	foreign := func(error) error { return errors.New("no contract error") }
	gone := func(error) error { return Code("gone") }
	undeclared := func(error) error { return Code("nothing") }
	for _, test := range []struct {
		name    string
		rules   []func(error) error
		err     error
		code    Code
		problem error
	}{
		{"a rule takes an error for one of the contract", []func(error) error{conflict}, errRoot, "conflict", nil},
		{"and a wrapped one", []func(error) error{conflict}, fmt.Errorf("a: %w", errRoot), "conflict", nil},
		{"and one whose type has no ==", []func(error) error{list}, listError{"a", "b"}, "validation_failed", nil},
		{"one that returns nil passes", []func(error) error{list, conflict}, errRoot, "conflict", nil},
		{"one that returns a foreign error passes", []func(error) error{foreign, conflict}, errRoot, "conflict", nil},
		{"the first counts", []func(error) error{conflict, gone}, errRoot, "conflict", nil},
		{"none is asked about a contract error", []func(error) error{gone}, errcatalog.Locked, "locked", nil},
		{"they count more than the limit of a body", []func(error) error{gone}, &http.MaxBytesError{}, "gone", nil},
		{"the limit of a body counts where none says anything", []func(error) error{conflict}, &http.MaxBytesError{}, "payload_too_large", nil},
		{"a code that is not in the catalogue is reported", []func(error) error{undeclared}, errRoot, "internal_error", errcatalog.ErrUndeclared},
		{"none says anything", []func(error) error{list, foreign}, errRoot, "internal_error", errcatalog.ErrUnrecognized},
		{"none is asked about a chain that does not end", []func(error) error{gone}, loop(), "internal_error", errcatalog.ErrUnrecognized},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, reports := respond(Writer{Rules: test.rules}, get(), test.err)
			r := reports[0]
			if r.err.Code() != test.code || r.problem != test.problem {
				t.Errorf("it is %s with %v", r.err.Code(), r.problem)
			}
			if r.err.Code() != "locked" && r.err.Unwrap() == nil {
				t.Error("the cause is lost")
			}
		})
	}
	t.Run("Resolve asks none", func(t *testing.T) {
		t.Parallel()
		if got := errcatalog.Standard.Resolve(errRoot).Code(); got != "internal_error" {
			t.Errorf("it is %s", got)
		}
	})
	t.Run("Reply asks them", func(t *testing.T) {
		t.Parallel()
		w := Writer{Rules: []func(error) error{conflict}}
		if got := w.Reply(errRoot, errcatalog.Meta{}).Status; got != 409 {
			t.Errorf("it is %d", got)
		}
	})
}

func TestTheRequestsOwnContext(t *testing.T) {
	t.Parallel()
	past, never := time.Unix(0, 0), time.Now().Add(time.Hour)
	foreign := errors.New("shutting down")
	overloaded := errcatalog.Overloaded.Because(errors.New("queue full"))
	canceled := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(cause)
		return ctx
	}
	deadline := func(at time.Time, cause error) context.Context {
		ctx, cancel := context.WithDeadlineCause(context.Background(), at, cause)
		t.Cleanup(cancel)
		return ctx
	}
	for _, test := range []struct {
		name string
		ctx  context.Context
		err  error
		code Code
		kind Kind
	}{
		{"its deadline", deadline(past, nil), context.DeadlineExceeded, "gateway_timeout", errcatalog.Timeout},
		{"its deadline, wrapped", deadline(past, nil), fmt.Errorf("query: %w", context.DeadlineExceeded), "gateway_timeout", errcatalog.Timeout},
		{"its deadline with a kind as cause", deadline(past, errcatalog.UpstreamTimeout), context.DeadlineExceeded, "gateway_timeout", errcatalog.UpstreamTimeout},
		{"its deadline with a foreign cause", deadline(past, foreign), context.DeadlineExceeded, "gateway_timeout", errcatalog.Timeout},
		{"its deadline by its foreign cause", deadline(past, foreign), foreign, "gateway_timeout", errcatalog.Timeout},
		{"its deadline has not come", deadline(never, nil), context.DeadlineExceeded, "internal_error", errcatalog.Internal},
		{"another's cancellation under its deadline", deadline(past, nil), context.Canceled, "internal_error", errcatalog.Internal},
		{"a client that left", canceled(nil), context.Canceled, "client_closed_request", errcatalog.ClientClosed},
		{"a client that left, wrapped", canceled(nil), fmt.Errorf("query: %w", context.Canceled), "client_closed_request", errcatalog.ClientClosed},
		{"another's deadline under a client that left", canceled(nil), context.DeadlineExceeded, "internal_error", errcatalog.Internal},
		{"cancelled with a kind", canceled(errcatalog.Maintenance), context.Canceled, "service_unavailable", errcatalog.Maintenance},
		{"cancelled with an *Error", canceled(overloaded), context.Canceled, "service_unavailable", errcatalog.Overloaded},
		{"cancelled with a wrapped kind", canceled(fmt.Errorf("a: %w", errcatalog.Maintenance)), context.Canceled, "service_unavailable", errcatalog.Maintenance},
		{"cancelled with a foreign cause", canceled(foreign), context.Canceled, "internal_error", errcatalog.Internal},
		{"cancelled with a foreign cause that is the error", canceled(foreign), foreign, "internal_error", errcatalog.Internal},
		{"cancelled with a cause without ==", canceled(listError{"a"}), listError{"a"}, "internal_error", errcatalog.Internal},
		{"done, and the error has nothing to do with it", canceled(nil), errRoot, "internal_error", errcatalog.Internal},
		{"done, and the error is one of the contract", canceled(nil), errcatalog.NotFound.Because(context.Canceled), "not_found", errcatalog.NotFound},
		{"done, and the error does not end", canceled(nil), loop(), "internal_error", errcatalog.Internal},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec, reports := respond(Writer{}, get().WithContext(test.ctx), test.err)
			e := reports[0].err
			if e.Code() != test.code || e.Kind() != test.kind || rec.Code != e.Status() {
				t.Errorf("it is %s of %s, sent with %d", e.Code(), e.Kind(), rec.Code)
			}
			if !strings.Contains(test.name, "does not end") && !strings.Contains(test.name, "the contract") && !errorIs(e, test.err) {
				t.Error("the error is lost")
			}
		})
	}
	t.Run("the cause of a cancellation is kept with the error", func(t *testing.T) {
		t.Parallel()
		err := fmt.Errorf("query: %w", context.Canceled)
		_, reports := respond(Writer{}, get().WithContext(canceled(overloaded)), err)
		wantHas(t, asJSON(reports[0].err), "query: context canceled", "queue full")
		if !errors.Is(reports[0].err, context.Canceled) {
			t.Error("the error is lost")
		}
	})
}

// errorIs is errors.Is for targets that may have no ==.
func errorIs(err, target error) bool {
	if _, ok := target.(listError); ok {
		var l listError
		return errors.As(err, &l)
	}
	return errors.Is(err, target)
}

func TestTheRootCauseIsKept(t *testing.T) {
	t.Parallel()
	caused := errcatalog.NotFound.Because(fmt.Errorf("load: %w", io.EOF))
	rule := func(err error) error {
		if errors.Is(err, io.EOF) {
			return errcatalog.BodyMalformed.Because(errors.New("by the rule"))
		}
		return nil
	}
	for _, test := range []struct {
		name string
		err  error
	}{
		{"of an occurrence", caused},
		{"of a wrapped occurrence", fmt.Errorf("a: %w", caused)},
		{"of a wrapper around a kind", fmt.Errorf("%w: %w", errcatalog.Conflict, io.EOF)},
		{"of a join with a kind", errors.Join(errcatalog.Conflict, io.EOF)},
		{"of an occurrence under another", errcatalog.Gone.Because(fmt.Errorf("a: %w", caused))},
		{"of a foreign error", fmt.Errorf("load: %w", io.EOF)},
		{"of an undeclared code", Code("nothing").Because(io.EOF)},
		{"of a wrapped undeclared code", fmt.Errorf("a: %w", Code("nothing").Because(io.EOF))},
		{"of an unknown kind", Kind("nothing").Because(io.EOF)},
		{"of a resolved error", errcatalog.Standard.Resolve(fmt.Errorf("a: %w", caused))},
		{"itself", io.EOF},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, w := range []Writer{{}, {Rules: []func(error) error{rule}}} {
				_, reports := respond(w, get(), test.err)
				if !errors.Is(reports[0].err, io.EOF) {
					t.Errorf("it is lost in %v", reports[0].err)
				}
				wantHas(t, asJSON(reports[0].err), "EOF")
			}
		})
	}
}

func TestAReportedErrorIsStillTheHandlersOwn(t *testing.T) {
	t.Parallel()
	wrapper := &fs.PathError{Op: "open", Path: "/x", Err: errcatalog.NotFound.With(slog.Int("n", 1))}
	_, reports := respond(Writer{}, get(), wrapper)
	var path *fs.PathError
	if !errors.As(reports[0].err, &path) || path != wrapper {
		t.Error("the wrapper is lost")
	}
	if p := reports[0].err.Params(); len(p) != 1 || p[0].Key != "n" {
		t.Errorf("the params are %v", p)
	}
}
