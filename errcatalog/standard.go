package errcatalog

import "time"

// Standard is a catalogue that covers every kind. It is what a [Writer] without a
// catalogue answers with, and what other catalogues extend, to write only their own
// codes. Its envelope is
//
//	{"error": {"code": …, "message": …, "request_id": …, "details": {…}}}
//
// and its challenge Bearer.
var Standard = Must(New(Spec{
	Name:      "standard",
	Envelope:  `{"error": {"code": $code, "message": $message, "request_id": $request_id, "details": $fields?}}`,
	Headers:   map[string]string{"X-Error-Code": "$code"},
	Challenge: "Bearer",
	Errors:    standardErrors,
}))

// say makes one message that is for every occurrence.
func say(text string) []Message { return []Message{{Text: text}} }

var standardErrors = []Entry{
	{
		Code: "bad_request", Covers: []Kind{BadRequest}, Status: 400,
		Messages: say("The request is not valid."), Outcome: OutcomeNotProcessed,
		Cause: "The server could not understand the request.",
		Fix:   []string{"Compare the request with the reference of the endpoint."},
	}, {
		Code: "invalid_json", Covers: []Kind{BodyMalformed}, Status: 400,
		Params: []Param{{Name: "line", Public: true, Optional: true}, {Name: "column", Public: true, Optional: true}},
		Messages: []Message{
			{Text: "The request body is not valid JSON: see line {line}, column {column}."},
			{Text: "The request body is not valid JSON."},
		},
		Outcome: OutcomeNotProcessed,
		Cause:   "The body is empty, breaks off, or breaks the grammar of JSON.",
		Fix:     []string{"Build the body with a JSON library.", "Look at the line and column that the error names."},
	}, {
		Code: "invalid_credentials_header", Covers: []Kind{CredentialsMalformed}, Status: 400,
		Messages: say("The credentials are not sent in a form that the server understands."), Outcome: OutcomeNotProcessed,
		Cause: "The header does not parse, or several credentials were sent that disagree.",
		Fix:   []string{"Send one credential, in one header."},
	}, {
		Code: "validation_failed", Covers: []Kind{ValidationFailed}, Status: 400,
		Params: []Param{{Name: "violations", Public: true, Optional: true}},
		Messages: []Message{
			{When: []Kind{FieldsMissing}, Text: "Required fields are missing from the request."},
			{Text: "The request has values that are not valid."},
		},
		Outcome: OutcomeNotProcessed,
		Cause:   "One or more values are absent or not what the endpoint takes.",
		Fix:     []string{"Mend every violation that the error lists, then send the request again."},
	}, {
		Code: "missing_credentials", Covers: []Kind{Unauthenticated}, Status: 401,
		Messages: say("The request needs credentials."), Outcome: OutcomeNotProcessed,
		Cause: "The endpoint is not open to everyone, and no credentials were sent.",
		Fix:   []string{"Send credentials as the WWW-Authenticate header says."},
	}, {
		Code: "invalid_credentials", Covers: []Kind{CredentialsInvalid}, Status: 401,
		Messages: say("The credentials are not valid."), Outcome: OutcomeNotProcessed,
		Challenge: `Bearer error="invalid_token"`,
		Cause:     "The key or token is unknown, was revoked, or belongs to another environment.",
		Fix:       []string{"Check that the whole key was copied.", "Make a new key."},
	}, {
		Code: "expired_credentials", Covers: []Kind{CredentialsExpired}, Status: 401,
		Params:    []Param{{Name: "expires_at", Public: true, Optional: true}},
		Challenge: `Bearer error="invalid_token"`,
		Messages: []Message{
			{Text: "The credentials expired at {expires_at}."},
			{Text: "The credentials have expired."},
		},
		Outcome: OutcomeNotProcessed,
		Cause:   "The key or token was good and is past its time.",
		Fix:     []string{"Get a new key or token."},
	}, {
		Code: "payment_required", Covers: []Kind{PaymentRequired}, Status: 402,
		Messages: say("The request needs a payment."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "forbidden", Covers: []Kind{Forbidden}, Status: 403,
		Messages: say("The caller may not do this."), Outcome: OutcomeNotProcessed,
		Cause: "The credentials are valid, and their owner lacks the permission.",
		Fix:   []string{"Ask the resource's owner for the permission."},
	}, {
		Code: "insufficient_scope", Covers: []Kind{ScopeInsufficient}, Status: 403,
		Params: []Param{
			{Name: "required_scopes", Public: true, Optional: true},
			{Name: "granted_scopes", Public: true, Optional: true},
		},
		Challenge: `Bearer error="insufficient_scope"`,
		Messages: []Message{
			{Text: "The credentials lack the scope: {required_scopes}."},
			{Text: "The credentials lack a scope."},
		},
		Outcome: OutcomeNotProcessed,
		Cause:   "The credentials are valid, and were granted fewer scopes than the endpoint needs.",
		Fix:     []string{"Get credentials with the scopes that the error lists."},
	}, {
		Code: "insufficient_tier", Covers: []Kind{TierInsufficient}, Status: 403,
		Params: []Param{
			{Name: "current_tier", Public: true, Optional: true},
			{Name: "required_tier", Public: true, Optional: true},
			{Name: "upgrade_url", Public: true, Optional: true},
		},
		Messages: []Message{
			{Text: "This needs the tier {required_tier} or a higher one."},
			{Text: "This needs a higher tier."},
		},
		Outcome: OutcomeNotProcessed,
		Cause:   "The caller's tier does not have the feature.",
		Fix:     []string{"Upgrade the tier."},
	}, {
		Code: "not_found", Covers: []Kind{NotFound}, Status: 404,
		Messages: say("The resource does not exist."), Outcome: OutcomeNotProcessed,
		Cause: "The ID is wrong, the resource was deleted, or the caller may not see it.",
		Fix:   []string{"List the resources to find the right ID."},
	}, {
		Code: "route_not_found", Covers: []Kind{RouteNotFound}, Status: 404,
		Messages: say("The API has nothing at this path."), Outcome: OutcomeNotProcessed,
		Cause: "No endpoint matches the path.",
		Fix:   []string{"Compare the path with the reference, its version prefix too."},
	}, {
		Code: "method_not_allowed", Covers: []Kind{MethodNotAllowed}, Status: 405,
		Messages: say("The resource does not have this method."), Outcome: OutcomeNotProcessed,
		Cause: "The path exists, for other methods.",
		Fix:   []string{"Use one of the methods in the Allow header."},
	}, {
		Code: "not_acceptable", Covers: []Kind{NotAcceptable}, Status: 406,
		Messages: say("The resource has no representation that the Accept headers allow."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "request_timeout", Covers: []Kind{RequestTimeout}, Status: 408,
		Messages: say("The request took too long to arrive."), Retry: RetryBackoff, Outcome: OutcomeNotProcessed,
	}, {
		Code: "conflict", Covers: []Kind{Conflict}, Status: 409,
		Messages: say("The request conflicts with the state of the resource."), Outcome: OutcomeNotProcessed,
		Cause: "The resource exists already, or changed in the meantime.",
		Fix:   []string{"Read the resource again, and decide anew."},
	}, {
		Code: "gone", Covers: []Kind{Gone}, Status: 410,
		Messages: say("The resource no longer exists."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "length_required", Covers: []Kind{LengthRequired}, Status: 411,
		Messages: say("The request needs a Content-Length."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "precondition_failed", Covers: []Kind{PreconditionFailed}, Status: 412,
		Messages: say("A condition of the request does not hold."), Outcome: OutcomeNotProcessed,
		Cause: "The resource is not in the state that If-Match or another condition asks for.",
		Fix:   []string{"Read the resource again, and decide anew."},
	}, {
		Code: "payload_too_large", Covers: []Kind{PayloadTooLarge}, Status: 413,
		Params: []Param{{Name: "max_bytes", Public: true, Optional: true}},
		Messages: []Message{
			{Text: "The request body is larger than {max_bytes} bytes."},
			{Text: "The request body is too large."},
		},
		Outcome: OutcomeNotProcessed,
		Cause:   "The body is larger than the endpoint takes.",
		Fix:     []string{"Send less at once."},
	}, {
		Code: "uri_too_long", Covers: []Kind{URITooLong}, Status: 414,
		Messages: say("The request target is too long."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "unsupported_media_type", Covers: []Kind{UnsupportedMediaType}, Status: 415,
		Messages: say("The request body is of a media type that the resource does not take."), Outcome: OutcomeNotProcessed,
		Cause: "The Content-Type is missing or not one that the endpoint takes.",
		Fix:   []string{"Send the body as one of the types in the Accept header, such as application/json."},
	}, {
		Code: "range_not_satisfiable", Covers: []Kind{RangeNotSatisfiable}, Status: 416,
		Messages: say("The resource has nothing in the range asked for."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "expectation_failed", Covers: []Kind{ExpectationFailed}, Status: 417,
		Messages: say("The server does not meet the Expect header."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "misdirected_request", Covers: []Kind{MisdirectedRequest}, Status: 421,
		Messages: say("The server does not answer for this host."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "unprocessable_content", Covers: []Kind{Unprocessable}, Status: 422,
		Messages: say("The request is well-formed and can't be carried out."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "locked", Covers: []Kind{Locked}, Status: 423,
		Messages: say("The resource is locked."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "failed_dependency", Covers: []Kind{FailedDependency}, Status: 424,
		Messages: say("A request that this one depends on failed."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "too_early", Covers: []Kind{TooEarly}, Status: 425,
		Messages: say("The request came in early data, and could be a replay."), Retry: RetryBackoff, Outcome: OutcomeNotProcessed,
	}, {
		Code: "upgrade_required", Covers: []Kind{UpgradeRequired}, Status: 426,
		Messages: say("The resource needs another protocol."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "precondition_required", Covers: []Kind{PreconditionRequired}, Status: 428,
		Messages: say("The request must be conditional."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "rate_limited", Covers: []Kind{RateLimited}, Status: 429,
		Params: []Param{
			{Name: "limit", Public: true, Optional: true},
			{Name: "remaining", Public: true, Optional: true},
			{Name: "reset", Public: true, Optional: true},
			{Name: "retry_after", Public: true, Optional: true},
			{Name: "window", Optional: true},
		},
		Messages: []Message{
			{Text: "More than {limit} requests per {window:unit}."},
			{Text: "There were too many requests."},
		},
		Retry: RetryAfter, Wait: time.Second, Outcome: OutcomeNotProcessed,
		Cause: "The caller used up its rate limit.",
		Fix:   []string{"Wait as long as Retry-After says.", "Send fewer requests."},
	}, {
		Code: "headers_too_large", Covers: []Kind{HeadersTooLarge}, Status: 431,
		Messages: say("The request headers are too large."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "unavailable_for_legal_reasons", Covers: []Kind{LegallyUnavailable}, Status: 451,
		Messages: say("The resource is not available for legal reasons."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "client_closed_request", Covers: []Kind{ClientClosed}, Status: 499,
		Messages: say("The client left before its reply."),
		Cause:    "The client closed the connection. No client sees this error; logs do.",
	}, {
		Code: "internal_error", Covers: []Kind{Internal}, Status: 500,
		Messages: say("Something went wrong on the server."), Retry: RetryBackoff,
		Cause: "The server failed in a way that it was not made for.",
		Fix:   []string{"Try again later.", "Tell support the request ID."},
	}, {
		Code: "not_implemented", Covers: []Kind{NotImplemented}, Status: 501,
		Messages: say("The server does not have this function."), Outcome: OutcomeNotProcessed,
	}, {
		Code: "bad_gateway", Covers: []Kind{UpstreamInvalid}, Status: 502,
		Messages: say("A server that this one depends on gave no usable answer."), Retry: RetryBackoff,
		Cause: "An upstream server failed, or could not be reached.",
		Fix:   []string{"Try again later."},
	}, {
		Code: "service_unavailable", Covers: []Kind{Unavailable}, Status: 503,
		Messages: []Message{
			{When: []Kind{Maintenance}, Text: "The service is under maintenance."},
			{When: []Kind{Overloaded}, Text: "The service has too much to do."},
			{Text: "The service is not available."},
		},
		Retry: RetryAfter, Wait: 30 * time.Second, Outcome: OutcomeNotProcessed,
		Cause: "The service is under maintenance, overloaded, or waits for a part of itself.",
		Fix:   []string{"Wait as long as Retry-After says."},
	}, {
		Code: "gateway_timeout", Covers: []Kind{Timeout}, Status: 504,
		Messages: say("The request took too long."), Retry: RetryBackoff,
		Cause: "The server, or one that it depends on, did not finish in time. It may have done its work all the same.",
		Fix:   []string{"Look whether the work was done before sending the request again."},
	}, {
		Code: "http_version_not_supported", Covers: []Kind{VersionNotSupported}, Status: 505,
		Messages: say("The server does not speak this version of HTTP."), Outcome: OutcomeNotProcessed,
	},
}
