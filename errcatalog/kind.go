package errcatalog

import "slices"

// A Kind is a failure that middlewares and this library know, whatever an API
// calls it. Kinds form a tree: CredentialsExpired is a CredentialsInvalid, which
// is an Unauthenticated. A catalogue says which of its codes covers which kinds;
// a kind that no code covers is answered as its parent.
//
// A Kind is an error, so a handler can return one as it stands, and errors.Is
// finds it in an [*Error] of that kind or of one below it. The params named at
// each kind are those that the suite's own middlewares give with it; none of
// them is ever required.
type Kind string

// The kinds. Those of one status stand together, each after its parent; Parent tells
// the tree.
const (
	// BadRequest is 400: the request can't be understood, for no nearer reason.
	BadRequest Kind = "bad_request"
	// BodyMalformed is a body that is not the JSON it should be. Params: line, column.
	BodyMalformed Kind = "body_malformed"
	// CredentialsMalformed is a credentials header that does not parse, or several that disagree.
	CredentialsMalformed Kind = "credentials_malformed"
	// ValidationFailed is a well-formed request with values that won't do.
	// Params: violations, and of the first of them field and requirement.
	ValidationFailed Kind = "validation_failed"
	// FieldsMissing is ValidationFailed where a required field is absent. Params
	// as ValidationFailed, field being the first absent one, and required_fields,
	// all that the request must have.
	FieldsMissing Kind = "fields_missing"
	// FieldMissing is FieldsMissing where one absent field is all that is wrong.
	FieldMissing Kind = "field_missing"

	// Unauthenticated is 401. Params: challenge, the WWW-Authenticate values.
	Unauthenticated Kind = "unauthenticated"
	// CredentialsMissing is a request without credentials.
	CredentialsMissing Kind = "credentials_missing"
	// CredentialsInvalid is credentials that are not accepted. Params: key_prefix,
	// the public prefix of the API key that was sent.
	CredentialsInvalid Kind = "credentials_invalid"
	// CredentialsRevoked is credentials that were good and have been withdrawn.
	CredentialsRevoked Kind = "credentials_revoked"
	// KeyRevoked is an API key that has been revoked.
	KeyRevoked Kind = "key_revoked"
	// KeyEnvironment is an API key of another environment, such as a test key on the live one.
	KeyEnvironment Kind = "key_environment"
	// CredentialsExpired is credentials past their time. Params: expires_at.
	CredentialsExpired Kind = "credentials_expired"
	// KeyExpired is an API key past its time.
	KeyExpired Kind = "key_expired"
	// TokenExpired is an access token past its time.
	TokenExpired Kind = "token_expired"

	// PaymentRequired is 402.
	PaymentRequired Kind = "payment_required"

	// Forbidden is 403: the caller is known and may not.
	Forbidden Kind = "forbidden"
	// ScopeInsufficient is a caller without a scope. Params: required_scopes, granted_scopes.
	ScopeInsufficient Kind = "scope_insufficient"
	// TierInsufficient is a caller whose tier lacks a feature. Params: feature,
	// current_tier, required_tier, upgrade_url.
	TierInsufficient Kind = "tier_insufficient"

	// NotFound is 404: the resource does not exist.
	NotFound Kind = "not_found"
	// RouteNotFound is a path that no route matches.
	RouteNotFound Kind = "route_not_found"

	// MethodNotAllowed is 405. Params: allow, the methods that the resource has.
	MethodNotAllowed Kind = "method_not_allowed"
	// NotAcceptable is 406.
	NotAcceptable Kind = "not_acceptable"
	// RequestTimeout is 408: the client was too slow to send its request.
	RequestTimeout Kind = "request_timeout"
	// Conflict is 409.
	Conflict Kind = "conflict"
	// Gone is 410.
	Gone Kind = "gone"
	// LengthRequired is 411.
	LengthRequired Kind = "length_required"
	// PreconditionFailed is 412.
	PreconditionFailed Kind = "precondition_failed"
	// PayloadTooLarge is 413. Params: max_bytes.
	PayloadTooLarge Kind = "payload_too_large"
	// URITooLong is 414.
	URITooLong Kind = "uri_too_long"
	// UnsupportedMediaType is 415. Params: accept, the media types that would do; without,
	// the reply's Accept is application/json, unless that or another Accept header is set.
	UnsupportedMediaType Kind = "unsupported_media_type"
	// RangeNotSatisfiable is 416. Params: complete_length, in bytes; without, the reply lacks
	// the Content-Range that it should have, unless that is set.
	RangeNotSatisfiable Kind = "range_not_satisfiable"
	// ExpectationFailed is 417.
	ExpectationFailed Kind = "expectation_failed"
	// MisdirectedRequest is 421.
	MisdirectedRequest Kind = "misdirected_request"
	// Unprocessable is 422: understood, well-formed, and still not possible.
	Unprocessable Kind = "unprocessable"
	// Locked is 423.
	Locked Kind = "locked"
	// FailedDependency is 424.
	FailedDependency Kind = "failed_dependency"
	// TooEarly is 425.
	TooEarly Kind = "too_early"
	// UpgradeRequired is 426. Params: upgrade, the protocols that would do, such as
	// websocket; without, the reply lacks the Upgrade that it must have, unless that is set.
	UpgradeRequired Kind = "upgrade_required"
	// PreconditionRequired is 428.
	PreconditionRequired Kind = "precondition_required"
	// RateLimited is 429. Params: limit, remaining, reset, retry_after, window.
	RateLimited Kind = "rate_limited"
	// HeadersTooLarge is 431.
	HeadersTooLarge Kind = "headers_too_large"
	// LegallyUnavailable is 451.
	LegallyUnavailable Kind = "legally_unavailable"
	// ClientClosed is a client that left before its reply: 499, for the log.
	ClientClosed Kind = "client_closed"

	// Internal is 500: whatever went wrong is not the client's fault and not its business.
	Internal Kind = "internal"
	// NotImplemented is 501.
	NotImplemented Kind = "not_implemented"
	// UpstreamInvalid is 502: a server that this one asked gave no usable answer.
	UpstreamInvalid Kind = "upstream_invalid"
	// Unavailable is 503. Params: retry_after.
	Unavailable Kind = "unavailable"
	// AuthUnavailable is credentials that can't be checked now.
	AuthUnavailable Kind = "auth_unavailable"
	// LimiterUnavailable is a rate limit that can't be checked now.
	LimiterUnavailable Kind = "limiter_unavailable"
	// Maintenance is a service switched off on purpose.
	Maintenance Kind = "maintenance"
	// Overloaded is a service that sheds load.
	Overloaded Kind = "overloaded"
	// Timeout is 504: the request took longer than it may. Params: timeout.
	Timeout Kind = "timeout"
	// UpstreamTimeout is a server that this one asked and that did not answer in time.
	UpstreamTimeout Kind = "upstream_timeout"
	// VersionNotSupported is 505.
	VersionNotSupported Kind = "version_not_supported"
)

