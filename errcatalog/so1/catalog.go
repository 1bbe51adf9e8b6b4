// Package so1 is the published error contract of the SO1 API.
package so1

import (
	"log/slog"
	"time"

	ec "github.com/contrite-go/contrite/errcatalog"
)

// Catalog is the contract.
var Catalog = ec.Must(ec.New(ec.Spec{
	Name:    "so1",
	Extends: ec.Standard,
	Envelope: `{
		"success": false,
		"error": {"code": $code, "message": $message, "details": $fields},
		"metadata": {"timestamp": $timestamp, "request_id": $request_id}
	}`,
	Errors: entries,
}))

func say(text string) []ec.Message { return []ec.Message{{Text: text}} }

var retryable = ec.Param{Name: "retryable", From: "$retryable", Public: true}

var violations = ec.Param{
	Name: "errors", From: "violations", Public: true,
	Example: ec.Invalid("", ec.Violation{Field: "/config/priority", Reason: "must be low, normal, high or critical"}).Value,
}

var entries = []ec.Entry{
	{
		Code: "invalid_api_key", Covers: []ec.Kind{ec.CredentialsInvalid}, Status: 401,
		Params: []ec.Param{{
			Name: "key_prefix", Public: true, Optional: true, Example: slog.StringValue("cp_live_sk_"),
		}},
		Challenge: `Bearer error="invalid_token"`,
		Messages:  say("The provided API key is not valid or has been revoked."),
		Outcome:   ec.OutcomeNotProcessed,
	}, {
		Code: "expired_api_key", Covers: []ec.Kind{ec.CredentialsExpired}, Status: 401,
		Params: []ec.Param{{
			Name: "expired_at", From: "expires_at", Public: true,
			Example: slog.TimeValue(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)),
		}},
		Challenge: `Bearer error="invalid_token"`,
		Messages:  say("The API key has expired."),
		Outcome:   ec.OutcomeNotProcessed,
	}, {
		Code: "missing_authorization", Covers: []ec.Kind{ec.Unauthenticated}, Status: 401,
		Messages: say("No authentication credentials provided."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "insufficient_permissions", Covers: []ec.Kind{ec.Forbidden}, Status: 403,
		Params: []ec.Param{
			{Name: "required", From: "required_scopes", Public: true, Example: ec.Strings("", "agents:write").Value},
			{Name: "granted", From: "granted_scopes", Public: true, Example: ec.Strings("", "agents:read").Value},
		},
		Messages: say("API key doesn’t have required permissions."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "validation_error", Covers: []ec.Kind{ec.BadRequest}, Status: 400,
		Params:   []ec.Param{violations},
		Messages: say("Request validation failed."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_json", Covers: []ec.Kind{ec.BodyMalformed}, Status: 400,
		Params: []ec.Param{
			{Name: "line", Public: true, Example: slog.IntValue(3)},
			{Name: "column", Public: true, Example: slog.IntValue(14)},
		},
		Messages: say("Request body is not valid JSON."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "missing_required_field", Covers: []ec.Kind{ec.FieldMissing}, Status: 400,
		Params:   []ec.Param{{Name: "field", Public: true, Example: slog.StringValue("name")}},
		Messages: say("Required field is missing from request."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "resource_not_found", Covers: []ec.Kind{ec.NotFound}, Status: 404,
		Messages: say("The requested resource doesn’t exist."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "resource_already_exists", Covers: []ec.Kind{ec.Conflict}, Status: 409,
		Messages: say("A resource with the same identifier already exists."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "resource_locked", Covers: []ec.Kind{ec.Locked}, Status: 409,
		Params: []ec.Param{
			{Name: "locked_by", Type: ec.String, Public: true, Example: slog.StringValue("key_7f3a")},
			{
				Name: "lock_expires_at", Type: ec.Time, Public: true,
				Example: slog.TimeValue(time.Date(2026, 3, 10, 15, 35, 0, 0, time.UTC)),
			},
		},
		Messages: say("Resource is locked and cannot be modified."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "rate_limit_exceeded", Covers: []ec.Kind{ec.RateLimited}, Status: 429,
		Params: []ec.Param{
			{Name: "limit", Public: true, Example: slog.IntValue(60)},
			{Name: "window_seconds", From: "window", As: ec.Seconds, Public: true, Example: slog.DurationValue(time.Minute)},
			{Name: "retry_after", Public: true, Example: slog.DurationValue(42 * time.Second)},
		},
		Messages: say("Too many requests in a given time period."),
		Retry:    ec.RetryAfter, Wait: time.Second,
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "agent_execution_failed", Status: 500,
		Params:   []ec.Param{retryable},
		Messages: say("Agent execution failed unexpectedly."),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "timeout", Covers: []ec.Kind{ec.Timeout}, Status: 504,
		Params:   []ec.Param{retryable},
		Messages: say("Request exceeded maximum execution time."),
	}, {
		Code: "invalid_agent_configuration", Status: 400,
		Params:   []ec.Param{violations},
		Messages: say("Agent configuration is invalid."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "workflow_validation_failed", Covers: []ec.Kind{ec.Unprocessable}, Status: 422,
		Params:   []ec.Param{violations},
		Messages: say("Workflow failed validation checks."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "forge_gate_failure", Status: 422,
		Params: []ec.Param{{
			Name: "failed_criteria", Type: ec.StringList, Public: true,
			Example: ec.Strings("", "test_coverage").Value,
		}},
		Messages: say("FORGE gate validation failed."),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "service_unavailable", Covers: []ec.Kind{ec.Unavailable}, Status: 503,
		Params:   []ec.Param{retryable},
		Messages: say("Service is temporarily unavailable."),
		Retry:    ec.RetryAfter, Wait: 30 * time.Second,
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "internal_server_error", Covers: []ec.Kind{ec.Internal}, Status: 500,
		Params:   []ec.Param{retryable},
		Messages: say("Unexpected internal error."),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "bad_gateway", Covers: []ec.Kind{ec.UpstreamInvalid}, Status: 502,
		Messages: say("Upstream service error"),
		Retry:    ec.RetryBackoff,
	},
}
