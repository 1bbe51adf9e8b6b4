package errcatalog

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// A Writer answers requests with errors of one catalogue. The zero Writer answers
// with [Standard]. Its methods are safe for concurrent use; its fields must not
// change once it is in use. Several Writers do not know of each other.
type Writer struct {
	// Catalog has the errors. Nil is Standard.
	Catalog *Catalog
	// DocsURL is where the reference is published, if it is not the catalogue's
	// own Docs: $docs_url is DocsURL, #, and the code.
	DocsURL string
	// Rules read errors that are no contract errors, first to last: each returns
	// the contract error that it takes err for, or nil. They are not asked about an
	// error that has a contract error in its chain.
	Rules []func(error) error
	// Report, if not nil, is told of every error that the Writer was given: as the
	// catalogue resolved it, with its private cause. The last argument is nil when
	// the reply was sent as the error meant it. Otherwise it is one of this
	// package's Err variables or the error of the connection. A panic of it is logged, and
	// costs no reply.
	//
	// Nil logs to slog.Default what someone has to see: errors of status 500 and
	// more, and those with a last argument, but for clients that left. Where an
	// access log of the suite is around (middleware.Observe) it tells of them, and nil
	// logs what that one may not know: errors after the response started, and those that
	// are written to a copy of it, which the access log tells of too if they are sent.
	Report func(ctx context.Context, e *Error, problem error)
}

func (w *Writer) catalog() *Catalog {
	if w.Catalog == nil {
		return Standard
	}
	return w.Catalog
}

// WriteError answers r with err, as w's catalogue has it: the one place in the
// suite where a failed response is written. A nil err is answered as Internal.
//
// The first error wins: after another error, after the start of the response and
// after a hijack nothing is written, and err is only reported. The writer knows of
// these within [Writer.Handle], [Writer.Scope] and the middlewares of the suite, as
// far as the writers between them and rw have an Unwrap method; in a plain handler
// the caller must return after WriteError, as after http.Error.
//
// A HEAD request gets the headers alone.
func (w *Writer) WriteError(rw http.ResponseWriter, r *http.Request, err error) {
	ctx := r.Context()
	c := w.catalog()
	o := occurrence{meta: Meta{Accept: r.Header["Accept"], docsURL: w.DocsURL}}
	problem := c.resolve(&o, err, w.Rules, ctx)
	st := reqstate.From(ctx)
	var around *reqstate.State // of a response that rw may be copied to
	if st == nil {
		st = reqstate.Observer(rw) // of a request that got another context
	}
	if st != nil {
		o.meta.RequestID = st.RequestID
		if !st.Observes(rw) {
			st, around = nil, st
		}
	}
	if late := tooLate(st, rw); late != nil {
		w.report(ctx, &o, late)
		return
	}
	if c.timed {
		o.meta.Time = time.Now()
	}
	reply, broken := o.send(rw, r, c, st, around, problem)
	if broken != nil {
		problem = broken
	}
	if st != nil && observed(st, &o, reply, err, problem) && w.Report == nil {
		return
	}
	w.report(ctx, &o, problem)
}

// observed records the failure in the request's state, and reports whether an access
// log will tell of it all that the Writer would. It is that of the reply's copy, if there
// is one.
func observed(st *reqstate.State, o *occurrence, reply *reqstate.Copy, err, problem error) bool {
	f := reqstate.Failure{Code: string(o.entry.Code), Err: err}
	loud := o.entry.Status >= 500 || problem != nil
	switch {
	case reply != nil:
		f.Err = reply.Err
	case loud:
		f.Err = o.public()
	}
	if !st.Observed || !loud || problem == http.ErrHandlerTimeout { // which nobody waited for
		st.Failed(o.entry.Status, f)
		return false
	}
	f.Problem = problem
	return st.Failed(o.entry.Status, f)
}

// tooLate says why nothing can be written any more, if that is so.
func tooLate(st *reqstate.State, rw http.ResponseWriter) error {
	switch {
	case st == nil:
		return nil
	case !st.Response().Started():
		return lateFor(reqstate.Late(rw))
	}
	if st.Response().Hijacked() {
		return ErrHijacked
	}
	if st.Failure().Code != "" {
		return ErrSecond
	}
	return ErrStarted
}

