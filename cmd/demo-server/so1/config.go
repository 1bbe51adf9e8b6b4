package so1

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// A config is the options of an agent, as JSON has them. An option that is null is as
// good as absent. A config that is in use does not change.
type config map[string]json.RawMessage

// Validate implements [decode.Validator].
func (c config) Validate() (found []errcatalog.Violation) {
	for _, option := range slices.Sorted(maps.Keys(c)) {
		for _, v := range faults(option, c[option]) {
			found = append(found, errcatalog.Violation{Field: "/" + escaper.Replace(option), Reason: v.Reason})
		}
	}
	return found
}

// escaper makes a name a token of a JSON Pointer (RFC 6901, section 3).
var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// faults says what is wrong with an option.
func faults(option string, value json.RawMessage) []errcatalog.Violation {
	switch option {
	case "timeout_seconds":
		return violations(bodies.Unmarshal(value, new(*limit)))
	case "priority":
		return violations(bodies.Unmarshal(value, new(*priority)))
	}
	return invalid("is not an option")
}

// A limit is the timeout of an agent's executions, in seconds.
type limit int64

// Validate implements [decode.Validator].
func (l limit) Validate() []errcatalog.Violation { return within(int64(l), 5, 3600) }

// A priority is how soon an agent gets to work.
type priority string

// Validate implements [decode.Validator].
func (p priority) Validate() []errcatalog.Violation {
	if !slices.Contains([]priority{"low", "normal", "high", "critical"}, p) {
		return invalid("must be low, normal, high or critical")
	}
	return nil
}

// merge returns the options of both, those of c with the values that it gives.
func (c config) merge(old config) config {
	merged := maps.Clone(old)
	for option, value := range c {
		switch {
		case string(value) == "null":
		case merged == nil:
			merged = config{option: value}
		default:
			merged[option] = value
		}
	}
	return merged
}

// timeout returns how long the agent may take for a task, if its options say so.
func (c config) timeout() (time.Duration, bool) {
	var seconds int64
	err := json.Unmarshal(c["timeout_seconds"], &seconds)
	return time.Duration(seconds) * time.Second, err == nil
}

// violations returns what decoding found.
func violations(err error) (found []errcatalog.Violation) {
	var e *errcatalog.Error
	if errors.As(err, &e) {
		for _, p := range e.Params() {
			if p.Key == "violations" {
				found, _ = p.Value.Any().([]errcatalog.Violation)
			}
		}
	}
	return found
}

// mistyped are the reasons for a value of another type. All else that can be wrong with
// an option is a fault of the configuration.
var mistyped = []string{"must be an integer", "must be a string"}

// configured returns the error of decoding an agent. If nothing is wrong but the
// configuration, it is that one's own.
func configured(err error) error {
	found := violations(err)
	if len(found) == 0 || slices.ContainsFunc(found, func(v errcatalog.Violation) bool {
		return !strings.HasPrefix(v.Field, "/config/") || slices.Contains(mistyped, v.Reason)
	}) {
		return err
	}
	return so1.InvalidAgentConfiguration(found)
}
