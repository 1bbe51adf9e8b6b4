package ratelimit

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// A scratch is what one decision needs. Nothing of it outlives the request: headers
// are strings of their own.
type scratch struct {
	plan      *plan
	rules     []*rule  // of the charges
	keys      [][]byte // the charges' last ones, whose memory is used again
	charges   []Charge
	decisions []Decision
	owed      []Charge
	text      []byte // of a header
	page      page
}

// keepKey is the longest buffer of a key that is kept.
const keepKey = 4 << 10

func (pl *plan) borrow() *scratch {
	if s, _ := pl.pool.Get().(*scratch); s != nil {
		return s
	}
	n := len(pl.rules)
	return &scratch{
		plan: pl, rules: make([]*rule, n), keys: make([][]byte, n), charges: make([]Charge, n), decisions: make([]Decision, n),
	}
}

// decide charges a request, sets the headers, and returns the error to answer with.
func (l *Limiter) decide(s *scratch, h http.Header, r *http.Request) error {
	if err := l.charge(s, r); err != nil {
		return err
	}
	if len(s.charges) == 0 {
		return nil
	}
	if err := l.Store.Take(r.Context(), s.charges, s.decisions); err != nil {
		return l.failed(s, r, err)
	}
	v := s.verdict()
	if l.Observe != nil {
		l.observe(r.Context(), s, v.refused >= 0)
	}
	if h != nil && v.strictest >= 0 {
		l.show(s, h, v)
	}
	if v.refused < 0 {
		return nil
	}
	return refusal(&s.charges[v.refused], &s.decisions[v.refused])
}

// charge makes the charges of the policies that concern a request.
func (l *Limiter) charge(s *scratch, r *http.Request) error {
	n := 0
	s.charges = s.charges[:cap(s.charges)]
	for i := range s.plan.rules {
		p := &s.plan.rules[i]
		if p.Exempt != nil && p.Exempt(r) {
			l.exempt(r.Context(), &p.Policy)
			continue
		}
		if err := p.make(&s.charges[n], &s.keys[n], r); err != nil {
			return err
		}
		s.rules[n] = p
		n++
	}
	s.charges, s.decisions = s.charges[:n], s.decisions[:n]
	return nil
}

// keyless makes the error to answer with of one that a key met.
func keyless(p *Policy, err error) error {
	var kind errcatalog.Kind
	var occurrence *errcatalog.Error
	if errors.As(err, &occurrence) || errors.As(err, &kind) {
		return err
	}
	return errcatalog.Internal.Because(fmt.Errorf("ratelimit: the key of policy %q: %w", p.Name, err))
}

// A verdict is what becomes of a request, by all of its decisions.
type verdict struct {
	refused   int // the charge that has the client wait longest, -1 if the request is admitted
	strictest int // that one, or where the least remains; -1 if there is none to tell of
	told      int // how many headers tell of
}

func (s *scratch) verdict() verdict {
	v := verdict{refused: -1, strictest: -1}
	for i := range s.charges {
		c, d := &s.charges[i], &s.decisions[i]
		if !d.Allowed && !c.Shadow && (v.refused < 0 || d.longer(&s.decisions[v.refused])) {
			v.refused = i
		}
		if shown(c, d) {
			v.told++
			if v.strictest < 0 || d.Remaining < s.decisions[v.strictest].Remaining {
				v.strictest = i
			}
		}
	}
	if v.refused >= 0 {
		v.strictest = v.refused
	}
	return v
}

// longer reports whether the wait is longer than another: for ever, if it is negative.
func (d *Decision) longer(than *Decision) bool { return uint64(d.Wait) > uint64(than.Wait) }

// refusal is the error that says so. Its reset is the second that the header shows.
func refusal(c *Charge, d *Decision) error {
	return errcatalog.RateLimited.With(
		slog.Int64("limit", c.Limit),
		slog.Int64("remaining", d.Remaining),
		slog.Time("reset", time.Unix(resetUnix(d), 0).UTC()),
		slog.Duration("retry_after", retryAfter(c, d)),
		slog.Duration("window", c.Window),
	)
}

// failureWait is what a client is told to wait while the store fails.
const failureWait = time.Second

// failed returns the error to answer with while the store fails, nil if the request
// is admitted all the same.
func (l *Limiter) failed(s *scratch, r *http.Request, err error) error {
	if gone := r.Context().Err(); gone != nil && errors.Is(err, gone) {
		return err
	}
	l.observeFailure(r.Context(), s, err)
	clear(s.decisions) // nothing is known, and nothing to settle
	for i := range s.charges {
		if c := &s.charges[i]; !c.Shadow && c.OnFailure != Open {
			return errcatalog.LimiterUnavailable.With(slog.Duration("retry_after", failureWait)).Because(err)
		}
	}
	return nil
}
