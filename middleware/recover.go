package middleware

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// Recover returns a middleware that answers a panic as [errcatalog.Internal], with a
// [*PanicError] as its private cause. A request that panicked within the Scope of an
// [errcatalog.Writer] is answered by that Writer, others by onError.
//
// After the response started the panic is only reported, and the connection (in
// HTTP/2 the stream) is aborted, so that the client sees that the response is not
// whole. After a hijack it is reported, and the connection left to whoever has it.
// http.ErrAbortHandler is passed on, for net/http.
func Recover(onError OnError) func(http.Handler) http.Handler {
	onError = onerror.OrScope(onError)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			st, w, r := reqstate.Ensure(w, r)
			defer func() {
				if v := recover(); v != nil {
					recovered(st, w, r, onError, v)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
}

// recovered answers a panic, or aborts the response that had started.
func recovered(st *reqstate.State, w http.ResponseWriter, r *http.Request, onError OnError, v any) {
	if v == http.ErrAbortHandler {
		panic(v)
	}
	if inCharge := st.InCharge(); inCharge != nil {
		onError = *inCharge
	}
	started := st.Response().Started() && !st.Response().Hijacked()
	e, ok := v.(*PanicError) // of a handler on a goroutine of its own
	if !ok {
		e = newPanicError(v, 2)
	}
	onError(w, r, errcatalog.Internal.Because(e))
	if started {
		panic(http.ErrAbortHandler)
	}
}

// maxFrames is how many frames of a panic's stack are kept.
const maxFrames = 64

// A PanicError is a panic that was recovered. It is for logs: its text can hold
// anything.
type PanicError struct {
	// Value is what the code panicked with.
	Value any

	pcs   [maxFrames]uintptr
	depth int
}

// newPanicError keeps the stack as addresses, but for the deferred function and those
// that it called. Their names are looked up by whoever logs them.
func newPanicError(v any, called int) *PanicError {
	e := &PanicError{Value: v}
	e.depth = runtime.Callers(called+2, e.pcs[:])
	return e
}

// Error returns the panic's value as text.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Stack returns the frames that led to the panic, the innermost first: function,
// file and line, a frame a line.
func (e *PanicError) Stack() string {
	var b []byte
	frames := runtime.CallersFrames(e.pcs[:e.depth])
	for more := e.depth > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		b = append(append(b, f.Function...), " "...)
		b = strconv.AppendInt(append(append(b, f.File...), ':'), int64(f.Line), 10)
		b = append(b, '\n')
	}
	return string(b)
}

// LogValue groups the text and the stack.
func (e *PanicError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("text", e.Error()), slog.String("stack", e.Stack()))
}
