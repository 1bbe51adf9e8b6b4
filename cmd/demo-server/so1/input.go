package so1

import (
	"fmt"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

// bodies decodes the bodies of requests. What the API does not know it ignores, but
// for the options of an agent.
var bodies = &decode.Decoder{AllowUnknown: true}

// A text is a string that says something.
type text string

// Validate implements [decode.Validator].
func (t text) Validate() []errcatalog.Violation {
	if t == "" {
		return invalid("must not be empty")
	}
	return nil
}

// invalid says what a value must be like.
func invalid(reason string) []errcatalog.Violation {
	return []errcatalog.Violation{{Reason: reason}}
}

// within says so if a number of seconds is not from least to most.
func within(seconds, least, most int64) []errcatalog.Violation {
	if seconds < least || seconds > most {
		return invalid(fmt.Sprintf("must be from %d to %d", least, most))
	}
	return nil
}