// A kindInfo is a row of the tree. The rows of one root stand together, parents first.
type kindInfo struct {
	kind   Kind
	parent Kind // "" at a root
	status int  // what a bare status of this root means
	params []string
}

var tree = []kindInfo{
	{BadRequest, "", 400, nil},
	{BodyMalformed, BadRequest, 400, []string{"line", "column"}},
	{CredentialsMalformed, BadRequest, 400, nil},
	{ValidationFailed, BadRequest, 400, []string{"violations", "field", "requirement"}},
	{FieldsMissing, ValidationFailed, 400, []string{"required_fields"}},
	{FieldMissing, FieldsMissing, 400, nil},
	{Unauthenticated, "", 401, []string{"challenge"}},
	{CredentialsMissing, Unauthenticated, 401, nil},
	{CredentialsInvalid, Unauthenticated, 401, []string{"key_prefix"}},
	{CredentialsRevoked, CredentialsInvalid, 401, nil},
	{KeyRevoked, CredentialsRevoked, 401, nil},
	{KeyEnvironment, CredentialsInvalid, 401, nil},
	{CredentialsExpired, CredentialsInvalid, 401, []string{"expires_at"}},
	{KeyExpired, CredentialsExpired, 401, nil},
	{TokenExpired, CredentialsExpired, 401, nil},
	{PaymentRequired, "", 402, nil},
	{Forbidden, "", 403, []string{"challenge"}},
	{ScopeInsufficient, Forbidden, 403, []string{"required_scopes", "granted_scopes"}},
	{TierInsufficient, Forbidden, 403, []string{"feature", "current_tier", "required_tier", "upgrade_url"}},
	{NotFound, "", 404, nil},
	{RouteNotFound, NotFound, 404, nil},
	{MethodNotAllowed, "", 405, []string{"allow"}},
	{NotAcceptable, "", 406, nil},
	{RequestTimeout, "", 408, nil},
	{Conflict, "", 409, nil},
	{Gone, "", 410, nil},
	{LengthRequired, "", 411, nil},
	{PreconditionFailed, "", 412, nil},
	{PayloadTooLarge, "", 413, []string{"max_bytes"}},
	{URITooLong, "", 414, nil},
	{UnsupportedMediaType, "", 415, []string{"accept"}},
	{RangeNotSatisfiable, "", 416, []string{"complete_length"}},
	{ExpectationFailed, "", 417, nil},
	{MisdirectedRequest, "", 421, nil},
	{Unprocessable, "", 422, nil},
	{Locked, "", 423, nil},
	{FailedDependency, "", 424, nil},
	{TooEarly, "", 425, nil},
	{UpgradeRequired, "", 426, []string{"upgrade"}},
	{PreconditionRequired, "", 428, nil},
	{RateLimited, "", 429, []string{"limit", "remaining", "reset", "retry_after", "window"}},
	{HeadersTooLarge, "", 431, nil},
	{LegallyUnavailable, "", 451, nil},
	{ClientClosed, "", 499, nil},
	{Internal, "", 500, nil},
	{NotImplemented, "", 501, nil},
	{UpstreamInvalid, "", 502, nil},
	{Unavailable, "", 503, []string{"retry_after"}},
	{AuthUnavailable, Unavailable, 503, nil},
	{LimiterUnavailable, Unavailable, 503, nil},
	{Maintenance, Unavailable, 503, nil},
	{Overloaded, Unavailable, 503, nil},
	{Timeout, "", 504, []string{"timeout"}},
	{UpstreamTimeout, Timeout, 504, nil},
	{VersionNotSupported, "", 505, nil},
}

