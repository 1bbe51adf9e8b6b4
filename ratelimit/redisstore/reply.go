package redisstore

import (
	"fmt"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
)

// each is how many numbers the reply has of each charge.
const each = 5

// decode reads the reply of Take: of each charge 1 if it is allowed, what remains, and
// wait, reset and time in microseconds.
func decode(reply any, decisions []ratelimit.Decision) error {
	values, ok := reply.([]any)
	if !ok || len(values) != each*len(decisions) {
		return fmt.Errorf("redisstore: the reply is %T of %d, want %d numbers", reply, len(values), each*len(decisions))
	}
	for i := range decisions {
		n, err := numbers(values[each*i:])
		if err != nil {
			return err
		}
		decisions[i] = ratelimit.Decision{
			Allowed:   n[0] == 1,
			Remaining: n[1],
			Wait:      time.Duration(n[2]) * time.Microsecond,
			Reset:     time.Duration(n[3]) * time.Microsecond,
			At:        time.UnixMicro(n[4]),
		}
	}
	return nil
}

// numbers reads what the reply has of one charge. Only wait may be negative, as -1.
func numbers(values []any) (n [each]int64, err error) {
	lowest := [each]int64{2: -1}
	highest := [each]int64{1, most, most, most, most}
	for i := range n {
		v, ok := values[i].(int64)
		if !ok || v < lowest[i] || v > highest[i] {
			return n, fmt.Errorf("redisstore: the reply has %T out of place or bounds", values[i])
		}
		n[i] = v
	}
	return n, nil
}
