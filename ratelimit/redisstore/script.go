package redisstore

import (
	"crypto/sha256"
	_ "embed" // for the scripts
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/ratelimit"
)

var (
	//go:embed log.lua
	logSource string
	//go:embed take.lua
	takeSource string
	//go:embed settle.lua
	settleSource string

	take   = redis.NewScript(logSource + takeSource)
	settle = redis.NewScript(logSource + settleSource)
)

// arguments returns the keys of the charges and what the scripts are told of them. The
// first argument is the time: a test gives one, the empty string is the server's.
func arguments(prefix string, charges []ratelimit.Charge, last func(*ratelimit.Charge) any) ([]string, []any, error) {
	if strings.ContainsAny(prefix, "{}") {
		return nil, nil, errors.New("redisstore: the Prefix has a brace, which would make another hash tag of it")
	}
	if prefix == "" {
		prefix = "ratelimit"
	}
	keys := make([]string, len(charges))
	args := append(make([]any, 0, 1+4*len(charges)), "")
	for i := range charges {
		c := &charges[i]
		keys[i] = key(prefix, c.Key)
		args = append(args, exact(c.Limit), microseconds(c.Window), exact(c.Cost), last(c))
	}
	return keys, args, nil
}

// key returns the name of a key: "{ratelimit}1:Xb3…". The 1 is for the form of its value.
func key(prefix string, raw []byte) string {
	hash := sha256.Sum256(raw)
	name := make([]byte, 0, 64)
	name = append(append(append(name, '{'), prefix...), "}1:"...)
	return string(base64.RawURLEncoding.AppendEncode(name, hash[:16]))
}

// most is the highest number up to which a script's are exact.
const most = 1 << 53

// exact returns the number that is nearest to n and exact in a script.
func exact(n int64) int64 {
	return min(max(n, -most), most)
}

// microseconds returns a window, rounded up, with room for adding a date.
func microseconds(window time.Duration) int64 {
	n := int64(window / time.Microsecond)
	if window%time.Microsecond > 0 {
		n++
	}
	return min(max(n, 1), most/2)
}

// shadow is what the script of Take is told last of a charge.
func shadow(c *ratelimit.Charge) any {
	if c.Shadow {
		return 1
	}
	return 0
}

// at is what the script of Settle is told last of a charge.
func at(c *ratelimit.Charge) any {
	if c.At.IsZero() {
		return ""
	}
	return c.At.UnixMicro()
}
