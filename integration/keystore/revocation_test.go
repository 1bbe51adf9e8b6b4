package keystore

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// A sample is a request and its answer.
type sample struct {
	sent, answered time.Time
	status         int
	lookups        int // of the replica until then, if it admitted the request
}

// A revocation is what happened to a key, with the samples of one replica.
type revocation struct {
	began, returned time.Time
	samples         []sample
}

// enough is how many requests there are before the revocation, and after the bound.
const enough = 20

// check says what is wrong with a revocation: a request that was answered before the
// revocation must have been admitted, one that was sent later than the bound after it
// must have been refused. In between both are right, in this order.
func (r revocation) check(bound time.Duration) error {
	var errs []error
	before, after, refused := 0, 0, false
	for _, s := range r.samples {
		late := s.sent.Sub(r.returned)
		switch admitted := s.status == http.StatusNoContent; {
		case !admitted && s.status != http.StatusUnauthorized:
			errs = append(errs, fmt.Errorf("%v after the revocation the answer is %d", late, s.status))
		case s.answered.Before(r.began):
			before++
			if !admitted {
				errs = append(errs, fmt.Errorf("%v before the revocation the key is refused", -late))
			}
		case late > bound:
			after++
			if admitted {
				errs = append(errs, fmt.Errorf("%v after the revocation the key is admitted, the bound is %v", late, bound))
			}
		case admitted && refused:
			errs = append(errs, fmt.Errorf("%v after the revocation the key is admitted again", late))
		}
		refused = refused || s.status == http.StatusUnauthorized
	}
	if before < enough || after < enough {
		errs = append(errs, fmt.Errorf("%d requests before the revocation and %d after the bound show too little", before, after))
	}
	return errors.Join(errs...)
}

// first returns how long after the revocation a replica first refused the key.
func (r revocation) first() time.Duration {
	for _, s := range r.samples {
		if s.status == http.StatusUnauthorized {
			return s.answered.Sub(r.returned)
		}
	}
	return -1
}

func TestEveryReplicaRefusesARevokedKeyWithinTheBound(t *testing.T) {
	t.Parallel()
	const bound = time.Second
	for name, d := range map[string]database{"SQLite": sqlite(t), "PostgreSQL": postgres(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := d.open(t)
			for i, r := range revoke(t, s, bound, replicas(t, d, bound)...) {
				if err := r.check(bound); err != nil {
					t.Errorf("replica %d: %v", i+1, err)
				}
				t.Logf("replica %d refused the key %v after its revocation", i+1, r.first())
				// One look-up each time that the bound runs out: the cache is in front.
				warm := r.samples[enough-1]
				if most := 1 + int(warm.answered.Sub(r.samples[0].sent)/bound); warm.lookups > most {
					t.Errorf("replica %d asked the store %d times for %d requests, want at most %d", i+1, warm.lookups, enough, most)
				}
			}
		})
	}
}

func TestTheCheckFindsReplicasThatBreakTheBound(t *testing.T) {
	t.Parallel()
	const bound = 50 * time.Millisecond
	d := sqlite(t)
	s := d.open(t)
	for i, r := range revoke(t, s, bound, replicas(t, d, time.Hour)...) {
		if err := r.check(bound); err == nil {
			t.Errorf("replica %d keeps a key for an hour, and %d requests did not show it", i+1, len(r.samples))
		}
	}
}

func TestTheCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	epoch := time.Now()
	at := func(second, status, n int) []sample {
		s := sample{epoch.Add(time.Duration(second) * time.Second), epoch.Add(time.Duration(second)*time.Second + 1), status, 0}
		all := make([]sample, n)
		for i := range all {
			all[i] = s
		}
		return all
	}
	const admitted, refused = http.StatusNoContent, http.StatusUnauthorized
	tests := []struct {
		name    string
		samples [][]sample
		right   bool
	}{
		{"as it should be", [][]sample{at(0, admitted, enough), at(13, admitted, 1), at(14, refused, 1), at(23, refused, enough)}, true},
		{"admitted after the bound", [][]sample{at(0, admitted, enough), at(23, refused, enough), at(24, admitted, 1)}, false},
		{"refused before", [][]sample{at(0, admitted, enough), at(1, refused, 1), at(23, refused, enough)}, false},
		{"admitted again", [][]sample{at(0, admitted, enough), at(13, refused, 1), at(14, admitted, 1), at(23, refused, enough)}, false},
		{"failing", [][]sample{at(0, admitted, enough), at(13, 503, 1), at(23, refused, enough)}, false},
		{"nothing before", [][]sample{at(23, refused, enough)}, false},
		{"nothing after", [][]sample{at(0, admitted, enough), at(13, refused, 1)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := revocation{began: epoch.Add(11 * time.Second), returned: epoch.Add(12 * time.Second)}
			for _, s := range tt.samples {
				r.samples = append(r.samples, s...)
			}
			if err := r.check(10 * time.Second); (err == nil) != tt.right {
				t.Errorf("the check says %v", err)
			}
		})
	}
}
