package ratelimit

import (
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/ratelimit"
)

// A tally counts the statuses that a handler answers.
type tally struct {
	mu       sync.Mutex
	statuses []int
}

func (t *tally) reset() (statuses []int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	statuses, t.statuses = t.statuses, nil
	return statuses
}

// counting has a limiter's answers counted.
func (t *tally) counting(l *ratelimit.Limiter) http.Handler {
	count := func(status int) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.statuses = append(t.statuses, status)
	}
	var writer errcatalog.Writer
	l.OnError = func(w http.ResponseWriter, r *http.Request, err error) {
		count(http.StatusTooManyRequests)
		writer.WriteError(w, r, err)
	}
	return l.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { count(http.StatusOK) }))
}

// TestCurlObeysRetryAfterAndPasses has curl, which waits as it is told, send more than
// the limit: each is refused at most once.
func TestCurlObeysRetryAfterAndPasses(t *testing.T) {
	t.Parallel()
	if os.Getenv("CONTRITE_REDIS") == "" {
		t.Skip("CONTRITE_REDIS names no Redis server; run make test-integration, which starts one, and installs curl")
	}
	for name, store := range map[string]ratelimit.Store{"memory": new(ratelimit.Memory), "redis": shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var answers tally
			srv := testutil.Serve(t, answers.counting(&ratelimit.Limiter{
				Store:    store,
				Policies: []ratelimit.Policy{{Name: "default", Limit: 2, Window: 3 * time.Second}},
			}), false)
			refused := 0
			for i := range 6 {
				out, err := exec.Command("curl", "--silent", "--show-error", "--fail", "--retry", "1", srv.URL).CombinedOutput()
				got := answers.reset()
				if err != nil || len(got) == 0 || got[len(got)-1] != http.StatusOK {
					t.Errorf("curl %d is answered %v: %v %s", i+1, got, err, out)
				}
				refused += max(len(got)-1, 0)
			}
			if refused == 0 {
				t.Error("curl was never refused")
			}
		})
	}
}
