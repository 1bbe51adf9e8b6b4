package ratelimit

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ErrAway is why a [Fallback] does not decide: its store does not answer, and a policy
// chose Closed.
var ErrAway = errors.New("ratelimit: the store does not answer")

// A Fallback is a [Store] in front of one that can fail or hang, such as redisstore's.
// It gives each call a deadline. After some failures it calls the store no more, but
// lets one call at a time, in the background, see whether the store is there again:
// nobody waits in line.
//
// Meanwhile each policy's [OnFailure] counts. Of a call with a Closed charge nothing is
// known, so the Limiter answers 503. Open charges are admitted. Local ones are counted
// in this process, beside what the store last said of the key, so that who has used up
// a limit stays refused. Each replica then gives out its share of what is left: a charge
// counts for as many as there are Replicas, at most for the whole limit. So all replicas
// together stay within the limit as far as they know it; what others took of a key that
// a replica has not seen lately, it can't know.
//
// When the store answers again it first gets what was charged meanwhile, and decides
// after that. What a call charged that failed late may be counted twice, never not at
// all. Of a store that has lost what it knew, such as a server that was killed, each
// replica notices it within Retry, by a key of its own in the store. It then tells the
// store what it had told it of Local charges before, key by key as they are charged again:
// together the replicas know all. What of that is lost with a replica that ends is lost.
//
// Set its fields before its first use. A Fallback is safe for concurrent use.
type Fallback struct {
	// Remote is the store in front of which it stands. It must heed its context.
	Remote Store
	// Timeout is how long a call may take. Zero is 100 milliseconds.
	Timeout time.Duration
	// Failures is after how many calls in a row that failed the store is left alone.
	// Zero is 3.
	Failures int
	// Retry is how long it is left alone between two attempts. Zero is a second.
	Retry time.Duration
	// Replicas is how many servers share Remote. Zero is 1.
	Replicas int
	// MaxKeys is about how many keys it remembers. Zero is 1,048,576. A Local charge of
	// a key beyond those that is taken while the store is away is as a Closed one.
	MaxKeys int
	// Now is the clock. Nil is time.Now.
	Now func() time.Time

	breaker breaker
	warm    Memory       // by the store's clock
	debts   debts        // what the store has not been told
	ahead   atomic.Int64 // of Now is the store's clock, in nanoseconds
	heart   heart
	own     atomic.Pointer[Memory] // what the store was told of Local charges
	lost    atomic.Pointer[loss]   // what it has lost of them, nil if nothing
}

func (f *Fallback) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

// remoteNow is what the store's clock shows, as far as it is known.
func (f *Fallback) remoteNow() time.Time { return f.now().Add(time.Duration(f.ahead.Load())) }

func (f *Fallback) prepare() {
	f.warm.Now, f.warm.MaxKeys = f.remoteNow, f.MaxKeys
	f.own.Store(f.newOwn())
	f.debts.max = or(f.MaxKeys, defaultMaxKeys)
	f.breaker.failures, f.breaker.retry = or(f.Failures, 3), or(f.Retry, time.Second)
}

func or[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}

// within gives a call of the store its deadline.
func (f *Fallback) within(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, or(f.Timeout, 100*time.Millisecond))
	defer cancel()
	return call(ctx)
}

// Take implements [Store]. The decision of an Open charge that the store does not know
// of has no time.
func (f *Fallback) Take(ctx context.Context, charges []Charge, decisions []Decision) error {
	f.breaker.once.Do(f.prepare)
	if len(charges) == 0 {
		return nil
	}
	away := f.breaker.open()
	if (away || f.debts.some.Load()) && f.breaker.due(f.now()) {
		go f.probe(probeOf(&charges[0]))
	}
	if away {
		return f.decide(ctx, charges, decisions, ErrAway)
	}
	err := f.within(ctx, func(ctx context.Context) error { return f.ask(ctx, charges, decisions) })
	switch {
	case err == nil:
		f.breaker.succeeded()
		f.learn(charges, decisions)
		f.listen()
		return nil
	case ctx.Err() != nil:
		return err // it says nothing of the store
	}
	f.breaker.failed(f.now())
	return f.decide(ctx, charges, decisions, err)
}

