// Package agenthuman is the published error contract of the AgentHuman API.
package agenthuman

import (
	"log/slog"
	"time"

	ec "github.com/contrite-go/contrite/errcatalog"
)

// Catalog is the contract.
var Catalog = ec.Must(ec.New(ec.Spec{
	Name:      "agenthuman",
	Extends:   ec.Standard,
	Envelope:  `{"error": {"code": $code, "message": $message, "details": $fields?}}`,
	Challenge: `ApiKey header="x-api-key"`,
	Errors:    entries,
}))

const notFound = "The requested resource doesn’t exist. Verify that the resource ID (e.g., session_id) is correct."

func say(text string) []ec.Message { return []ec.Message{{Text: text}} }

// missing is the entry of a kind of resource that is looked up by an ID.
func missing(code ec.Code, param, example, text string) ec.Entry {
	return ec.Entry{
		Code: code, Status: 404,
		Params:   []ec.Param{{Name: param, Type: ec.String, Example: slog.StringValue(example)}},
		Messages: []ec.Message{{Text: text}, {Text: notFound}},
		Outcome:  ec.OutcomeNotProcessed,
	}
}

var entries = []ec.Entry{
	{
		Code: "invalid_parameters", Covers: []ec.Kind{ec.BadRequest}, Status: 400,
		Params: []ec.Param{
			{Name: "field", Public: true, Optional: true, Example: slog.StringValue("role_id")},
			{Name: "requirement", Public: true, Optional: true, Example: slog.StringValue("required")},
		},
		Messages: []ec.Message{
			{When: []ec.Kind{ec.FieldsMissing}, Text: "The '{field}' field is required"},
			{Text: "Invalid request parameters or malformed request body. Check that all required fields are provided and properly formatted."},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_api_key", Covers: []ec.Kind{ec.Unauthenticated}, Status: 401,
		Messages: []ec.Message{
			{When: []ec.Kind{ec.CredentialsInvalid}, Text: "The provided API key is invalid or has been revoked"},
			{Text: "Invalid or missing API key. Ensure your x-api-key header is present and contains a valid API key."},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "permission_denied", Covers: []ec.Kind{ec.Forbidden}, Status: 403,
		Messages: say("You don’t have permission to access this resource. This may occur if your API key doesn’t have the necessary permissions."),
		Outcome:  ec.OutcomeNotProcessed,
	},
	missing("session_not_found", "session_id", "123", "Session with ID '{session_id}' does not exist"),
	missing("role_not_found", "role_id", "role_123", "Role with ID '{role_id}' does not exist"),
	{
		Code: "not_found", Covers: []ec.Kind{ec.NotFound}, Status: 404,
		Messages: say(notFound),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "conflict", Covers: []ec.Kind{ec.Conflict}, Status: 409,
		Messages: say("The request conflicts with the current state of the resource. For example, trying to create a resource that already exists."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "unprocessable_entity", Covers: []ec.Kind{ec.Unprocessable}, Status: 422,
		Messages: say("The request is well-formed but contains semantic errors. Check that your request data meets all validation requirements."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "rate_limit_exceeded", Covers: []ec.Kind{ec.RateLimited}, Status: 429,
		Params: []ec.Param{
			{Name: "limit", Public: true, Example: slog.IntValue(100)},
			{Name: "window", As: ec.Words, Public: true, Example: slog.DurationValue(time.Minute)},
			{Name: "retry_after", Public: true, Example: slog.DurationValue(time.Minute)},
		},
		Messages: []ec.Message{
			{Text: "API rate limit exceeded. Please wait {retry_after} seconds before retrying."},
			{Text: "Rate limit exceeded. You’ve made too many requests in a short period. Please wait before retrying."},
		},
		Retry: ec.RetryAfter, Wait: time.Second,
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "internal_error", Covers: []ec.Kind{ec.Internal}, Status: 500,
		Params:   []ec.Param{{Name: "request_id", From: "$request_id", Public: true, Example: slog.StringValue("req_abc123xyz")}},
		Messages: say("An unexpected error occurred. Please try again or contact support if the issue persists."),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "bad_gateway", Covers: []ec.Kind{ec.UpstreamInvalid}, Status: 502,
		Messages: say("The server received an invalid response from an upstream server. This is usually temporary."),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "service_unavailable", Covers: []ec.Kind{ec.Unavailable}, Status: 503,
		Messages: say("The service is temporarily unavailable due to maintenance or overload. Please try again later."),
		Retry:    ec.RetryAfter, Wait: 30 * time.Second,
		Outcome: ec.OutcomeNotProcessed,
	},
}
