package middleware

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/requestid"
)

// A Stack is the suite around a server's handler. Every request gets an ID, which every
// response shows, and a record in the log. A panic is answered in the contract, and so
// are the error replies that the handler and what it is made of write by themselves.
// The rest is off in the zero Stack, which answers with [errcatalog.Standard].
//
// Each part works alone too; its own comment says more.
type Stack struct {
	// Errors answers failures, but for those within an inner Scope. Nil is a zero
	// Writer.
	Errors *errcatalog.Writer
	// Logger gets a record of each request: see [Observe]. Nil is slog.Default. What
	// comes too late for a reply Errors tells, and all that someone has to see if Logger
	// takes no errors: see its Report. With requestid.LogHandler that has the ID too.
	Logger *slog.Logger
	// ClientIP finds the client's address for the log and for what is inside: one of
	// chi's ClientIPFrom middlewares. Nil takes the connection's for the log, and leaves
	// ratelimit.ByIP without one. It comes first, and passes every request on once, as it
	// came or as a copy: what it answers itself has no ID and no record. The copy becomes
	// the Stack's own, which no other goroutine may use meanwhile.
	ClientIP func(http.Handler) http.Handler
	// Maintenance refuses requests while it is on. Nil is never.
	Maintenance *Maintenance
	// Shed refuses requests while there are too many: the method Handler of a
	// ratelimit.Shed, whose OnError is usually WriteError of Errors. What another
	// middleware answers here is not upgraded. Nil never does.
	Shed func(http.Handler) http.Handler
	// MaxURI is how many bytes a request's target may have. Zero or less is no limit but the
	// server's MaxHeaderBytes.
	MaxURI int
	// MediaTypes are what request bodies may be. Empty is anything.
	MediaTypes []string
	// Deadline is when a request's context ends: see [Deadline]. Zero or less is never.
	Deadline time.Duration
	// Timeout is when a request is answered that the handler has not answered: see
	// [Timeout]. It should be longer than Deadline, for the handler to have a chance.
	// Zero or less is never.
	Timeout time.Duration
	// MaxBody is how many bytes a request body may have. Zero or less is no limit.
	MaxBody int64
	// Replies says how error replies of the handler's own become the contract's. Zero
	// upgrades all that are text, and has Errors answer.
	Replies upgrade.Replies
	// KeepReplies sends error replies of the handler's own as they are, whatever
	// Replies says.
	KeepReplies bool
}

// Handler returns next inside the stack. A request passes, outermost first: ClientIP,
// request ID, [Observe], [Recover], Errors.Scope, Maintenance, Shed, [MaxURI], [MediaType],
// [Deadline], [Timeout], [MaxBody], Replies, [Route], next.
func (s Stack) Handler(next http.Handler) http.Handler {
	errs := s.Errors
	if errs == nil {
		errs = new(errcatalog.Writer)
	}
	h := s.limit(s.upgrade(Route(next), errs.WriteError), next, errs.WriteError)
	h = errs.Scope(s.refuse(h, errs.WriteError))
	h = requestid.Handler(Observe(s.Logger)(Recover(errs.WriteError)(h)))
	if s.ClientIP != nil {
		h = s.address(h)
	}
	return h
}

// address puts ClientIP around next, whose copy of the request carries the state.
func (s *Stack) address(next http.Handler) http.Handler {
	find := s.ClientIP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(reqstate.Carry(w, r))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		find.ServeHTTP(reqstate.Begin(w, r), r)
	})
}

// refuse puts around next what looks at the request alone.
func (s *Stack) refuse(next http.Handler, onError OnError) http.Handler {
	next = MaxURI(onError, s.MaxURI)(MediaType(onError, s.MediaTypes...)(next))
	if s.Shed != nil {
		next = s.Shed(next)
	}
	if s.Maintenance != nil {
		next = s.Maintenance.Handler(onError)(next)
	}
	return next
}

// limit puts around next what limits the time and the body of the request. The router,
// if it is one, is within next.
func (s *Stack) limit(next, router http.Handler, onError OnError) http.Handler {
	next = timeout(MaxBody(onError, s.MaxBody)(next), router, onError, s.Timeout)
	return Deadline(s.Deadline)(next)
}

// upgrade puts around next what answers in place of its own error replies.
func (s *Stack) upgrade(next http.Handler, onError OnError) http.Handler {
	if s.KeepReplies {
		return next
	}
	if s.Replies.OnError == nil {
		s.Replies.OnError = onError
	}
	return s.Replies.Handler(next)
}
