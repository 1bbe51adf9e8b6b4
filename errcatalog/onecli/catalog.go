// Package onecli is the published error contract of the OneCLI API.
package onecli

import (
	"log/slog"
	"time"

	ec "github.com/contrite-go/contrite/errcatalog"
)

// Catalog is the contract.
var Catalog = ec.Must(ec.New(ec.Spec{
	Name:     "onecli",
	Extends:  ec.Standard,
	Envelope: `{"error": $message}`,
	Errors:   entries,
}))

// fault is an entry that has one message.
func fault(code ec.Code, status int, message string) ec.Entry {
	return ec.Entry{
		Code: code, Status: status,
		Messages: []ec.Message{{Text: message}},
		Outcome:  ec.OutcomeNotProcessed,
	}
}

// about is an entry whose message names a value that the client sent.
func about(code ec.Code, status int, param, example, message, general string) ec.Entry {
	return ec.Entry{
		Code: code, Status: status,
		Params:   []ec.Param{{Name: param, Type: ec.String, Example: slog.StringValue(example)}},
		Messages: []ec.Message{{Text: message}, {Text: general}},
		Outcome:  ec.OutcomeNotProcessed,
	}
}

// covering is an entry that answers a kind.
func covering(k ec.Kind, e ec.Entry) ec.Entry {
	e.Covers = []ec.Kind{k}
	return e
}

var entries = []ec.Entry{
	covering(ec.BodyMalformed, fault("invalid_json", 400, "Request body is not valid JSON")),
	covering(ec.Unauthenticated, fault("unauthorized", 401, "Unauthorized")),
	covering(ec.Forbidden, fault("forbidden", 403, "Forbidden")),
	covering(ec.NotFound, fault("not_found", 404, "Not found")),

	fault("agent_name_invalid", 400, "Agent name must be 1-255 characters"),
	fault("agent_identifier_invalid", 400, "Identifier must be 1-50 characters, start with a letter, and contain only lowercase letters, numbers, and hyphens"),
	fault("agent_identifier_taken", 409, "Agent with this identifier already exists"),
	fault("agent_default_not_deletable", 400, "Cannot delete the default agent"),
	fault("agent_already_default", 400, "Agent is already the default"),
	fault("agent_secrets_unassigned", 400, "Cannot use selective secret mode without assigned secrets"),
	fault("agent_secrets_not_found", 400, "One or more secrets not found"),
	fault("agent_not_found", 404, "Agent not found"),

	fault("secret_host_pattern_is_url", 400, "Enter a hostname, not a URL (remove http:// or https://)"),
	fault("secret_host_pattern_has_path", 400, "Enter a hostname only, not a path (use the path pattern field for paths)"),
	fault("secret_host_pattern_has_spaces", 400, "Host pattern must not contain spaces"),
	fault("secret_injection_missing", 400, "At least one injection method (header/param) must be configured"),
	fault("secret_update_empty", 400, "No fields to update"),
	fault("secret_not_found", 404, "Secret not found"),

	fault("rule_rate_limit_missing", 400, "rateLimit and rateLimitWindow are required when action is rate_limit"),
	fault("rule_update_empty", 400, "At least one field must be provided"),
	fault("rule_not_found", 404, "Policy rule not found"),

	about("provider_unknown", 404, "provider", "gitlab", "Unknown provider: {provider}", "Unknown provider"),
	about("provider_not_available", 400, "provider", "legacy-crm", `Provider "{provider}" is not available`, "Provider is not available"),
	fault("app_fields_missing", 400, "Missing fields in request body"),
	about("app_field_required", 400, "field", "token", "{field} is required", "A required field is empty"),
	fault("connection_id_required", 400, "connectionId query parameter is required"),
	fault("connection_not_found", 404, "Connection not found"),
	fault("client_id_required", 400, "clientId is required"),
	fault("client_secret_required", 400, "clientSecret is required"),

	fault("user_name_invalid", 400, "User name must be 1-255 characters"),

	{
		Code: "rate_limit_exceeded", Covers: []ec.Kind{ec.RateLimited}, Status: 429,
		Messages: []ec.Message{{Text: "Too many requests"}},
		Retry:    ec.RetryAfter, Wait: time.Second,
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "internal_server_error", Covers: []ec.Kind{ec.Internal}, Status: 500,
		Messages: []ec.Message{{Text: "Internal server error"}},
		Retry:    ec.RetryBackoff,
	}, {
		Code: "service_unavailable", Covers: []ec.Kind{ec.Unavailable}, Status: 503,
		Messages: []ec.Message{{Text: "Service unavailable"}},
		Retry:    ec.RetryAfter, Wait: 30 * time.Second,
		Outcome: ec.OutcomeNotProcessed,
	},
}
