package ratelimit

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// OnError answers r, which failed with err. Where one is asked for, nil is the Writer of the
// Scope around, such as a Stack's, outside of any a zero [errcatalog.Writer].
type OnError = func(w http.ResponseWriter, r *http.Request, err error)

// A Limiter refuses requests that exceed a policy, as errcatalog.RateLimited with all
// of its params. Each response tells by its headers how much is left: of all policies
// in RateLimit and RateLimit-Policy, of the strictest in X-RateLimit-Limit, -Remaining
// and -Reset, which is the Unix second by which its whole limit is free again. A refusal
// has a Retry-After: who waits that long, and shares the key with no one, passes.
//
// A request is charged by all policies or, if one of them refuses it, by none.
// Several limiters may stand before a handler, such as one before the guard and one
// after it: their headers are merged. A policy that is applied twice is told once.
// Each limiter charges and tells its own wait alone: what an inner one refuses has been
// charged by an outer one, which may refuse the next try. Policies that can be in one
// limiter belong in one.
//
// While the store fails, requests are refused as errcatalog.LimiterUnavailable, unless
// all policies have another choice in OnFailure.
//
// Set its fields before its first use. Its methods are safe for concurrent use.
type Limiter struct {
	// Policies are those in force at the beginning. See [Limiter.Replace].
	Policies []Policy
	// Store keeps the counts. Nil is a new [Memory].
	Store Store
	// OnError answers refused requests.
	OnError OnError
	// Omit says which headers are not set.
	Omit Omit
	// Observe, if not nil, is told how each request fares with each policy. It is
	// called while the request waits.
	Observe func(ctx context.Context, o Outcome)

	once sync.Once
	plan atomic.Pointer[plan]
}

// Handler returns next behind the limiter. It panics if Policies are faulty: call
// [Limiter.Replace] before it for an error instead.
func (l *Limiter) Handler(next http.Handler) http.Handler {
	l.once.Do(l.prepare)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pl := l.plan.Load()
		s := pl.borrow()
		err := l.decide(s, w.Header(), r)
		switch {
		case err != nil:
			pl.pool.Put(s)
			l.OnError(w, r, err)
		case !pl.settles:
			pl.pool.Put(s)
			next.ServeHTTP(w, r)
		default:
			defer pl.pool.Put(s)
			l.serve(s, next, w, r)
		}
	})
}

// Check charges a request, sets the headers that tell of it in h unless that is nil,
// and returns the error to answer with, nil if the request is admitted. Nothing is
// settled afterwards: the request costs what it was charged.
func (l *Limiter) Check(h http.Header, r *http.Request) error {
	l.once.Do(l.prepare)
	pl := l.plan.Load()
	s := pl.borrow()
	defer pl.pool.Put(s)
	return l.decide(s, h, r)
}

// Replace puts policies in the place of those in force, for the requests that come
// from now on. What was taken under a policy's name still counts. An error names all
// that is wrong with them; then nothing changes.
func (l *Limiter) Replace(policies ...Policy) error {
	pl, err := newPlan(policies)
	if err == nil {
		l.plan.Store(pl)
	}
	return err
}

func (l *Limiter) prepare() {
	if l.Store == nil {
		l.Store = new(Memory)
	}
	l.OnError = onerror.OrScope(l.OnError)
	pl, err := newPlan(l.Policies)
	if err != nil {
		panic(err)
	}
	l.plan.CompareAndSwap(nil, pl) // unless they were replaced already
}

// serve has next answer, and settles what the request costs then.
func (l *Limiter) serve(s *scratch, next http.Handler, w http.ResponseWriter, r *http.Request) {
	st, w, r := reqstate.Ensure(w, r)
	panics := true
	defer func() {
		l.settle(s, r, statusOf(st.Response(), panics))
	}()
	next.ServeHTTP(w, r)
	panics = false
}

// statusOf returns the status that a client sees.
func statusOf(w *reqstate.Response, panics bool) int {
	switch {
	case w.Status() != 0:
		return w.Status()
	case w.Hijacked():
		return http.StatusSwitchingProtocols
	case panics:
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

// settle corrects what the request was charged. The client may be gone by now.
func (l *Limiter) settle(s *scratch, r *http.Request, status int) {
	owed := s.owed[:0]
	for i := range s.charges {
		p, c := s.rules[i], s.charges[i]
		if p.Settle == nil {
			continue
		}
		c.Cost = inBounds(p.Settle(r, status, c.Cost)) - c.Cost
		if c.At = s.decisions[i].At; c.Cost != 0 && !c.At.IsZero() {
			owed = append(owed, c)
		}
	}
	s.owed = owed
	if len(owed) == 0 {
		return
	}
	ctx := context.WithoutCancel(r.Context())
	if err := l.Store.Settle(ctx, owed); err != nil {
		l.unsettled(ctx, s, err)
	}
}
