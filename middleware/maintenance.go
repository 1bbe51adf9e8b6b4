package middleware

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
)

// Maintenance is a switch that has every request refused as [errcatalog.Maintenance].
// The zero Maintenance is off. Its methods are safe for concurrent use, and it must not
// be copied after its first use.
//
// Requests that are being served go on. What tells whether the server lives belongs
// outside of it.
type Maintenance struct {
	refusal atomic.Pointer[errcatalog.Error]
}

// On refuses requests from now on. Clients are told to come back after retryAfter;
// zero or less leaves that to the catalogue.
func (m *Maintenance) On(retryAfter time.Duration) {
	refusal := errcatalog.Maintenance.With()
	if retryAfter > 0 {
		refusal = errcatalog.Maintenance.With(slog.Duration("retry_after", retryAfter))
	}
	m.refusal.Store(refusal)
}

// Off lets requests pass again.
func (m *Maintenance) Off() { m.refusal.Store(nil) }

// Check returns the error to answer with while the switch is on, else nil.
func (m *Maintenance) Check() error {
	if refusal := m.refusal.Load(); refusal != nil {
		return refusal
	}
	return nil
}

// Handler returns a middleware that refuses requests while the switch is on.
func (m *Maintenance) Handler(onError OnError) func(http.Handler) http.Handler {
	onError = onerror.OrScope(onError)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := m.Check(); err != nil {
				onError(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
