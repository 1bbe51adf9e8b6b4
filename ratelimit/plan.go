package ratelimit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
)

// A plan is the policies in force, ready for use.
type plan struct {
	rules   []rule
	fixed   string // RateLimit-Policy, if it is always the same
	settles bool
	pool    sync.Pool // of *scratch
}

// A rule is a policy, and what is known of it before a request comes.
type rule struct {
	Policy
	charge Charge                // of a request, but for its key and what depends on it
	prefix []byte                // of its keys
	item   string                // its name as a structured field has it
	quota  string                // X-RateLimit-Limit, if it is always the same
	runs   []atomic.Pointer[run] // of its states, if the limit is always the same
	reset  atomic.Pointer[second]
}

// A second is a policy's last value of X-RateLimit-Reset. Most requests that are
// admitted in one second have it.
type second struct {
	unix  int64
	value string
}

// newPlan checks policies and makes a plan of them.
func newPlan(policies []Policy) (*plan, error) {
	pl := &plan{rules: make([]rule, len(policies))}
	var errs []error
	seen := map[string]bool{}
	for i := range policies {
		p := &pl.rules[i]
		p.set(policies[i])
		errs = append(errs, p.check())
		if seen[p.Name] {
			errs = append(errs, fmt.Errorf("ratelimit: there are two policies %q; give one another name", p.Name))
		}
		seen[p.Name] = true
		pl.settles = pl.settles || p.Settle != nil
	}
	pl.fix()
	return pl, errors.Join(errs...)
}

// set makes the rule of a policy.
func (p *rule) set(policy Policy) {
	p.Policy = policy
	p.prefix, p.item = appendPart(nil, p.Name), quoted(p.Name)
	p.charge = Charge{
		Limit: p.Limit, Window: p.Window, Cost: inBounds(cmp.Or(p.Cost, 1)), Shadow: p.Shadow, OnFailure: p.OnFailure,
	}
	if p.Limits == nil {
		p.quota = strconv.FormatInt(p.Limit, 10)
		p.runs = make([]atomic.Pointer[run], min(1+max(p.Limit, 0)/runLen, maxRuns))
	}
}

// make makes the charge of a request, its key in the memory of the last one.
func (p *rule) make(c *Charge, last *[]byte, r *http.Request) error {
	key, err := p.Key.appendTo(append((*last)[:0], p.prefix...), r)
	if err != nil {
		return keyless(&p.Policy, err)
	}
	if cap(key) > keepKey {
		key = bytes.Clone(key) // a hash, after a key that was longer
	}
	*last, *c = key, p.charge
	c.Key = key
	if p.Limits != nil {
		c.Limit = inBounds(p.Limits(r))
	}
	if p.Costs != nil {
		c.Cost = inBounds(p.Costs(r))
	}
	return nil
}

// fix writes RateLimit-Policy, if no request has another one.
func (pl *plan) fix() {
	var b []byte
	for i := range pl.rules {
		p := &pl.rules[i]
		if p.Limits != nil || p.Exempt != nil || p.Shadow {
			return
		}
		b = p.appendPolicy(comma(b), &p.charge)
	}
	pl.fixed = string(b)
}
