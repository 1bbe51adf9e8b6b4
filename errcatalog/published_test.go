package errcatalog_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// A fact is an error as a published text has it.
type fact struct {
	code    errcatalog.Code
	status  int
	message string
	err     error // what makes the message, nil for the code alone
}

// of returns a code's occurrence with params of strings: name, value, name, value ….
func of(code errcatalog.Code, pairs ...string) error {
	e := code.With()
	for i := 0; i < len(pairs); i += 2 {
		e = e.With(slog.String(pairs[i], pairs[i+1]))
	}
	return e
}

var (
	expired = errcatalog.TokenExpired.With(slog.Time("expires_at", time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC)))
	sixty   = errcatalog.RateLimited.With(
		slog.Int("limit", 60), slog.Duration("window", time.Minute), slog.Duration("retry_after", time.Minute))
)

var facts = map[string][]fact{
	"so1": {
		{"invalid_api_key", 401, "The provided API key is not valid or has been revoked.", nil},
		{"expired_api_key", 401, "The API key has expired.", nil},
		{"missing_authorization", 401, "No authentication credentials provided.", nil},
		{"insufficient_permissions", 403, "API key doesn’t have required permissions.", nil},
		{"validation_error", 400, "Request validation failed.", nil},
		{"invalid_json", 400, "Request body is not valid JSON.", nil},
		{"missing_required_field", 400, "Required field is missing from request.", nil},
		{"resource_not_found", 404, "The requested resource doesn’t exist.", nil},
		{"resource_already_exists", 409, "A resource with the same identifier already exists.", nil},
		{"resource_locked", 409, "Resource is locked and cannot be modified.", nil},
		{"rate_limit_exceeded", 429, "Too many requests in a given time period.", nil},
		{"agent_execution_failed", 500, "Agent execution failed unexpectedly.", nil},
		{"timeout", 504, "Request exceeded maximum execution time.", nil},
		{"invalid_agent_configuration", 400, "Agent configuration is invalid.", nil},
		{"workflow_validation_failed", 422, "Workflow failed validation checks.", nil},
		{"forge_gate_failure", 422, "FORGE gate validation failed.", nil},
		{"service_unavailable", 503, "Service is temporarily unavailable.", nil},
		{"internal_server_error", 500, "Unexpected internal error.", nil},
		{"bad_gateway", 502, "Upstream service error", nil},
	},
	"agenthuman": {
		{"invalid_parameters", 400, "The 'role_id' field is required", errcatalog.FieldMissing.With(slog.String("field", "role_id"))},
		{"invalid_parameters", 400, "Invalid request parameters or malformed request body. Check that all required fields are provided and properly formatted.", nil},
		{"invalid_api_key", 401, "The provided API key is invalid or has been revoked", errcatalog.CredentialsInvalid},
		{"invalid_api_key", 401, "The provided API key is invalid or has been revoked", errcatalog.CredentialsMalformed},
		{"invalid_api_key", 401, "Invalid or missing API key. Ensure your x-api-key header is present and contains a valid API key.", errcatalog.CredentialsMissing},
		{"permission_denied", 403, "You don’t have permission to access this resource. This may occur if your API key doesn’t have the necessary permissions.", nil},
		{"not_found", 404, "The requested resource doesn’t exist. Verify that the resource ID (e.g., session_id) is correct.", nil},
		{"session_not_found", 404, "Session with ID '123' does not exist", of("session_not_found", "session_id", "123")},
		{"role_not_found", 404, "Role with ID 'r' does not exist", of("role_not_found", "role_id", "r")},
		{"conflict", 409, "The request conflicts with the current state of the resource. For example, trying to create a resource that already exists.", nil},
		{"unprocessable_entity", 422, "The request is well-formed but contains semantic errors. Check that your request data meets all validation requirements.", nil},
		{"rate_limit_exceeded", 429, "API rate limit exceeded. Please wait 60 seconds before retrying.", sixty},
		{"rate_limit_exceeded", 429, "Rate limit exceeded. You’ve made too many requests in a short period. Please wait before retrying.", nil},
		{"internal_error", 500, "An unexpected error occurred. Please try again or contact support if the issue persists.", nil},
		{"bad_gateway", 502, "The server received an invalid response from an upstream server. This is usually temporary.", nil},
		{"service_unavailable", 503, "The service is temporarily unavailable due to maintenance or overload. Please try again later.", nil},
		{"gateway_timeout", 504, "The request took too long.", errcatalog.Timeout},
	},
	"onecli": {
		{"agent_name_invalid", 400, "Agent name must be 1-255 characters", nil},
		{"agent_identifier_invalid", 400, "Identifier must be 1-50 characters, start with a letter, and contain only lowercase letters, numbers, and hyphens", nil},
		{"agent_identifier_taken", 409, "Agent with this identifier already exists", nil},
		{"agent_default_not_deletable", 400, "Cannot delete the default agent", nil},
		{"agent_already_default", 400, "Agent is already the default", nil},
		{"agent_secrets_unassigned", 400, "Cannot use selective secret mode without assigned secrets", nil},
		{"agent_secrets_not_found", 400, "One or more secrets not found", nil},
		{"agent_not_found", 404, "Agent not found", nil},
		{"secret_host_pattern_is_url", 400, "Enter a hostname, not a URL (remove http:// or https://)", nil},
		{"secret_host_pattern_has_path", 400, "Enter a hostname only, not a path (use the path pattern field for paths)", nil},
		{"secret_host_pattern_has_spaces", 400, "Host pattern must not contain spaces", nil},
		{"secret_injection_missing", 400, "At least one injection method (header/param) must be configured", nil},
		{"secret_update_empty", 400, "No fields to update", nil},
		{"secret_not_found", 404, "Secret not found", nil},
		{"rule_rate_limit_missing", 400, "rateLimit and rateLimitWindow are required when action is rate_limit", nil},
		{"rule_update_empty", 400, "At least one field must be provided", nil},
		{"rule_not_found", 404, "Policy rule not found", nil},
		{"provider_unknown", 404, "Unknown provider: gitlab", of("provider_unknown", "provider", "gitlab")},
		{"provider_not_available", 400, `Provider "legacy-crm" is not available`, of("provider_not_available", "provider", "legacy-crm")},
		{"app_fields_missing", 400, "Missing fields in request body", nil},
		{"app_field_required", 400, "token is required", of("app_field_required", "field", "token")},
		{"connection_id_required", 400, "connectionId query parameter is required", nil},
		{"client_id_required", 400, "clientId is required", nil},
		{"client_secret_required", 400, "clientSecret is required", nil},
		{"user_name_invalid", 400, "User name must be 1-255 characters", nil},
		{"invalid_json", 400, "Request body is not valid JSON", errcatalog.BodyMalformed},
		{"request_invalid", 400, "action must be block or rate_limit", errcatalog.ValidationFailed.With(slog.String("field", "action"), slog.String("requirement", "must be block or rate_limit"))},
		{"request_invalid", 400, "Request body must be an object", errcatalog.ValidationFailed.With(slog.String("requirement", "must be an object"))},
		{"unauthorized", 401, "Unauthorized", errcatalog.CredentialsInvalid},
		{"unauthorized", 401, "Unauthorized", errcatalog.CredentialsMalformed},
		{"forbidden", 403, "Forbidden", errcatalog.ScopeInsufficient},
		{"connection_not_found", 404, "Connection not found", nil},
		{"rate_limit_exceeded", 429, "Too many requests", errcatalog.RateLimited},
		{"internal_server_error", 500, "Internal server error", errors.New("boom")},
		{"service_unavailable", 503, "Service unavailable", errcatalog.Maintenance},
		{"gateway_timeout", 504, "The request took too long.", errcatalog.Timeout},
	},
	"faos": {
		{"invalid_token", 401, "The API key or access token is invalid or expired", nil},
		{"invalid_token", 401, "The API key or access token is invalid or expired", errcatalog.CredentialsMalformed},
		{"invalid_token", 401, "The access token expired at 2025-12-21T10:00:00Z", expired},
		{"missing_authentication", 401, "No authentication credentials provided", nil},
		{"insufficient_scope", 403, "The access token lacks required scope: 'agents:write'", errcatalog.ScopeInsufficient.With(errcatalog.Strings("required_scopes", "agents:write"))},
		{"tier_restriction", 403, "This feature requires Business tier or higher", nil},
		{"tier_restriction", 403, "L4 autonomy requires Business tier or higher", of("tier_restriction", "feature", "L4 autonomy", "required_tier", "business")},
		{"guardrail_violation", 403, "Action blocked by agent guardrails", nil},
		{"agent_not_found", 404, "Agent with ID 'agt_abc123' does not exist", of("agent_not_found", "agent_id", "agt_abc123")},
		{"workflow_not_found", 404, "Workflow with ID 'wfl_abc123' does not exist", of("workflow_not_found", "workflow_id", "wfl_abc123")},
		{"webhook_not_found", 404, "Webhook with ID 'hook_abc123' does not exist", of("webhook_not_found", "webhook_id", "hook_abc123")},
		{"execution_not_found", 404, "Execution with ID 'exec_abc123' does not exist", of("execution_not_found", "execution_id", "exec_abc123")},
		{"invalid_request_body", 400, "Request body is not valid JSON", nil},
		{"missing_required_field", 400, "Missing required field: 'name'", of("missing_required_field", "field", "name")},
		{"invalid_parameter", 400, "Invalid value for 'autonomy_level': must be L1, L2, L3, or L4", of("invalid_parameter", "field", "autonomy_level", "requirement", "must be L1, L2, L3, or L4")},
		{"invalid_autonomy_level", 400, "Invalid autonomy level 'L5'", of("invalid_autonomy_level", "level", "L5")},
		{"invalid_step_config", 422, "Workflow step configuration is invalid", nil},
		{"circular_dependency", 422, "Workflow contains circular references", nil},
		{"invalid_url", 400, "Webhook URL must be a valid HTTPS URL", nil},
		{"invalid_event_type", 422, "Unknown event type 'agent.invalid.event'", of("invalid_event_type", "event_type", "agent.invalid.event")},
		{"rate_limit_exceeded", 429, "Rate limit exceeded for endpoint", nil},
		{"rate_limit_exceeded", 429, "Rate limit exceeded: 60 requests per minute", sixty},
		{"execution_timeout", 408, "Agent execution exceeded timeout limit", nil},
		{"agent_not_active", 409, "Agent is currently paused or in training mode", nil},
		{"agent_not_active", 409, "Agent is currently paused", of("agent_not_active", "agent_status", "paused")},
		{"agent_not_active", 409, "Agent is currently in training mode", of("agent_not_active", "agent_status", "training")},
		{"workflow_timeout", 408, "Workflow execution exceeded timeout limit of 300 seconds", nil},
		{"step_failed", 500, "Workflow step 'step_3' failed", of("step_failed", "step_id", "step_3")},
		{"step_failed", 500, "Workflow step 'step_3' failed: CRM API error", of("step_failed", "step_id", "step_3", "reason", "CRM API error")},
		{"external_api_error", 502, "External service returned error", nil},
		{"integration_not_configured", 503, "Integration 'salesforce' is not configured", of("integration_not_configured", "integration", "salesforce")},
		{"integration_auth_failed", 502, "Integration authentication failed", nil},
		{"internal_server_error", 500, "An unexpected error occurred", nil},
		{"service_unavailable", 503, "Service temporarily unavailable", nil},
	},
}

