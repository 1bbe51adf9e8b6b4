package ratelimit

import (
	"net/http"
	"strconv"
	"time"
)

// Omit says which headers a [Limiter] does not set. The zero Omit sets all.
type Omit struct {
	Limit           bool // X-RateLimit-Limit
	Remaining       bool // X-RateLimit-Remaining
	Reset           bool // X-RateLimit-Reset
	RateLimit       bool // RateLimit
	RateLimitPolicy bool // RateLimit-Policy
	// RetryAfter is Retry-After. An errcatalog.Writer that answers a refusal sets it
	// all the same.
	RetryAfter bool
}

// The names of the headers in their canonical form.
const (
	headerLimit      = "X-Ratelimit-Limit"
	headerRemaining  = "X-Ratelimit-Remaining"
	headerReset      = "X-Ratelimit-Reset"
	headerRateLimit  = "Ratelimit"
	headerPolicy     = "Ratelimit-Policy"
	headerRetryAfter = "Retry-After"
	headerRequestID  = "X-Request-Id"
)

// show sets the headers that tell how a request fared, the X-headers by the strictest
// charge. Those that another limiter has set stay, where they are the stricter ones, and
// in the lists.
func (l *Limiter) show(s *scratch, h http.Header, v verdict) {
	p, c, d := s.rules[v.strictest], &s.charges[v.strictest], &s.decisions[v.strictest]
	var states, policies []string
	tell := true
	if len(h) > 1 || len(h) == 1 && h[headerRequestID] == nil { // there may be something to merge with
		states, policies = h[headerRateLimit], h[headerPolicy]
		tell = !d.Allowed || !stricter(h, d.Remaining)
	}
	st := s.state(states, v.strictest)
	row := s.page.row()
	if tell && !l.Omit.Limit {
		h[headerLimit] = row.set(0, s.limit(p, c))
	}
	if tell && !l.Omit.Remaining {
		h[headerRemaining] = row.set(1, st.remaining)
	}
	if tell && !l.Omit.Reset {
		h[headerReset] = row.set(2, p.resetAt(d))
	}
	if !l.Omit.RateLimit {
		h[headerRateLimit] = row.set(3, st.text)
	}
	if !l.Omit.RateLimitPolicy {
		h[headerPolicy] = row.set(4, s.policies(policies, v.told))
	}
	if !d.Allowed && !l.Omit.RetryAfter {
		h[headerRetryAfter] = []string{s.page.integer(secondsUp(retryAfter(c, d)))}
	}
}

// limit returns X-RateLimit-Limit, most times one that is there.
func (s *scratch) limit(p *rule, c *Charge) string {
	if p.quota != "" {
		return p.quota
	}
	return s.page.integer(c.Limit)
}

// resetAt returns X-RateLimit-Reset, most times one that is there.
func (p *rule) resetAt(d *Decision) string {
	unix := resetUnix(d)
	last := p.reset.Load()
	if last == nil || last.unix != unix {
		last = &second{unix, strconv.FormatInt(unix, 10)}
		p.reset.Store(last)
	}
	return last.value
}

// stricter reports whether another limiter's header says that less is left.
func stricter(h http.Header, remaining int64) bool {
	set := h[headerRemaining]
	if len(set) != 1 {
		return false
	}
	n, err := strconv.ParseInt(set[0], 10, 64)
	return err == nil && n < remaining
}

// policies returns RateLimit-Policy, with an item for each policy that is shown after
// those that are set. Most times it is there.
func (s *scratch) policies(set []string, told int) string {
	if s.plan.fixed != "" && len(set) == 0 && told == len(s.charges) {
		return s.plan.fixed
	}
	b := s.appendOthers(s.text[:0], set)
	for i := range s.charges {
		if c := &s.charges[i]; shown(c, &s.decisions[i]) {
			b = s.rules[i].appendPolicy(comma(b), c)
		}
	}
	s.text = b
	return s.page.write(b)
}

// appendPolicy appends an item of RateLimit-Policy: the name, the quota and the window.
func (p *rule) appendPolicy(b []byte, c *Charge) []byte {
	b = strconv.AppendInt(append(append(b, p.item...), ";q="...), c.Limit, 10)
	return strconv.AppendInt(append(b, ";w="...), secondsUp(c.Window), 10)
}

// shown reports whether headers tell of a decision: not of shadows, nor of what is not
// known.
func shown(c *Charge, d *Decision) bool { return !c.Shadow && !d.At.IsZero() }

// retryAfter returns how long a refused client is to wait, at least a second. It is
// the window for a cost that never passes.
func retryAfter(c *Charge, d *Decision) time.Duration {
	if d.Wait < 0 {
		return max(c.Window, time.Second)
	}
	return max(d.Wait, time.Second)
}

// secondsUp returns whole seconds, rounded up.
func secondsUp(d time.Duration) int64 {
	n := int64(d / time.Second)
	if d%time.Second > 0 {
		n++
	}
	return n
}

// resetUnix returns the Unix second by which the whole limit is free again, rounded up.
func resetUnix(d *Decision) int64 {
	seconds, rest := d.Reset/time.Second, d.Reset%time.Second
	n := d.At.Unix() + int64(seconds)
	switch nanos := time.Duration(d.At.Nanosecond()) + rest; {
	case nanos > time.Second:
		return n + 2
	case nanos > 0:
		return n + 1
	}
	return n
}
