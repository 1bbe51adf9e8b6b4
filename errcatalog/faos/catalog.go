// Package faos is the published error contract of the FAOS API.
package faos

import (
	"log/slog"
	"time"

	ec "github.com/contrite-go/contrite/errcatalog"
)

// Catalog is the contract.
var Catalog = ec.Must(ec.New(ec.Spec{
	Name:    "faos",
	Extends: ec.Standard,
	Docs:    "https://docs.faosx.ai/api/errors",
	Envelope: `{"error": {
		"code": $code, "message": $message, "type": $type, "param": $param?,
		"request_id": $request_id, "documentation_url": $docs_url, ...$fields
	}}`,
	Types: map[string]string{
		"4xx": "validation_error",
		"401": "authentication_error",
		"403": "authorization_error",
		"404": "resource_error",
		"408": "server_error",
		"409": "resource_error",
		"429": "rate_limit_error",
		"5xx": "server_error",
	},
	Errors: entries,
}))

var instant = slog.TimeValue(time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC))

func say(text string) []ec.Message { return []ec.Message{{Text: text}} }

// at declares the member that names the request's parameter at fault.
func at(name string) ec.Param {
	return ec.Param{Name: "param", Type: ec.String, Public: true, Default: slog.StringValue(name)}
}

// word declares a string for the messages.
func word(name, example string) ec.Param {
	return ec.Param{Name: name, Type: ec.String, Example: slog.StringValue(example)}
}

// shown declares a string that is a member too.
func shown(name, example string) ec.Param {
	p := word(name, example)
	p.Public = true
	return p
}

// missing is the entry of a kind of resource that is looked up by an ID.
func missing(code ec.Code, param, example, text, general string) ec.Entry {
	return ec.Entry{
		Code: code, Status: 404,
		Params:   []ec.Param{at(param), word(param, example)},
		Messages: []ec.Message{{Text: text}, {Text: general}},
		Outcome:  ec.OutcomeNotProcessed,
	}
}

var tiers = map[string]string{"starter": "Starter", "business": "Business", "enterprise": "Enterprise"}