func TestThePublishedCataloguesSayWhatTheTextsSay(t *testing.T) {
	t.Parallel()
	for system, facts := range facts {
		for _, f := range facts {
			t.Run(system+"/"+f.message, func(t *testing.T) {
				t.Parallel()
				err := f.err
				if err == nil {
					err = f.code
				}
				got := published[system].Resolve(err)
				if got.Code() != f.code || got.Status() != f.status || got.Message() != f.message {
					t.Errorf("got  %d %s %q\nwant %d %s %q", got.Status(), got.Code(), got.Message(), f.status, f.code, f.message)
				}
			})
		}
	}
}

// TestThePublishedCataloguesHaveNoCodesBesideTheTexts compares the other way round:
// an own entry that no fact names is one too many.
func TestThePublishedCataloguesHaveNoCodesBesideTheTexts(t *testing.T) {
	t.Parallel()
	for system, facts := range facts {
		known := map[errcatalog.Code]bool{}
		for _, f := range facts {
			known[f.code] = true
		}
		for _, e := range published[system].Errors() {
			if _, inherited := errcatalog.Standard.Lookup(e.Code); !known[e.Code] && !inherited {
				t.Errorf("%s has the code %s, which its text does not", system, e.Code)
			}
		}
	}
}

func TestThePublishedCataloguesRetryAsTheTextsSay(t *testing.T) {
	t.Parallel()
	never := map[errcatalog.Code]bool{
		"timeout":                    true, // so1: only where the outcome allows it
		"integration_not_configured": true, // until someone configures it
		"integration_auth_failed":    true, // until someone connects it anew
	}
	for system, c := range published {
		for _, e := range c.Errors() {
			if _, inherited := errcatalog.Standard.Lookup(e.Code); inherited {
				continue
			}
			want := (e.Status >= 500 || e.Status == 429 || e.Status == 408) && !never[e.Code]
			if got := e.Retry != errcatalog.RetryNever; got != want {
				t.Errorf("%s: %s (%d) has the retry rule %s", system, e.Code, e.Status, e.Retry)
			}
		}
	}
}
