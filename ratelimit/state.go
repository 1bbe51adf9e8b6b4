package ratelimit

import "strconv"

// A state is RateLimit, and the part of it that says how much remains of the strictest
// policy.
type state struct{ text, remaining string }

// A run is the states of a policy that follow each other. It is written when one of them
// is needed, and used from then on.
type run [runLen]state

const (
	runLen  = 32
	maxRuns = 32 // of a policy
)

// foreseen returns the state of a request that is the policy's alone by how much is used,
// an empty one if it is in no run. While requests are alone, their reset is the window.
func (p *rule) foreseen(d *Decision) (st state) {
	used := uint64(p.Limit - d.Remaining)
	if i := used / runLen; i < uint64(len(p.runs)) && d.Reset == p.Window {
		r := p.runs[i].Load()
		if r == nil {
			r = p.foresee(d.Remaining + int64(used%runLen))
			p.runs[i].Store(r)
		}
		st = r[used%runLen]
	}
	return st
}

// foresee writes the run that begins where so much remains.
func (p *rule) foresee(remaining int64) *run {
	var r run
	var on page
	var b []byte
	for i := range r {
		var from, to int
		b, from, to = p.appendState(b[:0], &Decision{Remaining: remaining - int64(i), Reset: p.Window})
		text := on.write(b)
		r[i] = state{text, text[from:to]}
	}
	return &r
}

// state returns RateLimit, with an item for each policy after those of others that are
// set.
func (s *scratch) state(set []string, strictest int) state {
	if len(s.charges) == 1 && len(set) == 0 {
		if st := s.rules[0].foreseen(&s.decisions[0]); st.text != "" {
			return st
		}
	}
	b := s.appendOthers(s.text[:0], set)
	from, to := 0, 0
	for i := range s.charges {
		d := &s.decisions[i]
		if i != strictest && !shown(&s.charges[i], d) {
			continue
		}
		var start, end int
		if b, start, end = s.rules[i].appendState(comma(b), d); i == strictest {
			from, to = start, end
		}
	}
	s.text = b
	text := s.page.write(b)
	return state{text, text[from:to]}
}

// appendState appends an item of RateLimit, and returns where in it the number stands
// that remains.
func (p *rule) appendState(b []byte, d *Decision) (_ []byte, from, to int) {
	b = append(append(b, p.item...), ";r="...)
	from = len(b)
	b = strconv.AppendInt(b, d.Remaining, 10)
	to = len(b)
	return strconv.AppendInt(append(b, ";t="...), secondsUp(d.Reset), 10), from, to
}
