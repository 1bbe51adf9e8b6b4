package middleware

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/requestid"
)

// A Stack is the suite around a server's handler: every request gets an ID, which
// every response shows, and a panic is answered in the contract. The zero Stack
// answers with [errcatalog.Standard].
type Stack struct {
	// Errors answers failures, but for those within an inner Scope. Nil is a zero
	// Writer.
	Errors *errcatalog.Writer
}

// Handler returns next inside the stack. A request passes, outermost first:
// request ID, recover, next.
func (s Stack) Handler(next http.Handler) http.Handler {
	errs := s.Errors
	if errs == nil {
		errs = new(errcatalog.Writer)
	}
	h := errs.Scope(next)
	h = Recover(errs.WriteError)(h)
	return requestid.Handler(h)
}
