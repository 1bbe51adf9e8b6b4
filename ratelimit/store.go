package ratelimit

import (
	"context"
	"time"
)

// A Store keeps what was taken of each key. Package storetest has the tests that
// every implementation passes. A Store must be safe for concurrent use, reads its
// own clock, and keeps neither the charges nor the decisions after it returns.
type Store interface {
	// Take charges all or none: if each of the charges fits its limit, all are
	// counted, and if one does not, none is. decisions[i] says how charges[i] fares;
	// the slices are of the same length. A shadow charge never keeps the others from
	// being counted, and is counted with them.
	//
	// Keys that are equal within one call are charged one after the other.
	//
	// An error says that nothing is known; the decisions are then without meaning.
	Take(ctx context.Context, charges []Charge, decisions []Decision) error

	// Settle corrects what Take counted: each charge's Cost is added to its key, or
	// given back if it is negative, whatever the limit, as if it had been counted at
	// the charge's time.
	Settle(ctx context.Context, charges []Charge) error
}

// A Charge is what one policy takes of one key.
type Charge struct {
	// Key is the policy's name and the key's parts, joined so that different ones
	// never give equal keys. It is not to be shown.
	Key []byte
	// Limit is how much may be taken in any span of Window.
	Limit  int64
	Window time.Duration
	// Cost is how much is taken. In Take, zero asks whether there is room for one,
	// and takes nothing.
	Cost int64
	// Shadow is true if the charge is counted and never refused.
	Shadow bool
	// At is, in Settle, the Decision's At. The zero time is now.
	At time.Time
	// OnFailure is the policy's choice for when the store fails. It concerns nothing
	// but a [Fallback].
	OnFailure OnFailure
}

// OnFailure says what becomes of a request while the store does not answer.
type OnFailure int

// The choices.
const (
	Closed OnFailure = iota // it is refused, with 503
	Open                    // it is admitted
	Local                   // it is counted here: see [Fallback]; without one, Closed
)

// A Decision is how one charge fares.
type Decision struct {
	// Allowed reports whether the charge fits the limit. It says so of a shadow charge
	// too.
	Allowed bool
	// Remaining is how much of the limit is left, once this charge is counted, or
	// without it if the call is refused. It is not negative.
	Remaining int64
	// Wait is how long it takes until a charge of this cost fits, if nothing else is
	// taken. It is zero if Allowed, and negative if the cost never fits.
	Wait time.Duration
	// Reset is how long it takes until the whole limit is free again, if nothing else
	// is taken.
	Reset time.Duration
	// At is when the store counted the charge, by its own clock. The zero time says
	// that nothing is known of the key, and the charge admitted as it chose [Open].
	At time.Time
}
