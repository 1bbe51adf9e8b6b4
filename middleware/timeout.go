package middleware

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// Timeout returns a middleware that answers a request as [errcatalog.Timeout] when its
// handler has not sent anything after d, whatever the handler does. Zero or less is
// never. The handler runs on a goroutine of its own. Its context ends then, with a
// [context.Cause] that an [errcatalog.Writer] answers the same. What it writes from then
// on fails with [http.ErrHandlerTimeout], and it should end: nothing can stop it.
//
// Up to 4 KiB of a response are held back until the handler ends, and are dropped in
// favour of the reply. A response that is flushed, longer, or hijacked is on its way,
// and may take as long as it likes.
//
// A panic goes on in the goroutine that serves the request, as a [*PanicError] with the
// handler's stack; after the reply it is only reported. A request whose Scope has a
// Writer of its own is answered by that one, others by onError. A client that left is
// errcatalog.ClientClosed.
//
// The handler's request has a header, a URL and trailers of its own: what it makes of them, nobody
// outside sees.
//
// The reply has the headers that were set outside, such as those of a CORS middleware.
// Those that the handler set are its own, and not looked at while it may change them.
//
// An [Observe] further out learns the principal of a handler that is late, and its route
// if next is a ServeMux or a chi router, or that of a [Stack].
//
// The handler's writer has no Unwrap: what a wrapper further out has to offer beyond
// [http.ResponseController] is out of its reach. It costs some microseconds.
func Timeout(onError OnError, d time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler { return timeout(next, next, onError, d) }
}

// timeout is Timeout for a next that may have a router within.
func timeout(next, router http.Handler, onError OnError, d time.Duration) http.Handler {
	if d <= 0 {
		return next
	}
	onError, late := onerror.OrScope(onError), tookLonger(d)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st, w, r := reqstate.Ensure(w, r)
		ctx, cancel := context.WithCancelCause(detached(r.Context()))
		defer cancel(nil)
		run := newRun(ctx, st, w, r)
		go run.serve(next, onError)
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-run.ended:
		case <-timer.C:
			if run.out.expire() {
				st.Overtake(run.st) // before the handler fails for want of time
				cancel(late)
				st.Routed(routeOf(router, r))
				run.answer(w, r, onError, late)
				return
			}
			<-run.ended
		}
		run.join(st)
	})
}

// detached returns ctx with a routing context of its own, if chi has one in it, which
// chi uses again for other requests.
func detached(ctx context.Context) context.Context {
	if rctx := chi.RouteContext(ctx); rctx != nil {
		return context.WithValue(ctx, chi.RouteCtxKey, rctx.Clone())
	}
	return ctx
}

// A run is a handler at work on its goroutine.
type run struct {
	out   guarded
	st    *reqstate.State
	r     *http.Request
	ended chan struct{}
	panic any // what the handler panicked with
}

func newRun(ctx context.Context, st *reqstate.State, w http.ResponseWriter, r *http.Request) *run {
	run := &run{ended: make(chan struct{})}
	run.out.w, run.out.header = w, w.Header().Clone()
	run.st = st.Fork(ctx, &run.out)
	run.r = r.WithContext(run.st)
	// The handler may change these, however late it is.
	u := *r.URL
	run.r.Header, run.r.URL = r.Header.Clone(), &u
	if r.Trailer != nil {
		run.r.Trailer = r.Trailer.Clone()
		run.r.Body = trailed{r.Body, r.Trailer, run.r.Trailer}
	}
	return run
}

// A trailed body ends with trailers, which net/http sets at its end, or when the request was
// answered: the handler gets them in a map of its own.
type trailed struct {
	io.ReadCloser
	from, to http.Header
}

func (b trailed) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		maps.Copy(b.to, b.from)
	}
	return n, err
}

// serve has the handler serve the request.
func (run *run) serve(next http.Handler, onError OnError) {
	returned := false
	defer func() {
		v := recover()
		if !returned {
			run.panic = carried(v)
		}
		if run.out.end() {
			close(run.ended)
		} else if err, ok := run.panic.(*PanicError); ok {
			run.onError(onError)(run.st.Response(), run.r, errcatalog.Internal.Because(err))
		}
	}()
	next.ServeHTTP(run.st.Response(), run.r)
	returned = true
}

// carried returns what a panic goes on with on another goroutine.
func carried(v any) any {
	switch v.(type) {
	case nil: // runtime.Goexit, which ends a connection too
		return http.ErrAbortHandler
	case *PanicError:
		return v
	}
	if v == http.ErrAbortHandler {
		return v
	}
	return newPanicError(v, 1)
}

// onError returns what answers the request's failures.
func (run *run) onError(outer OnError) OnError {
	if inCharge := run.st.InCharge(); inCharge != nil {
		return *inCharge
	}
	return outer
}

// answer answers in place of the handler.
func (run *run) answer(w http.ResponseWriter, r *http.Request, onError OnError, late error) {
	if err := r.Context().Err(); errors.Is(err, context.Canceled) {
		late = errcatalog.ClientClosed.Because(err)
	}
	if r.ContentLength != 0 {
		// net/http wants what is left of the body before it answers, and the handler
		// may be reading that.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now())
		closeAfter(w, r)
	}
	run.onError(onError)(w, r, late)
}

// join ends the request as the handler ended.
func (run *run) join(st *reqstate.State) {
	st.Join(run.st, run.panic == nil || st.Response().Started())
	if run.panic != nil {
		run.out.abandon()
		panic(run.panic)
	}
	run.out.finish()
}