var entries = []ec.Entry{
	{
		Code: "invalid_token", Covers: []ec.Kind{ec.CredentialsInvalid}, Status: 401,
		Params:    []ec.Param{{Name: "expires_at", Public: true, Optional: true, Example: instant}},
		Challenge: `Bearer error="invalid_token"`,
		Messages: []ec.Message{
			{When: []ec.Kind{ec.TokenExpired}, Text: "The access token expired at {expires_at}"},
			{Text: "The API key or access token is invalid or expired"},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "missing_authentication", Covers: []ec.Kind{ec.Unauthenticated}, Status: 401,
		Messages: say("No authentication credentials provided"),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "insufficient_scope", Covers: []ec.Kind{ec.ScopeInsufficient}, Status: 403,
		Params: []ec.Param{{
			Name: "required_scope", From: "required_scopes", As: ec.First, Public: true,
			Example: ec.Strings("", "agents:write").Value,
		}},
		Challenge: `Bearer error="insufficient_scope"`,
		Messages: []ec.Message{
			{Text: "The access token lacks required scope: '{required_scope}'"},
			{Text: "The access token lacks required scope"},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "tier_restriction", Covers: []ec.Kind{ec.TierInsufficient}, Status: 403,
		Params: []ec.Param{
			{Name: "feature", Example: slog.StringValue("L4 autonomy")},
			{Name: "current_tier", Public: true, Example: slog.StringValue("starter")},
			{Name: "required_tier", Public: true, Labels: tiers, Example: slog.StringValue("business")},
			{Name: "upgrade_url", Public: true, Default: slog.StringValue("https://app.faosx.ai/upgrade")},
		},
		Messages: []ec.Message{
			{Text: "{feature} requires {required_tier:label} tier or higher"},
			{Text: "This feature requires Business tier or higher"},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "guardrail_violation", Status: 403,
		Messages: say("Action blocked by agent guardrails"),
		Outcome:  ec.OutcomeNotProcessed,
	},
	missing("agent_not_found", "agent_id", "agt_abc123", "Agent with ID '{agent_id}' does not exist", "Agent does not exist"),
	missing("workflow_not_found", "workflow_id", "wfl_abc123", "Workflow with ID '{workflow_id}' does not exist", "Workflow does not exist"),
	missing("webhook_not_found", "webhook_id", "hook_abc123", "Webhook with ID '{webhook_id}' does not exist", "Webhook does not exist"),
	missing("execution_not_found", "execution_id", "exec_abc123", "Execution with ID '{execution_id}' does not exist", "Execution does not exist"),
	{
		Code: "not_found", Covers: []ec.Kind{ec.NotFound}, Status: 404,
		Messages: say("The requested resource does not exist"),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_request_body", Covers: []ec.Kind{ec.BodyMalformed}, Status: 400,
		Messages: say("Request body is not valid JSON"),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "missing_required_field", Covers: []ec.Kind{ec.FieldsMissing}, Status: 400,
		Params: []ec.Param{
			{Name: "param", From: "field", Public: true, Example: slog.StringValue("name")},
			{Name: "required_fields", Public: true, Example: ec.Strings("", "name", "type", "ontology").Value},
		},
		Messages: []ec.Message{{Text: "Missing required field: '{param}'"}, {Text: "Missing required field"}},
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_parameter", Covers: []ec.Kind{ec.ValidationFailed}, Status: 400,
		Params: []ec.Param{
			{Name: "param", From: "field", Public: true, Example: slog.StringValue("autonomy_level")},
			{Name: "requirement", Example: slog.StringValue("must be L1, L2, L3, or L4")},
		},
		Messages: []ec.Message{
			{Text: "Invalid value for '{param}': {requirement}"},
			{Text: "Invalid parameter value"},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_autonomy_level", Status: 400,
		Params:   []ec.Param{at("autonomy_level"), word("level", "L5")},
		Messages: []ec.Message{{Text: "Invalid autonomy level '{level}'"}, {Text: "Invalid autonomy level"}},
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_step_config", Status: 422,
		Messages: say("Workflow step configuration is invalid"),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "circular_dependency", Status: 422,
		Messages: say("Workflow contains circular references"),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_url", Status: 400,
		Params:   []ec.Param{at("url")},
		Messages: say("Webhook URL must be a valid HTTPS URL"),
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "invalid_event_type", Status: 422,
		Params:   []ec.Param{at("events"), word("event_type", "agent.invalid.event")},
		Messages: []ec.Message{{Text: "Unknown event type '{event_type}'"}, {Text: "Unknown event type"}},
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "rate_limit_exceeded", Covers: []ec.Kind{ec.RateLimited}, Status: 429,
		Params: []ec.Param{
			{Name: "limit", Public: true, Example: slog.IntValue(60)},
			{Name: "remaining", Public: true, Example: slog.IntValue(0)},
			{Name: "reset_at", From: "reset", As: ec.RFC3339, Public: true, Example: instant},
			{Name: "window", Example: slog.DurationValue(time.Minute)},
		},
		Messages: []ec.Message{
			{Text: "Rate limit exceeded: {limit} requests per {window:unit}"},
			{Text: "Rate limit exceeded for endpoint"},
		},
		Retry: ec.RetryAfter, Wait: time.Second,
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "execution_timeout", Covers: []ec.Kind{ec.Timeout}, Status: 408,
		Messages: say("Agent execution exceeded timeout limit"),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "agent_not_active", Status: 409,
		Params: []ec.Param{
			{
				Name: "agent_status", Type: ec.String, Public: true, Example: slog.StringValue("paused"),
				Labels: map[string]string{"paused": "paused", "training": "in training mode"},
			},
			shown("agent_id", "agt_abc123"),
		},
		Messages: []ec.Message{
			{Text: "Agent is currently {agent_status:label}"},
			{Text: "Agent is currently paused or in training mode"},
		},
		Outcome: ec.OutcomeNotProcessed,
	}, {
		Code: "workflow_timeout", Status: 408,
		Params: []ec.Param{{Name: "timeout", As: ec.Seconds, Default: slog.DurationValue(300 * time.Second)}},
		Messages: []ec.Message{
			{Text: "Workflow execution exceeded timeout limit of {timeout} seconds"},
			{Text: "Workflow execution exceeded timeout limit"},
		},
		Retry: ec.RetryBackoff,
	}, {
		Code: "step_failed", Status: 500,
		Params: []ec.Param{
			shown("step_id", "step_3"),
			shown("step_name", "Update CRM"),
			{
				Name: "underlying_error", Type: ec.Object, Public: true, Optional: true,
				Example: slog.GroupValue(
					slog.String("code", "external_api_error"), slog.String("message", "CRM API returned 503")),
			},
			{Name: "reason", Type: ec.String, Optional: true, Example: slog.StringValue("CRM API error")},
		},
		Messages: []ec.Message{
			{Text: "Workflow step '{step_id}' failed: {reason}"},
			{Text: "Workflow step '{step_id}' failed"},
			{Text: "Workflow step failed"},
		},
		Retry: ec.RetryBackoff,
	}, {
		Code: "external_api_error", Covers: []ec.Kind{ec.UpstreamInvalid}, Status: 502, Type: "integration_error",
		Messages: say("External service returned error"),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "integration_not_configured", Status: 503, Type: "integration_error",
		Params:   []ec.Param{word("integration", "salesforce")},
		Messages: []ec.Message{{Text: "Integration '{integration}' is not configured"}, {Text: "Integration is not configured"}},
		Outcome:  ec.OutcomeNotProcessed,
	}, {
		Code: "integration_auth_failed", Status: 502, Type: "integration_error",
		Messages: say("Integration authentication failed"),
	}, {
		Code: "internal_server_error", Covers: []ec.Kind{ec.Internal}, Status: 500,
		Messages: say("An unexpected error occurred"),
		Retry:    ec.RetryBackoff,
	}, {
		Code: "service_unavailable", Covers: []ec.Kind{ec.Unavailable}, Status: 503,
		Messages: say("Service temporarily unavailable"),
		Retry:    ec.RetryAfter, Wait: 30 * time.Second,
		Outcome: ec.OutcomeNotProcessed,
	},
}