// Settle implements [Store]. What the store can't be told now it is told later.
func (f *Fallback) Settle(ctx context.Context, charges []Charge) error {
	f.breaker.once.Do(f.prepare)
	if len(charges) == 0 {
		return nil
	}
	f.settleWarm(charges)
	if !f.breaker.open() {
		err := f.within(ctx, func(ctx context.Context) error { return f.Remote.Settle(ctx, charges) })
		if err == nil {
			f.breaker.succeeded()
			f.remember(charges)
			return nil
		}
		f.breaker.failed(f.now())
	}
	if !f.debts.add(charges, f.remoteNow()) {
		return ErrAway
	}
	return nil
}

// follow has the local clock show what the store's does.
func (f *Fallback) follow(at time.Time) {
	if !at.IsZero() {
		f.ahead.Store(int64(at.Sub(f.now())))
	}
}

// learn remembers what the store said: the use of the keys by all replicas, and its
// clock.
func (f *Fallback) learn(charges []Charge, decisions []Decision) {
	f.follow(decisions[0].At)
	var few [maxPlaces]Charge
	var used [maxPlaces]int64
	local, uses := few[:0], used[:0]
	counted := true
	for i := range charges {
		counted = counted && (decisions[i].Allowed || charges[i].Shadow)
		if charges[i].OnFailure == Local {
			c := charges[i]
			c.At = decisions[i].At
			local, uses = append(local, c), append(uses, c.Limit-decisions[i].Remaining)
		}
	}
	if len(local) > 0 {
		f.warm.raise(local, uses)
	}
	if counted {
		f.remember(local)
	}
}

// listen has the store marked in the background, now and then.
func (f *Fallback) listen() {
	if f.heart.window.Load() != 0 && f.heart.due(f.now(), or(f.Retry, time.Second)) {
		go func() { _ = f.within(context.Background(), f.beat) }()
	}
}

// decide decides in the store's absence.
func (f *Fallback) decide(ctx context.Context, charges []Charge, decisions []Decision, err error) error {
	var local []Charge
	for i := range charges {
		switch c := charges[i]; {
		case c.OnFailure == Local:
			local = append(local, f.share(c))
		case c.OnFailure == Closed && !c.Shadow:
			return err
		}
	}
	found := make([]Decision, len(local))
	if err := f.warm.Take(ctx, local, found); err != nil {
		return err
	}
	fits := true
	for i := range charges {
		decisions[i] = Decision{Allowed: true}
		if charges[i].OnFailure == Local {
			decisions[i], found = found[0], found[1:]
			decisions[i].Remaining /= int64(or(f.Replicas, 1))
			fits = fits && (decisions[i].Allowed || charges[i].Shadow)
		}
	}
	if fits && !f.owe(charges, decisions) {
		return err
	}
	return nil
}

// owe remembers to tell the store what was admitted without it.
func (f *Fallback) owe(charges []Charge, decisions []Decision) bool {
	owed := make([]Charge, 0, len(charges))
	for i := range charges {
		if c := charges[i]; c.OnFailure == Local {
			c.At = decisions[i].At
			owed = append(owed, c)
		}
	}
	return f.debts.add(owed, f.remoteNow())
}

// share returns a charge as it counts here while the store is away.
func (f *Fallback) share(c Charge) Charge {
	cost, replicas := max(c.Cost, 1), int64(or(f.Replicas, 1))
	if all := cost * replicas; cost <= c.Limit && c.Cost > 0 {
		c.Cost = min(all, c.Limit)
	}
	return c
}

// settleWarm corrects the local counts. What was charged here is corrected as it
// counted.
func (f *Fallback) settleWarm(charges []Charge) {
	local := make([]Charge, 0, len(charges))
	for _, c := range charges {
		if c.OnFailure != Local {
			continue
		}
		if f.debts.has(&c) {
			c.Cost *= int64(or(f.Replicas, 1))
		}
		local = append(local, c)
	}
	_ = f.warm.Settle(context.Background(), local)
}
