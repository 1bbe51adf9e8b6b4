package redisstore_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

// A server answers scripts without a Redis behind it.
type server struct {
	redis.Scripter
	answer func(ctx context.Context, command string, keys []string, args []any) (any, error)
}

func (s server) cmd(ctx context.Context, command string, keys []string, args []any) *redis.Cmd {
	return redis.NewCmdResult(s.answer(ctx, command, keys, args))
}

// EvalSha implements redis.Scripter.
func (s server) EvalSha(ctx context.Context, _ string, keys []string, args ...any) *redis.Cmd {
	return s.cmd(ctx, "EVALSHA", keys, args)
}

// Eval implements redis.Scripter.
func (s server) Eval(ctx context.Context, _ string, keys []string, args ...any) *redis.Cmd {
	return s.cmd(ctx, "EVAL", keys, args)
}

// hangs is a server that does not answer.
var hangs = server{answer: func(ctx context.Context, _ string, _ []string, _ []any) (any, error) {
	<-ctx.Done()
	return nil, errors.New("i/o timeout")
}}

func charges(keys ...string) []ratelimit.Charge {
	cs := make([]ratelimit.Charge, len(keys))
	for i, key := range keys {
		cs[i] = ratelimit.Charge{Key: []byte(key), Limit: 10, Window: time.Minute, Cost: 1}
	}
	return cs
}

func take(ctx context.Context, s *redisstore.Store, cs []ratelimit.Charge) ([]ratelimit.Decision, error) {
	ds := make([]ratelimit.Decision, len(cs))
	return ds, s.Take(ctx, cs, ds)
}

func TestTakeReadsTheReply(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 1, 2, 3, 456_000, time.UTC)
	s := &redisstore.Store{Client: server{answer: func(context.Context, string, []string, []any) (any, error) {
		return []any{int64(1), int64(9), int64(0), int64(60_000_000), at.UnixMicro(), int64(0), int64(3), int64(-1), int64(7), at.UnixMicro()}, nil
	}}}
	ds, err := take(t.Context(), s, charges("a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	want := []ratelimit.Decision{
		{Allowed: true, Remaining: 9, Reset: time.Minute, At: at},
		{Remaining: 3, Wait: -time.Microsecond, Reset: 7 * time.Microsecond, At: at},
	}
	for i, d := range ds {
		if at := d.At; !at.Equal(want[i].At) {
			t.Errorf("decision %d is of %v, want %v", i, at, want[i].At)
		}
		if d.At = want[i].At; d != want[i] {
			t.Errorf("decision %d is %+v, want %+v", i, d, want[i])
		}
	}
}

