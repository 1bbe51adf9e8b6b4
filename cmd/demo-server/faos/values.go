package faos

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// newID returns an ID that no record has.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text()[:16]) }

// second is a time as records show it: in UTC, in whole seconds.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// A text is a string that says something.
type text string

// Validate implements [decode.Validator].
func (t text) Validate() []errcatalog.Violation {
	if strings.TrimSpace(string(t)) == "" {
		return []errcatalog.Violation{{Reason: "must not be empty"}}
	}
	return nil
}

// seconds are a timeout.
type seconds int64

// defaultTimeout is in force where a request says no other.
const defaultTimeout seconds = 300

// Validate implements [decode.Validator].
func (s seconds) Validate() []errcatalog.Violation {
	if s < 1 || s > 3600 {
		return []errcatalog.Violation{{Reason: "must be an integer from 1 to 3600"}}
	}
	return nil
}

func (s seconds) duration() time.Duration { return time.Duration(s) * time.Second }
