package so1

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// A config is the options of an agent, as JSON has them. An option that is null is as
// good as absent. A config that is in use does not change.
type config map[string]any

// What is wrong with the type of an option. All else that can be wrong with an option
// is a fault of the configuration.
const (
	noInteger = "must be an integer"
	noString  = "must be a string"
)

// Validate implements [decode.Validator].
func (c config) Validate() (found []errcatalog.Violation) {
	for _, option := range slices.Sorted(maps.Keys(c)) {
		if reason := fault(option, c[option]); reason != "" {
			found = append(found, errcatalog.Violation{Field: "/" + escaper.Replace(option), Reason: reason})
		}
	}
	return found
}

// escaper makes a name a token of a JSON Pointer (RFC 6901, section 3).
var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// fault says what is wrong with an option, "" if nothing is.
func fault(option string, value any) string {
	switch option {
	case "timeout_seconds":
		return timeoutFault(value)
	case "priority":
		return priorityFault(value)
	}
	return "is not an option"
}

func timeoutFault(value any) string {
	n, ok := value.(float64)
	switch {
	case value == nil:
		return ""
	case !ok, n != math.Trunc(n):
		return noInteger
	case n < 5, n > 3600:
		return "must be from 5 to 3600"
	}
	return ""
}

func priorityFault(value any) string {
	s, ok := value.(string)
	switch {
	case value == nil:
		return ""
	case !ok:
		return noString
	case !slices.Contains([]string{"low", "normal", "high", "critical"}, s):
		return "must be low, normal, high or critical"
	}
	return ""
}

// merge returns the options of both, those of c with the values that it gives.
func (c config) merge(old config) config {
	merged := maps.Clone(old)
	for option, value := range c {
		switch {
		case value == nil:
		case merged == nil:
			merged = config{option: value}
		default:
			merged[option] = value
		}
	}
	return merged
}

// timeout returns how long the agent may take for a task.
func (c config) timeout() (time.Duration, bool) {
	n, ok := c["timeout_seconds"].(float64)
	return time.Duration(n) * time.Second, ok
}

// configured returns the error of decoding an agent. If nothing is wrong but the
// configuration, it is that one's own.
func configured(err error) error {
	var e *errcatalog.Error
	if !errors.As(err, &e) || !errors.Is(e, errcatalog.ValidationFailed) {
		return err
	}
	var violations []errcatalog.Violation
	for _, p := range e.Params() {
		if p.Key == "violations" {
			violations, _ = p.Value.Any().([]errcatalog.Violation)
		}
	}
	for _, v := range violations {
		if !strings.HasPrefix(v.Field, "/config/") || v.Reason == noInteger || v.Reason == noString {
			return err
		}
	}
	return so1.InvalidAgentConfiguration(violations)
}
