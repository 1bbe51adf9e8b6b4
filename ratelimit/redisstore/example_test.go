package redisstore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

func Example() {
	client := redis.NewClient(&redis.Options{
		Addr:                  "redis.internal:6379",
		ContextTimeoutEnabled: true, // the Store's deadline counts
		MaxRetries:            -1,   // what was counted is not counted again
	})
	store := &redisstore.Store{Client: client, Prefix: "shop", Deadline: 50 * time.Millisecond}

	charges := []ratelimit.Charge{{Key: []byte("reads of agt_1"), Limit: 100, Window: time.Minute, Cost: 1}}
	decisions := make([]ratelimit.Decision, 1)
	if err := store.Take(context.Background(), charges, decisions); err != nil {
		fmt.Println("Redis is slow or gone:", err)
		return
	}
	fmt.Println(decisions[0].Allowed, decisions[0].Remaining, decisions[0].Wait)
}
