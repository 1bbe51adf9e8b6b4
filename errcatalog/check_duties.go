package errcatalog

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
)

// rules checks the retry rule and the outcome, and gives them their defaults.
func (b *builder) rules(e *entry) {
	e.Retry, e.Outcome = cmp.Or(e.Retry, RetryNever), cmp.Or(e.Outcome, OutcomeUnknown)
	if !slices.Contains([]Retry{RetryNever, RetryBackoff, RetryAfter}, e.Retry) {
		b.fault(e.Code, "retry", strconv.Quote(string(e.Retry))+" is no retry rule; use never, backoff or after")
	}
	if !slices.Contains([]Outcome{OutcomeUnknown, OutcomeNotProcessed, OutcomeProcessed}, e.Outcome) {
		b.fault(e.Code, "outcome", strconv.Quote(string(e.Outcome))+" is no outcome; use unknown, not_processed or processed")
	}
	if e.Wait < 0 {
		b.fault(e.Code, "wait", "is negative")
	}
	if e.Wait > 0 {
		e.wait = []string{waitOf(e.Wait)}
	}
}

// duties checks that what the protocol asks of the status has a source.
func (b *builder) duties(e *entry) {
	challenge := e.Challenge
	if e.Status == http.StatusUnauthorized {
		if challenge = cmp.Or(challenge, b.spec.Challenge); challenge == "" {
			b.fault(e.Code, "challenge", "a 401 must have one (RFC 9110, section 15.5.2); set it here or for the catalogue")
		}
	}
	if challenge != "" {
		e.challenge = []string{challenge}
	}
	if e.Status == http.StatusMethodNotAllowed && !e.gives("allow") {
		b.fault(e.Code, "covers", "a 405 must have an Allow header (RFC 9110, section 15.5.6); cover method_not_allowed, or declare the param allow")
	}
	if !isFieldValue(challenge) {
		b.fault(e.Code, "challenge", "is not a header's value")
	}
	waits := e.Status == http.StatusTooManyRequests || e.Retry == RetryAfter ||
		e.Status == http.StatusServiceUnavailable && e.retryable()
	if waits && e.Wait == 0 && !e.gives("retry_after") {
		b.fault(e.Code, "wait", "it promises a Retry-After header; set wait, or declare the param retry_after")
	}
}
