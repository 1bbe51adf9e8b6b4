package gen_test

import (
	"go/ast"
	"go/token"
	"testing"

	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
)

func TestNamesAreWrittenAsGoWritesThem(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, exported, argument string }{
		{"agent", "Agent", "agent"},
		{"agent_id", "AgentID", "agentID"},
		{"id", "ID", "id"},
		{"api_key_id", "APIKeyID", "apiKeyID"},
		{"url", "URL", "url"},
		{"http_status_4xx", "HTTPStatus4xx", "httpStatus4xx"},
		{"json", "JSON", "theJSON"},
		{"rfc3339", "RFC3339", "rfc3339"},
		{"oauth2_token", "Oauth2Token", "oauth2Token"},
		{"a_1", "A1", "a1"},
		{"type", "Type", "theType"},
		{"range", "Range", "theRange"},
		{"string", "String", "theString"},
		{"len", "Len", "theLen"},
		{"error", "Error", "theError"},
		{"nil", "Nil", "theNil"},
		{"slog", "Slog", "theSlog"},
		{"errcatalog", "Errcatalog", "theErrcatalog"},
		{"time", "Time", "theTime"},
		{"time_left", "TimeLeft", "timeLeft"},
		{"2fa_code", "X2faCode", "the2faCode"},
		{"_a", "A", "theA"},
		{"a_", "A", "a"},
		{"_", "X", "the"},
		{"", "X", "the"},
		{"userID", "UserID", "userID"},
		{"UserID", "UserID", "theUserID"},
		{"agent.not-found", "AgentNotFound", "theAgentNotFound"},
		{"Größe", "GrE", "theGrE"},
		{"名前", "X", "the"},
	} {
		if got := gen.Exported(row.name); got != row.exported {
			t.Errorf("%q is exported as %s, want %s", row.name, got, row.exported)
		}
		if got := gen.Argument(row.name); got != row.argument {
			t.Errorf("%q as an argument is %s, want %s", row.name, got, row.argument)
		}
	}
}

func TestAPackageIsNamedAsItsFolder(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ folder, name string }{
		{"apierr", "apierr"},
		{"api-errors", "apierrors"},
		{"API_Errors", "apierrors"},
		{"v2", "v2"},
		{"2fa", "catalog2fa"},
		{"main", "catalogmain"},
		{"type", "catalogtype"},
		{"", "catalog"},
		{"名前", "catalog"},
		{".", "catalog"},
		{"/", "catalog"},
	} {
		if got := gen.PackageName(row.folder); got != row.name {
			t.Errorf("the package in %q is %s, want %s", row.folder, got, row.name)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, name := range []string{"agent_id", "type", "_", "2fa", "é", "a__b", "JSON", "Größe", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if got := gen.Exported(name); !token.IsIdentifier(got) || !ast.IsExported(got) {
			t.Errorf("%q is exported as %q", name, got)
		}
		if got := gen.Argument(name); !token.IsIdentifier(got) || ast.IsExported(got) {
			t.Errorf("%q as an argument is %q", name, got)
		}
		if got := gen.PackageName(name); !token.IsIdentifier(got) {
			t.Errorf("the package in %q is %q", name, got)
		}
	})
}
