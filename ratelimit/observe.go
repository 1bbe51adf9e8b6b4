package ratelimit

import "context"

// An Outcome is how a request fared with one policy. It does not have the key.
type Outcome struct {
	Policy   string
	KeyClass string // see [Key.Class]
	Result   Result
	Limit    int64
	Cost     int64
	// Remaining is how much of the limit is left.
	Remaining int64
	// Err is why the store failed.
	Err error
}

// A Result is what became of a charge.
type Result string

// The results.
const (
	Admitted Result = "admitted"
	Refused  Result = "refused"
	// Withheld is a charge that fits, of a request that another policy refuses: it is
	// not counted.
	Withheld Result = "withheld"
	// Shadowed is a shadow policy's charge that does not fit.
	Shadowed Result = "shadowed"
	// Exempt is a request that the policy does not concern.
	Exempt Result = "exempt"
	// Unknown is a charge of which the store could not tell. Whether the request is
	// admitted is the policies' choice.
	Unknown Result = "unknown"
	// Unsettled is a charge that stays as it was, because the store failed.
	Unsettled Result = "unsettled"
)

func (l *Limiter) exempt(ctx context.Context, p *Policy) {
	if l.Observe != nil {
		l.Observe(ctx, Outcome{Policy: p.Name, KeyClass: p.Key.Class(), Result: Exempt})
	}
}

// observe tells of all charges of a request.
func (l *Limiter) observe(ctx context.Context, s *scratch, refused bool) {
	for i := range s.charges {
		c, d := &s.charges[i], &s.decisions[i]
		o := s.outcome(i)
		o.Result, o.Remaining = resultOf(c, d, refused), d.Remaining
		l.Observe(ctx, o)
	}
}

func resultOf(c *Charge, d *Decision, refused bool) Result {
	switch {
	case d.At.IsZero():
		return Unknown
	case !d.Allowed && c.Shadow:
		return Shadowed
	case !d.Allowed:
		return Refused
	case refused:
		return Withheld
	}
	return Admitted
}

// observeFailure tells that the store failed to decide.
func (l *Limiter) observeFailure(ctx context.Context, s *scratch, err error) {
	for i := range s.charges {
		l.observeError(ctx, s, i, Unknown, err)
	}
}

// unsettled tells that the store failed to settle.
func (l *Limiter) unsettled(ctx context.Context, s *scratch, err error) {
	for i := range s.charges {
		if s.rules[i].Settle != nil {
			l.observeError(ctx, s, i, Unsettled, err)
		}
	}
}

func (l *Limiter) observeError(ctx context.Context, s *scratch, i int, result Result, err error) {
	if l.Observe != nil {
		o := s.outcome(i)
		o.Result, o.Err = result, err
		l.Observe(ctx, o)
	}
}

// outcome returns what is known of a charge before it is decided.
func (s *scratch) outcome(i int) Outcome {
	p, c := s.rules[i], &s.charges[i]
	return Outcome{Policy: p.Name, KeyClass: p.Key.Class(), Limit: c.Limit, Cost: c.Cost}
}