func TestNoChargesAskNobody(t *testing.T) {
	t.Parallel()
	s := &redisstore.Store{}
	if err := s.Take(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
	if err := s.Settle(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestKeysHaveOneHashTagAndNothingOfTheClient(t *testing.T) {
	t.Parallel()
	raw := []string{"203.0.113.7", "", "\x00\xff", "{other}", strings.Repeat("long", 1000), "203.0.113.8"}
	for prefix, tag := range map[string]string{"": "{ratelimit}1:", "shop": "{shop}1:"} {
		var names []string
		s := &redisstore.Store{Prefix: prefix, Client: server{answer: func(_ context.Context, _ string, keys []string, args []any) (any, error) {
			names = keys
			if said := fmt.Sprint(keys, args); strings.Contains(said, "203.0.113") || strings.Contains(said, "long") {
				t.Errorf("Redis is told %s", said)
			}
			return int64(len(keys)), nil
		}}}
		if err := s.Settle(t.Context(), charges(raw...)); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, name := range names {
			if rest, ok := strings.CutPrefix(name, tag); !ok || len(rest) != 22 {
				t.Errorf("a key is %q, want %s and a hash", name, tag)
			}
			seen[name] = true
		}
		if len(seen) != len(raw) {
			t.Errorf("%d keys have %d names", len(raw), len(seen))
		}
	}
}

func TestScriptsAreSentWhenTheServerHasThemNot(t *testing.T) {
	t.Parallel()
	var commands []string
	s := &redisstore.Store{Client: server{answer: func(_ context.Context, command string, _ []string, _ []any) (any, error) {
		if commands = append(commands, command); command == "EVALSHA" {
			return nil, errNoScript{}
		}
		return int64(1), nil
	}}}
	if err := s.Settle(t.Context(), charges("a")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(commands, " "); got != "EVALSHA EVAL" {
		t.Errorf("it sends %s", got)
	}
}

type errNoScript struct{}

func (errNoScript) Error() string { return "NOSCRIPT No matching script. Please use EVAL." }
func (errNoScript) RedisError()   {}

func TestScriptsAreToldNumbersThatTheyCanCountWith(t *testing.T) {
	t.Parallel()
	const most = 1 << 53
	for name, tt := range map[string]struct {
		charge              ratelimit.Charge
		limit, window, cost int64
	}{
		"as they are":        {ratelimit.Charge{Limit: 5, Window: time.Second, Cost: 2}, 5, 1e6, 2},
		"window rounded up":  {ratelimit.Charge{Limit: 5, Window: 1001, Cost: 2}, 5, 2, 2},
		"no window":          {ratelimit.Charge{Limit: 5, Window: -1}, 5, 1, 0},
		"longest window":     {ratelimit.Charge{Window: 1<<63 - 1}, 0, most / 2, 0},
		"highest limit":      {ratelimit.Charge{Limit: 1<<63 - 1, Window: 1000, Cost: 1<<63 - 1}, most, 1, most},
		"lowest settled":     {ratelimit.Charge{Limit: 1, Window: 1000, Cost: -1 << 63}, 1, 1, -most},
		"limit of less than": {ratelimit.Charge{Limit: -3, Window: 1000, Cost: 1}, -3, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &redisstore.Store{Client: server{answer: func(_ context.Context, _ string, _ []string, args []any) (any, error) {
				if want := []any{"", tt.limit, tt.window, tt.cost, ""}; fmt.Sprint(args) != fmt.Sprint(want) {
					t.Errorf("it is told %v, want %v", args, want)
				}
				return int64(1), nil
			}}}
			if err := s.Settle(t.Context(), []ratelimit.Charge{tt.charge}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	fails := server{answer: func(context.Context, string, []string, []any) (any, error) {
		return nil, errors.New("READONLY You can't write against a read only replica.")
	}}
	garbles := server{answer: func(context.Context, string, []string, []any) (any, error) { return "OK", nil }}
	times := server{answer: func(context.Context, string, []string, []any) (any, error) {
		return nil, &net.OpError{Op: "read", Net: "unix", Err: os.ErrDeadlineExceeded}
	}}
	unbounded := &redis.Options{Addr: "localhost:1"}
	for name, tt := range map[string]struct {
		store *redisstore.Store
		want  string
	}{
		"no client":              {&redisstore.Store{}, "the Store has no Client"},
		"client ignores it":      {&redisstore.Store{Client: redis.NewClient(unbounded)}, "ContextTimeoutEnabled: true"},
		"cluster ignores it":     {&redisstore.Store{Client: redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"localhost:1"}})}, "ContextTimeoutEnabled: true"},
		"ring ignores it":        {&redisstore.Store{Client: redis.NewRing(&redis.RingOptions{})}, "ContextTimeoutEnabled: true"},
		"brace in the prefix":    {&redisstore.Store{Client: fails, Prefix: "a}b"}, "the Prefix has a brace"},
		"script fails":           {&redisstore.Store{Client: fails}, "the script failed: READONLY"},
		"reply is another's":     {&redisstore.Store{Client: garbles}, "the reply is string"},
		"connection times out":   {&redisstore.Store{Client: times}, "no answer in 100ms"},
		"server does not answer": {&redisstore.Store{Client: hangs, Deadline: time.Millisecond}, "no answer in 1ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := take(t.Context(), tt.store, charges("203.0.113.7"))
			if err == nil || !strings.HasPrefix(err.Error(), "redisstore: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "203.0.113") {
				t.Errorf("the error tells the key: %v", err)
			}
		})
	}
}

func TestDecisionsMustBeAsManyAsCharges(t *testing.T) {
	t.Parallel()
	s := &redisstore.Store{Client: hangs}
	if err := s.Take(t.Context(), charges("a", "b"), make([]ratelimit.Decision, 1)); err == nil {
		t.Error("one decision does for two charges")
	}
}

func TestACallEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	for deadline, want := range map[time.Duration]time.Duration{0: 100 * time.Millisecond, time.Second: time.Second} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_, err := take(t.Context(), &redisstore.Store{Client: hangs, Deadline: deadline}, charges("a"))
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the error is %v", err)
			}
			if took := time.Since(start); took != want {
				t.Errorf("it takes %v, want %v", took, want)
			}
		})
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := take(ctx, &redisstore.Store{Client: hangs}, charges("a"))
	if !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v, want %v", err, context.Canceled)
	}
}

// FuzzReply has the server reply with values that go-redis may make of what it reads:
// each is a letter for its type and eight bytes.
func FuzzReply(f *testing.F) {
	f.Add(values("iiiii", 1, 9, 0, 60e6, 1795309323e6))
	f.Add(values("iiiii", 1, 9, -2, 60e6, 1795309323e6))
	f.Add(values("iiiii", 2, 1<<54, -1<<63, -1, 1<<63-1))
	f.Add(values("iiii", 1, 9, 0, 60e6))
	f.Add(values("isfn[", 1, 9, 0, 60e6, 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		reply := parse(data)
		s := &redisstore.Store{Client: server{answer: func(context.Context, string, []string, []any) (any, error) { return reply, nil }}}
		ds, err := take(t.Context(), s, charges("a"))
		if err != nil {
			return
		}
		d := ds[0]
		again := []any{int64(0), d.Remaining, d.Wait.Microseconds(), d.Reset.Microseconds(), d.At.UnixMicro()}
		if d.Allowed {
			again[0] = int64(1)
		}
		if d.Remaining < 0 || d.Reset < 0 || d.Wait < -time.Microsecond || !slices.Equal(reply, again) {
			t.Errorf("%v is read as %+v", reply, d)
		}
	})
}

func values(types string, numbers ...int64) (data []byte) {
	for i, n := range numbers {
		data = binary.BigEndian.AppendUint64(append(data, types[i]), uint64(n))
	}
	return data
}

func parse(data []byte) (reply []any) {
	for ; len(data) >= 9; data = data[9:] {
		n := int64(binary.BigEndian.Uint64(data[1:]))
		switch data[0] {
		case 's':
			reply = append(reply, strconv.FormatInt(n, 10))
		case 'f':
			reply = append(reply, float64(n))
		case 'n':
			reply = append(reply, nil)
		case '[':
			reply = append(reply, []any{n})
		default:
			reply = append(reply, n)
		}
	}
	return reply
}
