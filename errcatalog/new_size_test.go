package errcatalog_test

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// large returns a spec of n entries, each with params, labels and three messages.
func large(n int) Spec {
	spec := Spec{
		Name: "large", Extends: errcatalog.Standard, Docs: "https://docs.test/errors",
		Envelope: `{"error": {"code": $code, "message": $message, "type": $type, "param": $param?, "request_id": $request_id,
			"documentation_url": $docs_url, ...$fields}}`,
		Headers: map[string]string{"X-Error-Code": "$code"},
		Types:   map[string]string{"4xx": "client_error", "5xx": "server_error"},
		Errors:  make([]Entry, n),
	}
	for i := range spec.Errors {
		spec.Errors[i] = Entry{
			Code: Code(fmt.Sprint("resource_", i, "_not_ready")), Status: 409,
			Params: []Param{
				{Name: "resource_id", Type: errcatalog.String, Public: true, Example: slog.StringValue("res_1")},
				{Name: "state", Type: errcatalog.String, Public: true, Labels: map[string]string{"paused": "paused", "training": "in training mode"}},
				{Name: "retry_after", Optional: true},
			},
			Messages: []Message{
				{Text: "The resource '{resource_id}' is {state:label}."},
				{Text: "The resource '{resource_id}' is not ready."},
				{Text: "The resource is not ready."},
			},
			Retry: errcatalog.RetryBackoff, Outcome: errcatalog.OutcomeNotProcessed,
			Cause: "The resource is not ready yet.", Fix: []string{"Wait.", "Send the request again."},
		}
	}
	return spec
}

func TestNew_ManyEntries(t *testing.T) {
	t.Parallel()
	const n = 1000
	c := build(t, large(n))
	if got, want := len(c.Errors()), n+len(errcatalog.Standard.Errors()); got != want {
		t.Errorf("there are %d entries, want %d", got, want)
	}
	for _, i := range []int{0, n / 2, n - 1} {
		code := Code(fmt.Sprint("resource_", i, "_not_ready"))
		if got := c.Resolve(code).Code(); got != code {
			t.Errorf("%s is answered with %s", code, got)
		}
	}
}

func BenchmarkNew1000(b *testing.B) {
	spec := large(1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := errcatalog.New(spec); err != nil {
			b.Fatal(err)
		}
	}
}
