package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A crowd is clients that send requests with one key, all together a number of them.
type crowd struct {
	url, key string
	clients  int
	requests int
	// strike, if not nil, happens after so many requests were sent, while the last ones
	// are on their way. The others wait for it.
	strike func()
	after  int
}

// A tally is how requests were answered.
type tally struct {
	answers  map[string]int // by status and code
	replicas map[string]int // by the replica
	after    map[string]int // the answers to those sent after the strike
}

// ok is the answer to a request that passes.
const ok = "200"

// send sends the requests.
func (c *crowd) send(ctx context.Context) tally {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c.clients}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	t := tally{map[string]int{}, map[string]int{}, map[string]int{}}
	requests := make(chan bool)
	go c.queue(requests)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range c.clients {
		wg.Go(func() {
			for late := range requests {
				answer, replica := c.ask(ctx, client)
				mu.Lock()
				t.count(answer, replica, late)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return t
}

// queue has the clients send one request after the other. It tells them whether that is
// after the strike.
func (c *crowd) queue(requests chan<- bool) {
	defer close(requests)
	late := false
	for n := range c.requests {
		if c.strike != nil && n == c.after {
			c.strike()
			late = true
		}
		requests <- late
	}
}

func (t *tally) count(answer, replica string, late bool) {
	t.answers[answer]++
	t.replicas[replica]++
	if late {
		t.after[answer]++
	}
}

// ask sends one request, and says how it was answered and by which replica.
func (c *crowd) ask(ctx context.Context, client *http.Client) (answer, replica string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url+"/agents", nil)
	if err != nil {
		return err.Error(), ""
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	resp, err := client.Do(r)
	if err != nil {
		return err.Error(), ""
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err.Error(), ""
	}
	answer = strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("X-Error-Code")))
	if replica = resp.Header.Get(answeredBy); replica == "" {
		return answer, "the front"
	}
	return answer, "replica " + replica
}

// counts tells counts as "5 × 200, 25 × 429 rate_limit_exceeded".
func counts(of map[string]int) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, fmt.Sprintf("%d × %s", of[name], name))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// only reports whether there are no others than these.
func only(of map[string]int, names ...string) bool {
	for name := range of {
		if !slices.Contains(names, name) {
			return false
		}
	}
	return true
}
