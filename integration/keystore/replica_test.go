package keystore

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
)

var format = auth.KeyFormat{"live": "it_live_"}

// A counter counts how often a store is asked.
type counter struct {
	auth.Finder
	asked atomic.Int64
}

func (c *counter) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	c.asked.Add(1)
	return c.Finder.Find(ctx, hash)
}

// replica is a process that serves behind a guard. It prints where.
func replica(o order) error {
	bound, err := time.ParseDuration(o.Bound)
	if err != nil {
		return err
	}
	s, err := o.Database.connect(context.Background())
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	lookups := &counter{Finder: s}
	keys := &auth.Keys{Store: &auth.Cache{Store: lookups, TTL: bound}, Format: format}
	guard := auth.Require(keys, new(errcatalog.Writer).WriteError)
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Lookups", fmt.Sprint(lookups.asked.Load()))
		w.WriteHeader(http.StatusNoContent)
	})))
}

// replicas starts two replicas on a database, whose caches keep a key for the TTL.
func replicas(t *testing.T, d database, ttl time.Duration) []string {
	t.Helper()
	var urls []string
	for range 2 {
		p := start(t, order{Role: "replica", Database: d, Bound: ttl.String()})
		url := p.line(t)
		if url == "" {
			t.Fatal("a replica did not start")
		}
		urls = append(urls, url)
	}
	return urls
}

// ask sends a request with the key.
func ask(ctx context.Context, c *http.Client, url, key string) (sample, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return sample{}, err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	sent := time.Now()
	resp, err := c.Do(r)
	if err != nil {
		return sample{}, err
	}
	resp.Body.Close()
	lookups, _ := strconv.Atoi(resp.Header.Get("Lookups"))
	return sample{sent, time.Now(), resp.StatusCode, lookups}, nil
}

// An observer sends requests to a replica, one after the other.
type observer struct {
	url     string
	bound   time.Duration
	revoked atomic.Pointer[time.Time] // when the revocation returned
	samples []sample
}

// observe goes on until enough requests were sent later than the bound after the
// revocation. It calls warm when there are enough before it.
func (o *observer) observe(ctx context.Context, key string, warm func()) error {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for late := 0; late < enough; {
		s, err := ask(ctx, client, o.url, key)
		if err != nil {
			return err
		}
		o.samples = append(o.samples, s)
		if len(o.samples) == enough {
			warm()
		}
		if returned := o.revoked.Load(); returned != nil && s.sent.Sub(*returned) > o.bound {
			late++
		}
	}
	return nil
}

// revoke issues a key, has the replicas admit it, revokes it on a connection of the
// test's own, and returns what each replica made of that.
func revoke(t *testing.T, s store, bound time.Duration, urls ...string) []revocation {
	t.Helper()
	issuer := &auth.Issuer{Store: s, Format: format}
	secret, key, err := issuer.Issue(t.Context(), "test", auth.Grant{Owner: t.Name(), Environment: "live"})
	if err != nil {
		t.Fatal(err)
	}
	var running, warm sync.WaitGroup
	observers := make([]*observer, len(urls))
	for i, url := range urls {
		o := &observer{url: url, bound: bound}
		observers[i] = o
		warm.Add(1)
		running.Go(func() {
			once := sync.OnceFunc(warm.Done)
			defer once()
			if err := o.observe(t.Context(), secret, once); err != nil {
				t.Error(err)
			}
		})
	}
	warm.Wait()
	began := time.Now()
	if _, err := issuer.Revoke(t.Context(), "test", key.ID); err != nil {
		t.Error(err)
	}
	returned := time.Now()
	for _, o := range observers {
		o.revoked.Store(&returned)
	}
	running.Wait()
	all := make([]revocation, len(urls))
	for i, o := range observers {
		all[i] = revocation{began, returned, o.samples}
	}
	return all
}
