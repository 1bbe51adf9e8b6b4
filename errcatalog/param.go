package errcatalog

import (
	"encoding/json"
	"log/slog"
)

// A ParamType is what values a param takes. A value of another type counts as
// absent: it reaches neither message nor member.
type ParamType string

// The param types, and the slog values they take.
const (
	String     ParamType = "string"      // slog.String
	Integer    ParamType = "integer"     // slog.Int, slog.Int64, slog.Uint64
	Number     ParamType = "number"      // as Integer, and slog.Float64 if finite
	Boolean    ParamType = "boolean"     // slog.Bool
	Time       ParamType = "time"        // slog.Time, if not zero and before the year 10000
	Duration   ParamType = "duration"    // slog.Duration, if not negative
	StringList ParamType = "string_list" // Strings
	Violations ParamType = "violations"  // Invalid
	Object     ParamType = "object"      // slog.Group
	JSON       ParamType = "json"        // RawJSON, if valid and not nested deeper than 64
)

// A Form is how a param's value is shown. Empty is the type's own form: strings,
// numbers and booleans as they are, a time as rfc3339, a duration as seconds, a
// list as a JSON array, in a message with commas between.
type Form string

// The forms that are not any type's own.
const (
	Seconds Form = "seconds" // a duration in whole seconds, rounded up: 60
	Words   Form = "words"   // a duration in words, of whole seconds or milliseconds: 1 minute, 90 seconds
	Unit    Form = "unit"    // a duration as what follows "per": minute, 90 seconds
	RFC3339 Form = "rfc3339" // a time in UTC without fraction: 2006-01-02T15:04:05Z
	Unix    Form = "unix"    // a time as a Unix second, rounded up
	First   Form = "first"   // the first string of a list; an empty list counts as absent
	Label   Form = "label"   // the label of a string; one without label counts as absent
)

// A Violation is one thing that is wrong with a request's content.
type Violation struct {
	Field  string   // a JSON Pointer (RFC 6901) or a parameter's name
	Reason string   // what is wanted, for the reader
	Path   []string // the way to the fault, such as the steps of a cycle; left out when empty
}

// Strings returns a param of type [StringList].
func Strings(name string, values ...string) slog.Attr {
	if values == nil {
		values = []string{}
	}
	return slog.Any(name, values)
}

// Invalid returns a param of type [Violations].
func Invalid(name string, violations ...Violation) slog.Attr {
	return slog.Any(name, violations)
}

// RawJSON returns a param of type [JSON]. A value that is not one valid JSON text
// in UTF-8, or nests deeper than 64, counts as absent.
func RawJSON(name string, text json.RawMessage) slog.Attr { return slog.Any(name, text) }

// A Param declares one param of an entry. What an entry does not declare reaches
// nobody.
type Param struct {
	// Name is the param's name in messages and, if it is public, on the wire.
	Name string
	// From is the name that the occurrence gives it, empty for Name. The slots
	// $request_id, $retryable and $timestamp can stand here too.
	From string
	// Type is what values it takes. It may be empty for a param that a kind has
	// as standard, such as limit, and for a slot.
	Type ParamType
	// As is the form in which it is shown, unless a message's hole says another.
	As Form
	// Public has it shown as a member of the envelope's $fields, or where the
	// envelope names it. Otherwise it serves the messages only.
	Public bool
	// Optional says that an occurrence of the code may do without it.
	Optional bool
	// Max caps it: the characters of a string, the items of a list, the bytes of
	// raw JSON. Zero is 1024 characters, 100 items, 65536 bytes. What is longer is
	// cut, a string with an ellipsis; raw JSON counts as absent.
	Max int
	// Labels has the words for the values of a string, for the form Label.
	Labels map[string]string
	// Default is its value where the occurrence has none. The zero Value is none.
	Default slog.Value
	// Example is for documentation. The zero Value is none.
	Example slog.Value
	// Doc says what the param is, for documentation.
	Doc string
}

// standardTypes has the types of the params that kinds have as standard.
var standardTypes = map[string]ParamType{
	"accept": StringList, "allow": StringList, "challenge": StringList,
	"complete_length": Integer, "current_tier": String, "column": Integer,
	"expires_at": Time, "feature": String, "field": String,
	"granted_scopes": StringList, "key_prefix": String, "limit": Integer, "line": Integer,
	"max_bytes": Integer, "remaining": Integer, "required_fields": StringList,
	"required_scopes": StringList, "required_tier": String, "requirement": String,
	"reset": Time, "retry_after": Duration, "timeout": Duration,
	"upgrade": StringList, "upgrade_url": String, "violations": Violations, "window": Duration,
}

// StandardType returns the type of a param that kinds have as standard, and of the
// slots that can be a param's source. It is empty for every other name.
func StandardType(source string) ParamType {
	if t := slotTypes[source]; t != "" {
		return t
	}
	return standardTypes[source]
}

// forms has, for each type, the forms it can be shown in besides its own.
var forms = map[ParamType][]Form{
	String: {Label}, Integer: {}, Number: {}, Boolean: {},
	Time: {RFC3339, Unix}, Duration: {Seconds, Words, Unit},
	StringList: {First}, Violations: {}, Object: {}, JSON: {},
}

const (
	defaultMaxString = 1024
	defaultMaxItems  = 100
	defaultMaxJSON   = 64 << 10
)

// max returns the cap in force.
func (p *Param) max() int {
	switch {
	case p.Max > 0:
		return p.Max
	case p.Type == String:
		return defaultMaxString
	case p.Type == JSON:
		return defaultMaxJSON
	}
	return defaultMaxItems
}
