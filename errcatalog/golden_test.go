package errcatalog_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

var update = flag.Bool("update", false, "write the golden files anew, to be read by eye")

// published has the catalogues of the four published contracts.
var published = map[string]*errcatalog.Catalog{
	"so1":        so1.Catalog,
	"agenthuman": agenthuman.Catalog,
	"onecli":     onecli.Catalog,
	"faos":       faos.Catalog,
}

var (
	moment     = time.Date(2026, 3, 10, 15, 30, 0, 999, time.FixedZone("CET", 3600)).Add(time.Hour)
	past       = time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC)
	reset      = time.Date(2025, 12, 21, 10, 35, 0, 0, time.UTC)
	errPrivate = errors.New("pq: password authentication failed for user svc")
)

// A golden is an occurrence as a middleware or handler gives it: a kind or a code,
// and params.
type golden struct {
	name string
	err  error
}

const hostile = "\"><script>\u202e\u2028\x00\xff\\ %s ${x} {{provider}} {provider}"

// goldens has, by system, what is fed to its catalogue.
var goldens = map[string][]golden{
	"so1": {
		{"invalid_api_key with prefix", errcatalog.CredentialsInvalid.With(slog.String("key_prefix", "cp_live_sk_"))},
		{"invalid_api_key without prefix", errcatalog.KeyRevoked.Because(errPrivate)},
		{"expired_api_key", errcatalog.KeyExpired.With(slog.Time("expires_at", past))},
		{"insufficient_permissions", errcatalog.ScopeInsufficient.With(
			errcatalog.Strings("required_scopes", "agents:write"), errcatalog.Strings("granted_scopes"))},
		{"missing_required_field", errcatalog.FieldMissing.With(
			slog.String("field", "name"),
			errcatalog.Invalid("violations", errcatalog.Violation{Field: "/name", Reason: "is required"}))},
		{"validation_error", errcatalog.FieldsMissing.With(
			slog.String("field", "name"),
			errcatalog.Invalid("violations",
				errcatalog.Violation{Field: "/name", Reason: "is required"},
				errcatalog.Violation{Field: "/config/priority", Reason: "must be low, normal, high or critical"}))},
		{"invalid_json", errcatalog.BodyMalformed.With(slog.Int("line", 3), slog.Int("column", 14))},
		{"rate_limit_exceeded", rateLimited},
		{"timeout", errcatalog.Timeout.With(slog.Duration("timeout", 30*time.Second))},
		{"resource_locked", errcatalog.Code("resource_locked").With(
			slog.String("locked_by", "key_7f3a"), slog.Time("lock_expires_at", past))},
		{"workflow_validation_failed with a cycle", errcatalog.Code("workflow_validation_failed").With(
			errcatalog.Invalid("violations", errcatalog.Violation{
				Field: "/steps/0/depends_on/0", Reason: "closes a cycle", Path: []string{"a", "b", "a"},
			}, errcatalog.Violation{Field: "/steps/1/agent", Reason: "unknown agent 'ghost'"}))},
		{"forge_gate_failure", errcatalog.Code("forge_gate_failure").With(
			errcatalog.Strings("failed_criteria", "test_coverage", "security_review"))},
		{"agent_execution_failed", errcatalog.Code("agent_execution_failed").Because(errPrivate)},
	},
	"agenthuman": {
		{"invalid_api_key, absent", errcatalog.CredentialsMissing},
		{"invalid_api_key, wrong", errcatalog.CredentialsInvalid.Because(errPrivate)},
		{"invalid_parameters", errcatalog.FieldMissing.With(
			slog.String("field", "role_id"), slog.String("requirement", "required"))},
		{"invalid_parameters, out of range", errcatalog.ValidationFailed.With(
			slog.String("field", "max_minutes"), slog.String("requirement", "between 1 and 120"))},
		{"session_not_found", errcatalog.Code("session_not_found").With(slog.String("session_id", "123"))},
		{"rate_limit_exceeded", errcatalog.RateLimited.With(
			slog.Int("limit", 100), slog.Int("remaining", 0), slog.Duration("window", time.Minute),
			slog.Duration("retry_after", 59*time.Second+time.Nanosecond))},
		{"internal_error", errcatalog.Internal.Because(errPrivate)},
	},
	"onecli": {
		{"agent_name_invalid", errcatalog.Code("agent_name_invalid")},
		{"agent_identifier_invalid", errcatalog.Code("agent_identifier_invalid")},
		{"agent_identifier_taken", errcatalog.Code("agent_identifier_taken").Because(errPrivate)},
		{"secret_host_pattern_is_url", errcatalog.Code("secret_host_pattern_is_url")},
		{"secret_injection_missing", errcatalog.Code("secret_injection_missing")},
		{"rule_rate_limit_missing", errcatalog.Code("rule_rate_limit_missing")},
		{"provider_unknown", errcatalog.Code("provider_unknown").With(slog.String("provider", "gitlab"))},
		{"provider_unknown, hostile", errcatalog.Code("provider_unknown").With(slog.String("provider", hostile))},
		{"provider_not_available", errcatalog.Code("provider_not_available").With(slog.String("provider", "legacy-crm"))},
		{"app_field_required", errcatalog.Code("app_field_required").With(slog.String("field", "token"))},
		{"connection_id_required", errcatalog.Code("connection_id_required")},
		{"rate_limit_exceeded", rateLimited},
	},
	"faos": {
		{"invalid_token, expired access token", errcatalog.TokenExpired.With(slog.Time("expires_at", past))},
		{"invalid_token, expired key", errcatalog.KeyExpired.With(slog.Time("expires_at", past))},
		{"invalid_token", errcatalog.CredentialsInvalid.Because(errPrivate)},
		{"insufficient_scope", errcatalog.ScopeInsufficient.With(
			errcatalog.Strings("required_scopes", "agents:write"), errcatalog.Strings("granted_scopes", "agents:read"))},
		{"tier_restriction", errcatalog.TierInsufficient.With(
			slog.String("feature", "L4 autonomy"), slog.String("current_tier", "starter"), slog.String("required_tier", "business"))},
		{"missing_required_field", errcatalog.FieldMissing.With(
			slog.String("field", "name"), errcatalog.Strings("required_fields", "name", "type", "ontology"))},
		{"invalid_parameter", errcatalog.ValidationFailed.With(
			slog.String("field", "autonomy_level"), slog.String("requirement", "must be L1, L2, L3, or L4"))},
		{"rate_limit_exceeded", rateLimited},
		{"agent_not_found", errcatalog.Code("agent_not_found").With(slog.String("agent_id", "agt_abc123"))},
		{"agent_not_active, paused", errcatalog.Code("agent_not_active").With(
			slog.String("agent_status", "paused"), slog.String("agent_id", "agt_abc123"))},
		{"agent_not_active, training", errcatalog.Code("agent_not_active").With(
			slog.String("agent_status", "training"), slog.String("agent_id", "agt_abc123"))},
		{"workflow_timeout", errcatalog.Code("workflow_timeout").With(slog.Duration("timeout", 2*time.Second))},
		{"workflow_timeout, the default", errcatalog.Code("workflow_timeout")},
		{"step_failed", errcatalog.Code("step_failed").With(
			slog.String("step_id", "step_3"), slog.String("step_name", "Update CRM"), slog.String("reason", "CRM API error"),
			slog.Group("underlying_error", slog.String("code", "external_api_error"), slog.String("message", "CRM API returned 503")))},
		{"integration_not_configured", errcatalog.Code("integration_not_configured").With(slog.String("integration", "salesforce"))},
		{"invalid_autonomy_level", errcatalog.Code("invalid_autonomy_level").With(slog.String("level", "L5"))},
	},
}

