package ratelimit

import "strconv"

// A state is RateLimit, and the part of it that says how much remains of the strictest
// policy.
type state struct{ text, remaining string }

// maxEarly is how many states of a policy are ready before requests come.
const maxEarly = 1000

// foresee writes the states of the first requests in a window, by how much is used then.
// While they are alone, their reset is the window.
func (p *rule) foresee() {
	p.early = make([]state, 1+min(max(p.Limit, 0), maxEarly-1))
	var on page
	var b []byte
	for used := range p.early {
		var from, to int
		b, from, to = p.appendState(b[:0], &Decision{Remaining: p.Limit - int64(used), Reset: p.Window})
		text := on.write(b)
		p.early[used] = state{text, text[from:to]}
	}
}

// foreseen returns the state of a request that is the policy's alone, with an empty text
// if it was not written before.
func (p *rule) foreseen(d *Decision) (st state) {
	if used := uint64(p.Limit - d.Remaining); used < uint64(len(p.early)) && d.Reset == p.Window {
		st = p.early[used]
	}
	return st
}

// state returns RateLimit, with an item for each policy after those that are set.
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
		if b, start, end = s.rules[i].appendState(b, d); i == strictest {
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
	b = append(appendItem(b, p.item), ";r="...)
	from = len(b)
	b = strconv.AppendInt(b, d.Remaining, 10)
	to = len(b)
	return strconv.AppendInt(append(b, ";t="...), secondsUp(d.Reset), 10), from, to
}
