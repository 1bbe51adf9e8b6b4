package ratelimit_test

import (
	"testing"
	"time"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/ratelimittest"
	"github.com/contrite-go/contrite/ratelimit/storetest"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) (ratelimit.Store, func(time.Duration)) {
		clock := ratelimittest.NewClock()
		return &ratelimit.Memory{Now: clock.Now}, clock.Advance
	})
}
