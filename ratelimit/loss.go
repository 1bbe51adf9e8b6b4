package ratelimit

import (
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"
)

// A heart marks a store now and then, and notices by the last mark that is there when
// the store has lost what it knew, such as a server that was killed.
type heart struct {
	window atomic.Int64 // how long a mark counts: the longest window of those that count on it
	next   atomic.Int64 // when to beat, by the local clock
	marked atomic.Bool  // there is a mark

	once sync.Once
	key  []byte
	mu   sync.Mutex
	last time.Time     // mark, by the store's clock
	life time.Duration // of the last mark
}

// unmarked reports whether a first mark is to be made.
func (h *heart) unmarked() bool { return !h.marked.Load() && h.window.Load() != 0 }

// counts has marks be there for as long as the window.
func (h *heart) counts(window time.Duration) {
	for {
		was := h.window.Load()
		if int64(window) <= was || h.window.CompareAndSwap(was, int64(window)) {
			return
		}
	}
}

// due reports, to one caller, whether it is time for a mark.
func (h *heart) due(now time.Time, every time.Duration) bool {
	next := h.next.Load()
	return now.UnixNano() >= next && h.next.CompareAndSwap(next, now.Add(every).UnixNano())
}

// beat looks for the last mark and makes one. It returns the time after which the store
// has lost all, which is zero if that is all it ever knew.
func (h *heart) beat(ctx context.Context, s Store) (at, since time.Time, lost bool, err error) {
	h.once.Do(func() { h.key = []byte("heart " + rand.Text()) })
	window := time.Duration(h.window.Load())
	look := Charge{Key: h.key, Limit: maxLimit, Window: window}
	mark := look
	mark.Cost = 1
	var d [2]Decision
	if err := s.Take(ctx, []Charge{look, mark}, d[:]); err != nil {
		return at, since, false, err
	}
	if d[0].Reset > 0 {
		since = d[0].At.Add(d[0].Reset - window)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	age := d[0].At.Sub(h.last)
	lost = !h.last.IsZero() && since.Before(h.last) && age >= 0 && age < h.life
	h.last, h.life = d[1].At, window
	h.marked.Store(true)
	return d[0].At, since, lost, nil
}

// A loss is what a store has lost: what was counted after a time.
type loss struct {
	own    *Memory // what this process told the store
	since  time.Time
	at     time.Time // when it was noticed
	before *loss     // an earlier one
}

// maxLosses is how many losses are remembered.
const maxLosses = 8

// and returns the loss with those before it that still count.
func (l *loss) and(before *loss, window time.Duration) *loss {
	end := l
	for n := 1; n < maxLosses && before != nil && l.at.Sub(before.at) < window; n++ {
		copied := *before
		end.before, end, before = &copied, &copied, before.before
	}
	end.before = nil
	return l
}

// beat has the store marked, and remembers what it has lost.
func (f *Fallback) beat(ctx context.Context) error {
	at, since, lost, err := f.heart.beat(ctx, f.Remote)
	if err != nil {
		return err
	}
	f.follow(at)
	if lost {
		l := &loss{own: f.own.Swap(f.newOwn()), since: since, at: at}
		f.lost.Store(l.and(f.lost.Load(), time.Duration(f.heart.window.Load())))
	}
	return nil
}

func (f *Fallback) newOwn() *Memory {
	return &Memory{Now: f.remoteNow, MaxKeys: f.MaxKeys, past: time.Duration(f.heart.window.Load())}
}

// ask charges the store, which is marked before the first Local charge, and told what it
// has lost.
func (f *Fallback) ask(ctx context.Context, charges []Charge, decisions []Decision) error {
	for i := range charges {
		if charges[i].OnFailure == Local {
			f.heart.counts(charges[i].Window)
		}
	}
	if f.heart.unmarked() {
		if err := f.beat(ctx); err != nil {
			return err
		}
	}
	if err := f.restore(ctx, charges); err != nil {
		return err
	}
	return f.Remote.Take(ctx, charges, decisions)
}

// remember keeps what the store was told of Local charges, in case it loses it.
func (f *Fallback) remember(charges []Charge) {
	for i := range charges {
		if charges[i].OnFailure == Local && charges[i].Cost != 0 {
			_ = f.own.Load().Settle(context.Background(), charges[i:i+1])
		}
	}
}

// restore tells the store what it has lost of the charges' keys.
func (f *Fallback) restore(ctx context.Context, charges []Charge) error {
	last := f.lost.Load()
	if last != nil && f.remoteNow().Sub(last.at) >= time.Duration(f.heart.window.Load()) {
		f.lost.CompareAndSwap(last, nil) // all has expired
		return nil
	}
	for l := last; l != nil; l = l.before {
		owed := l.own.drain(charges, l.since)
		if len(owed) == 0 {
			continue
		}
		if err := f.Remote.Settle(ctx, owed); err != nil {
			_ = l.own.Settle(ctx, owed)
			return err
		}
		f.remember(owed)
	}
	return nil
}
