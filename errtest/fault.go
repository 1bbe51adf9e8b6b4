package errtest

import "fmt"

// A Rule is something that every reply must keep to.
type Rule string

// The rules.
const (
	RuleReply     Rule = "reply"      // there is a reply, in time and whole, and no panic
	RuleMediaType Rule = "media type" // it is of the type that the catalogue has for the request's Accept
	RuleJSON      Rule = "json"       // the body is one JSON text, without members that stand twice
	RuleCode      Rule = "code"       // it shows a code, which the catalogue has
	RuleAgree     Rule = "agree"      // code and status are the entry's wherever they stand
	RuleShape     Rule = "shape"      // members are there, and of their types
	RuleMember    Rule = "member"     // there are no members that the catalogue does not declare
	RuleHeader    Rule = "header"     // the headers that the catalogue declares are there
	RuleCache     Rule = "cache"      // Cache-Control: no-store
	RuleSniff     Rule = "sniff"      // X-Content-Type-Options: nosniff
	RuleStale     Rule = "stale"      // no header speaks of the representation that was not sent
	RuleChallenge Rule = "challenge"  // a 401 has WWW-Authenticate
	RuleAllow     Rule = "allow"      // a 405 has Allow: not the method itself, and HEAD where GET is
	RuleRetry     Rule = "retry"      // Retry-After is there where the entry says so, and is valid
	RuleClose     Rule = "close"      // a 413 closes the connection (HTTP/1 only)
	RuleAccept    Rule = "accept"     // a 415 says what would be accepted
	RuleRange     Rule = "range"      // a 416 has Content-Range
	RuleRequestID Rule = "request id" // X-Request-Id is there, and the same in the body
	RuleCanary    Rule = "canary"     // no planted text is shown
	RuleWant      Rule = "want"       // the code is the one that the probe wants
)

// mends says what to do about a broken rule.
var mends = map[Rule]string{
	RuleReply:     "recover panics, such as with middleware.Stack, and end what waits when the request's context is done",
	RuleMediaType: "answer through errcatalog.Writer, or put middleware.Stack around the server",
	RuleJSON:      "answer through errcatalog.Writer, or put middleware.Stack around the server",
	RuleCode:      "answer with a code or kind, through errcatalog.Writer",
	RuleAgree:     "let errcatalog.Writer write status, headers and body",
	RuleShape:     "let errcatalog.Writer write the body",
	RuleMember:    "declare it as a public param, or take it out",
	RuleHeader:    "let errcatalog.Writer write the headers, and nothing behind it change them",
	RuleCache:     "let errcatalog.Writer write the headers, and nothing behind it change them",
	RuleSniff:     "let errcatalog.Writer write the headers, and nothing behind it change them",
	RuleStale:     "take it off before the error is written, as errcatalog.Writer does",
	RuleChallenge: "give the entry or the catalogue a challenge",
	RuleAllow:     "give the error the param allow, with the resource's methods, as middleware.MethodNotAllowed does",
	RuleRetry:     "give the error the param retry_after, or the entry a Wait",
	RuleClose:     "let errcatalog.Writer write the headers, and keep Connection: close",
	RuleAccept:    "give the error the param accept, with the types that would do",
	RuleRange:     "give the error the param complete_length",
	RuleRequestID: "put middleware.Stack or requestid.Handler around everything, and change no ID behind it",
	RuleCanary:    "keep private texts in Because, and repeat nothing that the client sent",
	RuleWant:      "",
}

// A Fault is one rule that a reply breaks.
type Fault struct {
	Rule    Rule
	Problem string // what is wrong

	at string // where in the body a constant differs
}

// Error says which rule is broken, by what, and how to mend it.
func (f *Fault) Error() string {
	text := string(f.Rule) + ": " + f.Problem
	if mend := mends[f.Rule]; mend != "" {
		text += "; " + mend
	}
	return text
}

func faultf(rule Rule, format string, args ...any) *Fault {
	return &Fault{Rule: rule, Problem: fmt.Sprintf(format, args...)}
}
