package ratelimit

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

// A redisServer is one that a test may stop.
type redisServer struct {
	socket string
	cmd    *exec.Cmd
}

// ownRedis starts a server for one test.
func ownRedis(t *testing.T) *redisServer {
	t.Helper()
	if os.Getenv("CONTRITE_REDIS_BIN") == "" {
		t.Skip("CONTRITE_REDIS_BIN names no Redis server; run make test-integration, which does")
	}
	folder, err := os.MkdirTemp("", "redis") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	s := &redisServer{socket: filepath.Join(folder, "s")}
	t.Cleanup(func() {
		s.kill()
		os.RemoveAll(folder)
	})
	s.start(t)
	return s
}

// start returns when the server is ready.
func (s *redisServer) start(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command(os.Getenv("CONTRITE_REDIS_BIN"), "--port", "0", "--unixsocket", s.socket, "--save", "", "--appendonly", "no")
	s.cmd.Dir = filepath.Dir(s.socket)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		// It is ready on its socket when it says so for the last time.
		if strings.Contains(lines.Text(), s.socket) {
			return
		}
	}
	t.Fatal("Redis does not start")
}

func (s *redisServer) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

func (s *redisServer) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// client returns a client of the server.
func (s *redisServer) client(t *testing.T) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Network: "unix", Addr: s.socket, ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1,
	})
	t.Cleanup(func() { client.Close() })
	return client
}

// A fault is what befalls a server, and how it passes.
type fault struct {
	strike, heal func(t *testing.T, s *redisServer)
	forgets      bool
}

var faults = map[string]fault{
	"killed": {
		strike:  func(_ *testing.T, s *redisServer) { s.kill() },
		heal:    func(t *testing.T, s *redisServer) { s.start(t) },
		forgets: true,
	},
	"hung": {
		strike: func(t *testing.T, s *redisServer) { s.signal(t, syscall.SIGSTOP) },
		heal:   func(t *testing.T, s *redisServer) { s.signal(t, syscall.SIGCONT) },
	},
}

// A call is how one Take went.
type call struct {
	took time.Duration
	err  error
}

// callers has some callers charge the store until the test ends.
func callers(t *testing.T, store ratelimit.Store, n int, c ratelimit.Charge) <-chan call {
	calls, done := make(chan call), make(chan struct{})
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for decisions := make([]ratelimit.Decision, 1); ; {
				start := time.Now()
				err := store.Take(t.Context(), []ratelimit.Charge{c}, decisions)
				select {
				case calls <- call{time.Since(start), err}:
				case <-done:
					return
				}
			}
		})
	}
	t.Cleanup(func() {
		close(done)
		wg.Wait()
	})
	return calls
}

// await reads so many calls that failed, or that did not, and returns how long they took.
func await(t *testing.T, calls <-chan call, n int, failed bool) (took []time.Duration) {
	t.Helper()
	timeout := time.After(time.Minute)
	for len(took) < n {
		select {
		case c := <-calls:
			if (c.err != nil) == failed {
				took = append(took, c.took)
			}
		case <-timeout:
			t.Fatalf("after a minute %d of %d calls", len(took), n)
		}
	}
	slices.Sort(took)
	return took
}

func TestAStoreFailsInTimeAndRecovers(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			server := ownRedis(t)
			const deadline, limit = 500 * time.Millisecond, 1_000_000
			store := &redisstore.Store{Client: server.client(t), Deadline: deadline}
			c := ratelimit.Charge{Key: []byte("key"), Limit: limit, Window: time.Hour, Cost: 1}
			calls := callers(t, store, 16, c)

			healthy := await(t, calls, 500, false)
			fault.strike(t, server)
			failed := await(t, calls, 100, true)
			fault.heal(t, server)
			await(t, calls, 500, false)

			p99 := failed[len(failed)*99/100]
			t.Logf("a call takes %v at the median; one that fails takes %v, at worst %v", healthy[250], p99, failed[len(failed)-1])
			// A busy machine runs timers late.
			if p99 > 2*deadline {
				t.Errorf("calls that fail take %v, and the deadline is %v", p99, deadline)
			}
			if taken := limit - take(t, store, c).Remaining; taken < 1000 && !fault.forgets {
				t.Errorf("of 1000 charges and more it knows %d", taken)
			}
		})
	}
}
