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
)

// maxHeaders is how many there are.
const maxHeaders = 6

// A sheet collects header values in one buffer, to become one string.
type sheet struct {
	names [maxHeaders]string
	ends  [maxHeaders]int
	n     int
	buf   []byte
}

// value ends the value of a header, which was appended to the buffer.
func (s *sheet) value(name string) {
	s.names[s.n], s.ends[s.n] = name, len(s.buf)
	s.n++
}

// flush sets the headers: one string has all values, one array all slices.
func (s *sheet) flush(h http.Header) {
	if s.n > 0 {
		all, values := string(s.buf), make([]string, s.n)
		start := 0
		for i, name := range s.names[:s.n] {
			values[i], start = all[start:s.ends[i]], s.ends[i]
			h[name] = values[i : i+1 : i+1]
		}
	}
	s.n, s.buf = 0, s.buf[:0]
}

// show sets the headers that tell how a request fared. Those that another limiter has
// set stay, where they are the stricter ones, and in the lists.
func (l *Limiter) show(s *scratch, h http.Header) {
	i := s.strictest()
	if i < 0 {
		return
	}
	c, d := &s.charges[i], &s.decisions[i]
	out := &s.sheet
	s.first = len(h) == 0 // most times: then there is nothing to merge with
	if !d.Allowed || s.first || !stricter(h, d.Remaining) {
		if !l.Omit.Limit {
			s.limit(i, h)
		}
		if !l.Omit.Remaining {
			out.integer(headerRemaining, d.Remaining)
		}
		if !l.Omit.Reset {
			h[headerReset] = s.plan.resetAt(s.policy[i], unixUp(d.At.Add(d.Reset)))
		}
	}
	if !l.Omit.RateLimit {
		s.list(headerRateLimit, h, appendState)
	}
	if !l.Omit.RateLimitPolicy {
		s.policies(h)
	}
	if !d.Allowed && !l.Omit.RetryAfter {
		out.integer(headerRetryAfter, secondsUp(retryAfter(c, d)))
	}
	out.flush(h)
}

func (s *sheet) integer(name string, n int64) {
	s.buf = strconv.AppendInt(s.buf, n, 10)
	s.value(name)
}

// limit sets X-RateLimit-Limit, most times to a value that is there.
func (s *scratch) limit(i int, h http.Header) {
	if n := s.policy[i]; s.plan.policies[n].Limits == nil {
		h[headerLimit] = s.plan.limits[n]
		return
	}
	s.sheet.integer(headerLimit, s.charges[i].Limit)
}

// resetAt returns the values of X-RateLimit-Reset.
func (pl *plan) resetAt(policy int, unix int64) []string {
	last := pl.resets[policy].Load()
	if last == nil || last.unix != unix {
		last = &second{unix, []string{strconv.FormatInt(unix, 10)}}
		pl.resets[policy].Store(last)
	}
	return last.values
}

// policies sets RateLimit-Policy, most times to a value that is there.
func (s *scratch) policies(h http.Header) {
	known := s.plan.fixed != nil && (s.first || len(h[headerPolicy]) == 0)
	for i := range s.decisions {
		known = known && !s.decisions[i].At.IsZero()
	}
	if known {
		h[headerPolicy] = s.plan.fixed
		return
	}
	s.list(headerPolicy, h, appendPolicy)
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

// list appends an item for each policy that is shown, after those that are there.
func (s *scratch) list(name string, h http.Header, item func([]byte, *Charge, *Decision) []byte) {
	out := &s.sheet
	start := len(out.buf)
	if !s.first {
		for _, set := range h[name] {
			out.buf = appendItem(out.buf, start, set)
		}
	}
	for i := range s.charges {
		if c, d := &s.charges[i], &s.decisions[i]; shown(c, d) {
			out.buf = appendItem(out.buf, start, s.plan.items[s.policy[i]])
			out.buf = item(out.buf, c, d)
		}
	}
	out.value(name)
}

func appendItem[T string | []byte](b []byte, start int, item T) []byte {
	if len(b) > start {
		b = append(b, ", "...)
	}
	return append(b, item...)
}

// appendPolicy appends the parameters of RateLimit-Policy: quota and window.
func appendPolicy(b []byte, c *Charge, _ *Decision) []byte {
	b = strconv.AppendInt(append(b, ";q="...), c.Limit, 10)
	return strconv.AppendInt(append(b, ";w="...), secondsUp(c.Window), 10)
}

// appendState appends the parameters of RateLimit: what remains, and for how long.
func appendState(b []byte, _ *Charge, d *Decision) []byte {
	b = strconv.AppendInt(append(b, ";r="...), d.Remaining, 10)
	return strconv.AppendInt(append(b, ";t="...), secondsUp(d.Reset), 10)
}

// appendString appends a string of printable ASCII as a structured field has it (RFC
// 9651, section 3.3.3).
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
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

// unixUp returns the Unix second, rounded up.
func unixUp(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