// lateFor says why where a reply arrives takes none any more, if that is so.
func lateFor(f *reqstate.Front) error {
	switch {
	case f == nil:
		return nil
	case f.Kept != nil:
		return ErrSecond
	}
	return ErrStarted
}

var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, 1<<10)
	return &b
}}

// send writes the reply, and returns a copy if somebody has one, and the error of the
// connection. It tells st, if there is one, what to expect, else the state around what may be
// copied to it.
func (o *occurrence) send(rw http.ResponseWriter, r *http.Request, c *Catalog, st, around *reqstate.State, problem error) (reply *reqstate.Copy, err error) {
	details := c.problemFor(o.meta.Accept)
	buf := buffers.Get().(*[]byte)
	body := o.appendBody((*buf)[:0], c, details)
	if st != nil {
		o.meta.shownID = st.ShownID()
	}
	h := rw.Header()
	reqstate.Canonicalize(h)
	reqstate.ShowID(h, o.meta.shownID)
	o.setHeaders(h, c, details)
	if r.ProtoMajor >= 2 {
		// HTTP/2 would close the connection for all of its streams, and has no Upgrade.
		delete(h, "Connection")
		delete(h, "Upgrade")
	}
	switch {
	case st != nil:
		if st.Answer(rw, o.entry.Status, len(body)) {
			reply = o.copy(h, c, body, problem)
			st.Through(reply)
		}
		defer st.Answered()
	case around.Watched():
		around.Tell(o.copy(h, c, body, problem))
	}
	if r.Method == http.MethodHead && (st == nil || st.Head) && (around == nil || around.Head) {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
		rw.WriteHeader(o.entry.Status)
	} else {
		rw.WriteHeader(o.entry.Status)
		_, err = rw.Write(body)
	}
	if cap(body) <= 64<<10 {
		*buf = body
		buffers.Put(buf)
	}
	return reply, err
}

// report tells of an error and of what became of it.
func (w *Writer) report(ctx context.Context, o *occurrence, problem error) {
	if w.Report != nil {
		defer spare(ctx)
		w.Report(ctx, o.public(), problem)
		return
	}
	if o.entry.Status < 500 && problem == nil || o.kind == ClientClosed ||
		o.kind == Timeout && problem == http.ErrHandlerTimeout { // which was answered before
		return
	}
	level := slog.LevelWarn
	if o.entry.Status >= 500 {
		level = slog.LevelError
	}
	attrs := []slog.Attr{slog.Any("error", o.public())}
	if problem != nil {
		attrs = append(attrs, slog.String("problem", problem.Error()))
	}
	slog.LogAttrs(ctx, level, "request failed", attrs...)
}

// spare recovers from a panic of a Report, which costs no request its reply.
func spare(ctx context.Context) {
	if v := recover(); v != nil {
		slog.ErrorContext(ctx, "errcatalog: the Report panicked", "panic", v)
	}
}

// Handle returns a handler that answers with the error that h returns. Inside, w
// answers for everything, as in [Writer.Scope].
//
// A handler that returns an error after it started its response gets it reported
// and no more: to have the client see that the response is not whole, it must
// panic with http.ErrAbortHandler.
func (w *Writer) Handle(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return w.Scope(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := h(rw, r); err != nil {
			w.WriteError(rw, r, err)
		}
	}))
}

// Always returns a handler that answers every request with err. It is for the
// places where a router or middleware takes a handler for a failure, such as chi's
// NotFound and httprate's WithLimitHandler.
func (w *Writer) Always(err error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) { w.WriteError(rw, r, err) }
}

// Scope returns a handler in which w answers for everything inside: also for the
// panics, deadlines and foreign errors that the suite's middlewares outside of it
// find. An inner Scope counts more than an outer one.
//
// It stays in charge when next panics, for the middleware that recovers.
func (w *Writer) Scope(next http.Handler) http.Handler {
	onError := reqstate.OnError(w.WriteError)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		st, rw, r := reqstate.Ensure(rw, r)
		outer, ended := st.Enter(&onError), false
		defer func() {
			if !ended {
				st.Abandon(&onError)
			}
		}()
		next.ServeHTTP(rw, r)
		st.Enter(outer)
		ended = true
	})
}
