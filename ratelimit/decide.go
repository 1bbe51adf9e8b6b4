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
	rules     []*rule // of the charges
	charges   []Charge
	decisions []Decision
	ends      []int // of the keys
	keys      []byte
	owed      []Charge
	text      []byte // of a header
	page      page
}

// keepKeys is the longest buffer of keys that is kept.
const keepKeys = 4 << 10

func (l *Limiter) borrow() *scratch {
	s, _ := l.pool.Get().(*scratch)
	if s == nil {
		s = new(scratch)
	}
	s.plan = l.plan.Load()
	return s
}

func (l *Limiter) release(s *scratch) {
	s.plan = nil
	s.charges, s.rules, s.ends = s.charges[:0], s.rules[:0], s.ends[:0]
	if s.keys = s.keys[:0]; cap(s.keys) > keepKeys {
		s.keys = nil
	}
	l.pool.Put(s)
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
	refused := s.refusal()
	if l.Observe != nil {
		l.observe(r.Context(), s, refused >= 0)
	}
	if h != nil {
		l.show(s, h)
	}
	if refused < 0 {
		return nil
	}
	return refusal(&s.charges[refused], &s.decisions[refused])
}

// charge makes the charges of the policies that concern a request.
func (l *Limiter) charge(s *scratch, r *http.Request) (err error) {
	for i := range s.plan.rules {
		p := &s.plan.rules[i]
		if p.Exempt != nil && p.Exempt(r) {
			l.exempt(r.Context(), &p.Policy)
			continue
		}
		s.keys = append(s.keys, p.prefix...)
		if s.keys, err = p.Key.appendTo(s.keys, r); err != nil {
			return keyless(&p.Policy, err)
		}
		s.ends, s.rules = append(s.ends, len(s.keys)), append(s.rules, p)
		s.charges = append(s.charges, p.charge)
		p.vary(&s.charges[len(s.charges)-1], r)
	}
	start := 0
	for i, end := range s.ends {
		s.charges[i].Key, start = s.keys[start:end:end], end
	}
	if cap(s.decisions) < len(s.charges) {
		s.decisions = make([]Decision, len(s.charges))
	}
	s.decisions = s.decisions[:len(s.charges)]
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

// refusal returns the number of the charge that has the client wait longest, -1 if the
// request is admitted.
func (s *scratch) refusal() int {
	worst := -1
	for i := range s.charges {
		switch d := &s.decisions[i]; {
		case d.Allowed || s.charges[i].Shadow:
		case d.Wait < 0:
			return i
		case worst < 0 || d.Wait > s.decisions[worst].Wait:
			worst = i
		}
	}
	return worst
}

// strictest returns the number of the charge that the X-headers tell of, -1 if there
// is none to tell of: the refusal, or where the least remains.
func (s *scratch) strictest() int {
	if i := s.refusal(); i >= 0 {
		return i
	}
	least := -1
	for i := range s.charges {
		if c, d := &s.charges[i], &s.decisions[i]; shown(c, d) && (least < 0 || d.Remaining < s.decisions[least].Remaining) {
			least = i
		}
	}
	return least
}

// refusal is the error that says so. Its reset is the second that the header shows.
func refusal(c *Charge, d *Decision) error {
	return errcatalog.RateLimited.With(
		slog.Int64("limit", c.Limit),
		slog.Int64("remaining", d.Remaining),
		slog.Time("reset", time.Unix(unixUp(d.At.Add(d.Reset)), 0).UTC()),
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
	s.decisions = s.decisions[:len(s.charges)]
	clear(s.decisions) // nothing is known, and nothing to settle
	for i := range s.charges {
		if c := &s.charges[i]; !c.Shadow && c.OnFailure != Open {
			return errcatalog.LimiterUnavailable.With(slog.Duration("retry_after", failureWait)).Because(err)
		}
	}
	return nil
}
