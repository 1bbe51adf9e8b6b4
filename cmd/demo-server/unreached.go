package main

import "github.com/contrite-go/contrite/errcatalog"

const (
	early = "net/http refuses such a request before a system is known, so it is answered in the standard envelope."
	spare = "It is inherited, for handlers to return; none of this system does."
)

// unreached says why a system that has no line for a code can't cause it.
var unreached = map[errcatalog.Code]string{
	"client_closed_request":         "The client has left, so that it reads none; the log has it.",
	"expectation_failed":            early,
	"headers_too_large":             early,
	"http_version_not_supported":    early,
	"not_implemented":               early,
	"request_timeout":               "A client that is too slow to send its headers is cut off without a reply.",
	"not_acceptable":                "Every success here is JSON, and an error is never refused over Accept.",
	"gateway_timeout":               "No call of this system waits long enough.",
	"bad_gateway":                   "No call of this system asks another server.",
	"bad_request":                   "A body whose chunks are none causes it, which curl does not send.",
	"conflict":                      spare,
	"failed_dependency":             spare,
	"forbidden":                     spare,
	"gone":                          spare,
	"length_required":               spare,
	"locked":                        spare,
	"misdirected_request":           spare,
	"payment_required":              spare,
	"precondition_failed":           spare,
	"precondition_required":         spare,
	"range_not_satisfiable":         spare,
	"too_early":                     spare,
	"unavailable_for_legal_reasons": spare,
	"unprocessable_content":         spare,
	"upgrade_required":              spare,
}
