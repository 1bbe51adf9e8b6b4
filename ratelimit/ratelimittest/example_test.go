package ratelimittest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
)

func ExampleMeasure() {
	for _, pattern := range ratelimittest.Patterns() {
		clock := ratelimittest.NewClock()
		store := &ratelimit.Memory{Now: clock.Now}
		a, err := ratelimittest.Measure(context.Background(), store, clock.Advance, pattern, 100, time.Minute, 10)
		if err != nil {
			panic(err)
		}
		fmt.Println(a)
	}
	// Output:
	// steady       100 a window:     1500 sent,    1000 admitted, 100.00 % of exact, over by 0.00 %
	// edges        100 a window:     2000 sent,    1000 admitted, 100.00 % of exact, over by 0.00 %
	// flood        100 a window:    10000 sent,    1000 admitted, 100.00 % of exact, over by 0.00 %
	// punctual     100 a window:     1000 sent,    1000 admitted, 100.00 % of exact, over by 0.00 %
}

func ExampleObey() {
	clock := ratelimittest.NewClock()
	store := &ratelimit.Memory{Now: clock.Now}
	o, err := ratelimittest.Obey(context.Background(), store, clock.Advance, 100, time.Minute, 100*time.Millisecond, 500)
	fmt.Println(o.Took, o.Ideal, o.Refused, err)
	// Output: 4m9.9s 4m9.9s 4 <nil>
}
