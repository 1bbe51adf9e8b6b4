package ratelimit

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

func TestReplicasAdmitExactlyTheLimitTogether(t *testing.T) {
	t.Parallel()
	const replicas, clients, each, limit = 4, 50, 40, 1000
	name := prefix(t)
	urls := make([]string, replicas)
	for i := range urls {
		limiter := &ratelimit.Limiter{
			Policies: []ratelimit.Policy{
				{Name: "hour", Limit: limit, Window: time.Hour},
				{Name: "day", Limit: 2 * limit, Window: 24 * time.Hour},
			},
			Store: &redisstore.Store{Client: dial(t), Prefix: name, Deadline: time.Minute},
		}
		urls[i] = testutil.Serve(t, limiter.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), false).URL
	}
	var statuses sync.Map
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			for i := range each {
				resp, err := http.Get(urls[(client+i)%replicas])
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				n, _ := statuses.LoadOrStore(resp.StatusCode, new(atomic.Int64))
				n.(*atomic.Int64).Add(1)
			}
		})
	}
	wg.Wait()
	got := map[int]int64{}
	statuses.Range(func(status, n any) bool {
		got[status.(int)] = n.(*atomic.Int64).Load()
		return true
	})
	if want := map[int]int64{200: limit, 429: clients*each - limit}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the answers are %v, want %v", got, want)
	}
}
