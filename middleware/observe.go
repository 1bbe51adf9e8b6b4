package middleware

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// statusClientClosed is what a log shows for a client that left before its reply.
const statusClientClosed = 499

// Observe returns a middleware that logs one record, "request", for each request once
// it was served. Nil logs to [slog.Default]. The record has, as far as there is one,
//
//	method, path   as they came; the query is left out, which can hold secrets
//	route          the pattern of the route: see [Route]
//	status         the status that was sent, 499 if the client left before, 0 for a
//	               connection that a handler took over or aborted before a reply
//	bytes          of the body
//	duration       from when the request came, to a requestid.Handler further out if there
//	               is one, until the handler ended
//	request_id
//	client_ip      as chi's ClientIPFrom middlewares found it further out, else the
//	               connection's
//	principal      the ID of who was authenticated
//	code           the published code of the error that was answered
//	error          of a 5xx and of a 499: the error, with its private cause; also of a
//	               reply in whose place it was answered, if that had a text: see
//	               [upgrade.ReplyError]
//	problem        what about that error was not as it should be, or that a writer between
//	               dropped the reply to one of a 5xx
//	dropped        that one
//	aborted        true for a response that a panic cut short
//
// The level is Error for a status of 500 and more, Warn for a problem (but of a 499) or an
// aborted response, else Info. Of several Observes around a handler the outermost logs.
//
// A 5xx that was answered when the client had already left is a 499 too, whoever
// answered it: nobody read it, and what a handler waits for fails then. A panic stays
// what it is. A client that left is told from a deadline, and from a server that ends
// requests with a cause of its own, by [context.Cause].
func Observe(logger *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			st, w, r := reqstate.Ensure(w, r)
			log := handlerOf(logger)
			if st.Observed || !log.Enabled(r.Context(), slog.LevelError) {
				next.ServeHTTP(w, r)
				return
			}
			st.Observed, st.ClientIP = true, chimiddleware.GetClientIPAddr(r.Context())
			o := observation{log: log, st: st, r: r, method: r.Method, path: r.URL.Path, start: st.Arrived(), aborted: true}
			defer o.tell()
			next.ServeHTTP(w, r)
			o.aborted = false
		})
	}
}

// handlerOf returns the handler of a logger, which may be nil.
func handlerOf(logger *slog.Logger) slog.Handler {
	if logger == nil {
		logger = slog.Default()
	}
	return logger.Handler()
}

// An observation is what is known of a request that is being served.
type observation struct {
	log     slog.Handler
	st      *reqstate.State
	r       *http.Request
	method  string // handlers may set another
	path    string // handlers may cut it
	start   time.Time
	aborted bool
}

// tell logs the record.
func (o *observation) tell() {
	if o.st.Response().Status() == 0 {
		o.st.Drop()
	}
	ctx := o.r.Context()
	status, level := o.status(ctx), slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case o.aborted || o.st.Failure().Problem != nil && status != statusClientClosed:
		level = slog.LevelWarn
	}
	if !o.log.Enabled(ctx, level) {
		return
	}
	took := time.Since(o.start) // one clock, where time.Now reads two
	// A record of its own does without the caller, which is always this line.
	record := slog.NewRecord(o.start.Add(took), level, "request", 0)
	var attrs [14]slog.Attr
	record.AddAttrs(o.append(attrs[:0], status, took)...)
	_ = o.log.Handle(ctx, record)
}

// status returns the status to log.
func (o *observation) status(ctx context.Context) int {
	w := o.st.Response()
	switch {
	case o.st.Unread() && !o.panicked():
		return statusClientClosed
	case w.Started():
		return w.Status()
	case reqstate.Left(ctx):
		return statusClientClosed
	case o.aborted:
		return 0
	}
	return http.StatusOK // which net/http sends for a handler that did not
}

// panicked reports whether a panic was answered.
func (o *observation) panicked() bool {
	var p *PanicError
	return errors.As(o.st.Failure().Err, &p)
}

// bytes returns how many bytes of body were sent. A HEAD's are dropped by net/http.
func (o *observation) bytes() int64 {
	if o.st.Head {
		return 0
	}
	return o.st.Response().Bytes()
}

// append appends the record's attributes.
func (o *observation) append(attrs []slog.Attr, status int, took time.Duration) []slog.Attr {
	st := o.st
	attrs = append(attrs, slog.String("method", o.method), slog.String("path", o.path))
	attrs = appendString(attrs, "route", st.Route)
	attrs = append(attrs, slog.Int("status", status), slog.Int64("bytes", o.bytes()), slog.Duration("duration", took))
	attrs = appendString(attrs, "request_id", st.RequestID)
	if st.ClientIP.IsValid() {
		attrs = append(attrs, slog.Any("client_ip", (*address)(&st.ClientIP)))
	} else {
		attrs = appendString(attrs, "client_ip", host(o.r))
	}
	if p, ok := st.Principal.(slog.LogValuer); ok {
		attrs = append(attrs, slog.Attr{Key: "principal", Value: p.LogValue()})
	}
	f := st.Failure()
	attrs = appendString(attrs, "code", f.Code)
	if f.Err != nil && (status >= statusClientClosed || f.Problem != nil || hadText(f.Err)) {
		attrs = append(attrs, slog.Any("error", f.Err))
	}
	if f.Problem != nil {
		attrs = append(attrs, slog.String("problem", f.Problem.Error()))
	}
	if dropped, ok := f.Problem.(*reqstate.Dropped); ok {
		attrs = append(attrs, slog.Any("dropped", dropped.Err))
	}
	if o.aborted {
		attrs = append(attrs, slog.Bool("aborted", true))
	}
	return attrs
}

// hadText reports whether an error was answered in the place of a text.
func hadText(err error) bool {
	var reply *upgrade.ReplyError
	return errors.As(err, &reply) && len(reply.Body) > 0
}

func appendString(attrs []slog.Attr, key, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(key, value))
}

// An address is one whose text is only made by a handler that wants it.
type address netip.Addr

func (a *address) LogValue() slog.Value { return slog.StringValue(netip.Addr(*a).String()) }

// host returns the address of the connection.
func host(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
