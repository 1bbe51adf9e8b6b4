package ratelimit

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
)

// A Priority says how late requests are shed.
type Priority int

// The priorities, with the share of a [Shed]'s limit from which their requests are
// refused.
const (
	Normal   Priority = iota // from 90 %
	Low                      // from 50 %: what can wait, such as exports
	High                     // from 100 %
	Critical                 // never: what tells whether the server lives
)

// A Shed refuses requests as errcatalog.Overloaded while the server has too much to do,
// the less important ones first.
//
// Set its fields before its first use. It is safe for concurrent use.
type Shed struct {
	// Limit is how many requests are served at once. Zero is one.
	Limit int64
	// Priority returns a request's. Nil has all be Normal.
	Priority func(r *http.Request) Priority
	// RetryAfter is how long who is refused is told to wait. Zero is a second.
	RetryAfter time.Duration
	// OnError answers refused requests.
	OnError OnError

	active atomic.Int64
}

// Handler returns next, with requests refused before it.
func (s *Shed) Handler(next http.Handler) http.Handler {
	onError := onerror.OrScope(s.OnError)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		room := s.room(r) // before the request counts: the user's function may panic
		if s.active.Add(1) > room {
			s.active.Add(-1)
			onError(w, r, errcatalog.Overloaded.With(slog.Duration("retry_after", or(s.RetryAfter, time.Second))))
			return
		}
		defer s.active.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// room returns how many requests there may be, a request among them.
func (s *Shed) room(r *http.Request) int64 {
	p := Normal
	if s.Priority != nil {
		p = s.Priority(r)
	}
	switch p {
	case Critical:
		return 1<<63 - 1
	case High:
		return max(s.Limit, 1)
	case Low:
		return max(s.Limit/2, 1)
	}
	return max(s.Limit*9/10, 1)
}