var rateLimited = errcatalog.RateLimited.With(
	slog.Int("limit", 60), slog.Int("remaining", 0), slog.Time("reset", reset),
	slog.Duration("retry_after", 42*time.Second), slog.Duration("window", time.Minute))

// withKinds adds every kind as it arrives from a foreign handler: without params.
func withKinds(cases []golden) []golden {
	for _, k := range errcatalog.Kinds() {
		cases = append(cases, golden{"bare " + string(k), k})
	}
	return cases
}

func TestPublishedEnvelopesAreReproducedByteForByte(t *testing.T) {
	t.Parallel()
	for _, system := range slices.Sorted(maps.Keys(goldens)) {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", "golden", system+".txt")
			got := renderGoldens(t, published[system], withKinds(goldens[system]))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			diffLines(t, got, string(want))
		})
	}
}

// renderGoldens writes each case as four lines: its name, status and headers, and
// the two bodies.
func renderGoldens(t *testing.T, c *errcatalog.Catalog, cases []golden) string {
	t.Helper()
	w := &errcatalog.Writer{Catalog: c}
	var b strings.Builder
	for _, g := range cases {
		native := w.Reply(g.err, errcatalog.Meta{RequestID: "req_abc123", Time: moment})
		problem := w.Reply(g.err, errcatalog.Meta{
			RequestID: "req_abc123", Time: moment, Accept: []string{"application/problem+json"},
		})
		for _, reply := range []errcatalog.Reply{native, problem} {
			if !json.Valid(reply.Body) {
				t.Errorf("%s: the body is not JSON: %s", g.name, reply.Body)
			}
			if strings.Contains(string(reply.Body), errPrivate.Error()) {
				t.Errorf("%s: the body shows the private cause: %s", g.name, reply.Body)
			}
		}
		fmt.Fprintf(&b, "# %s\n%d", g.name, native.Status)
		for _, name := range []string{"X-Error-Code", "Www-Authenticate", "Retry-After", "Allow", "Connection"} {
			if values, ok := native.Header[name]; ok {
				fmt.Fprintf(&b, " | %s: %s", name, strings.Join(values, ", "))
			}
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n", native.Body, problem.Body)
	}
	return b.String()
}

func diffLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		t.Errorf("got %d lines, want %d", len(g), len(w))
	}
	heading := ""
	for i := range min(len(g), len(w)) {
		if strings.HasPrefix(w[i], "#") {
			heading = w[i]
		}
		if g[i] != w[i] {
			t.Errorf("%s\n got %s\nwant %s", heading, g[i], w[i])
		}
	}
}