var byKind = func() map[Kind]*kindInfo {
	m := make(map[Kind]*kindInfo, len(tree))
	for i := range tree {
		m[tree[i].kind] = &tree[i]
	}
	return m
}()

// Kinds returns all kinds, parents before their children.
func Kinds() []Kind {
	kinds := make([]Kind, len(tree))
	for i, row := range tree {
		kinds[i] = row.kind
	}
	return kinds
}

// KindOf returns the kind that an HTTP status of 400 or more stands for by
// itself. A 4xx that none has is BadRequest and anything else Internal, as RFC 9110,
// section 15 has a client read them.
func KindOf(status int) Kind {
	for _, row := range tree {
		if row.parent == "" && row.status == status {
			return row.kind
		}
	}
	if status >= 400 && status < 500 {
		return BadRequest
	}
	return Internal
}

// Parent returns the kind above k, "" for a root and for what is not a kind.
func (k Kind) Parent() Kind {
	if row := byKind[k]; row != nil {
		return row.parent
	}
	return ""
}

// Error returns the kind's name.
func (k Kind) Error() string { return string(k) }

// Is reports whether target is k or a kind above it.
func (k Kind) Is(target error) bool {
	t, ok := target.(Kind)
	return ok && k.under(t)
}

func (k Kind) under(ancestor Kind) bool {
	for ; k != ""; k = k.Parent() {
		if k == ancestor {
			return true
		}
	}
	return false
}

// standardParams returns the names of the params that middlewares give with k,
// those of the kinds above and below it among them.
func (k Kind) standardParams() []string {
	var names []string
	for _, row := range tree {
		if row.kind.under(k) || k.under(row.kind) {
			for _, name := range row.params {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}
