package keystore

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
)

// patience is when a test gives up waiting for what must happen.
const patience = 2 * time.Minute

// A caller sends requests with one credential through a guard.
type caller struct {
	name   string
	url    string
	key    string
	status int // of the answer while the database is there
	tally  *tally
}

// run sends requests until the context ends. Every answer is the right one, or a 503
// that tells nothing.
func (c *caller) run(ctx context.Context, client *http.Client) error {
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, c.url, nil)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+c.key)
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		switch resp.StatusCode {
		case c.status:
			c.tally.count(c.name + " answered")
		case http.StatusServiceUnavailable:
			if err := unavailable(resp, string(body)); err != nil {
				return err
			}
			c.tally.count(c.name + " unavailable")
		default:
			return fmt.Errorf("%s: got %d %s, want %d or 503", c.name, resp.StatusCode, body, c.status)
		}
	}
	return nil
}

// unavailable says what is wrong with a 503.
func unavailable(resp *http.Response, body string) error {
	if resp.Header.Get("Retry-After") == "" || resp.Header.Get("Www-Authenticate") != "" {
		return fmt.Errorf("a 503 has the headers %v", resp.Header)
	}
	for _, internal := range []string{"sqlstore", "pgx", "connect", "postgres", "contrite", "socket", "SQL", "EOF", "terminat", "/tmp"} {
		if strings.Contains(body, internal) {
			return fmt.Errorf("a 503 shows %q: %s", internal, body)
		}
	}
	return nil
}

// callers are a holder of a good key, of a revoked and of an unknown one, and of a
// good one behind a cache.
func callers(t *testing.T, s store, tally *tally) []*caller {
	t.Helper()
	issuer := &auth.Issuer{Store: s, Format: format}
	var secrets, ids []string
	for range 2 {
		secret, key, err := issuer.Issue(t.Context(), "test", auth.Grant{Owner: "caller", Environment: "live"})
		if err != nil {
			t.Fatal(err)
		}
		secrets, ids = append(secrets, secret), append(ids, key.ID)
	}
	if _, err := issuer.Revoke(t.Context(), "test", ids[1]); err != nil {
		t.Fatal(err)
	}
	unknown, _, err := format.New("live")
	if err != nil {
		t.Fatal(err)
	}
	errs := &errcatalog.Writer{Report: func(_ context.Context, e *errcatalog.Error, _ error) {
		if e.Status() == http.StatusServiceUnavailable && e.Kind() != errcatalog.AuthUnavailable {
			tally.count("503 of another kind")
		}
	}}
	serve := func(f auth.Finder) string {
		guard := auth.Require(&auth.Keys{Store: f, Format: format}, errs.WriteError)
		return testutil.Serve(t, guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
		})), false).URL
	}
	direct, cached := serve(s), serve(&auth.Cache{Store: s, TTL: 50 * time.Millisecond})
	return []*caller{
		{"a good key", direct, secrets[0], 204, tally},
		{"a revoked key", direct, secrets[1], 401, tally},
		{"an unknown key", direct, unknown, 401, tally},
		{"a key in the cache", cached, secrets[0], 204, tally},
	}
}

func TestPostgreSQLKilledInTheMiddleLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	srv := newServer(t)
	srv.start(ctx, t)
	s := srv.database().open(t)
	tally := newTally()

	working, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	work := []string{"issued", "regenerated", "revoked"}
	var refused []string
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	for _, c := range callers(t, s, tally) {
		work, refused = append(work, c.name+" answered"), append(refused, c.name+" unavailable")
		running.Go(func() {
			if err := c.run(working, client); err != nil {
				t.Error(err)
				cancel()
			}
		})
	}
	for range writers {
		running.Go(func() { write(working, s, t.Name(), tally.record) })
	}

	for _, signal := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL, syscall.SIGQUIT} {
		tally.await(ctx, t, 8, work...)
		srv.kill(t, signal)
		tally.await(ctx, t, 8, append(refused, "failed write")...)
		srv.start(ctx, t)
	}
	tally.await(ctx, t, 8, work...) // by itself
	stop()
	running.Wait()

	settle(t, s, t.Name(), tally.deeds)
	for _, d := range tally.deeds {
		if d.Err != "" && !strings.HasPrefix(d.Err, "sqlstore: ") && !strings.HasPrefix(d.Err, "auth: ") {
			t.Errorf("the error is not clear: %s", d.Err)
		}
	}
	if n := tally.counts["503 of another kind"]; n > 0 {
		t.Errorf("%d answers of 503 are not AuthUnavailable", n)
	}
	t.Logf("the counts are %v", tally.counts)
}
