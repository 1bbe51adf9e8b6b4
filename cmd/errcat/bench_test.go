package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/cmd/errcat/internal/catalogfile"
	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
	"github.com/contrite-go/contrite/errcatalog"
)

// large is a catalogue of n entries, as long and as different as those of the
// published ones.
func large(n int) []byte {
	var b strings.Builder
	b.WriteString("name: large\nextends: standard\ndocs: https://example.com/errors\nerrors:\n")
	for i := range n {
		fmt.Fprintf(&b, shapes[i%len(shapes)], i, 400+i%5)
	}
	return []byte(b.String())
}

var shapes = []string{`
  agent_%[1]d_not_active:
    status: %[2]d
    type: resource_error
    params:
      agent_status:
        type: string
        public: true
        labels: {paused: paused, training: in training mode}
        example: paused
        doc: The state that the agent is in.
      agent_id: {type: string, public: true, example: agt_%[1]d, doc: The agent.}
      until: {type: time, optional: true, public: true, example: 2025-12-21T10:35:00Z}
    messages:
      - Agent %[1]d is currently {agent_status:label}
      - Agent %[1]d is currently paused or in training mode
    retry: never
    outcome: not_processed
    cause: The agent is paused or still in training, so it takes no work.
    fix:
      - Activate the agent.
      - "Send the work to another agent: there are many."
`, `
  webhook_%[1]d_not_found:
    status: %[2]d
    params:
      param: {type: string, public: true, default: webhook_id, doc: The parameter at fault.}
      webhook_id: {type: string, example: hook_abc123, doc: The ID that was asked for.}
    messages:
      - Webhook %[1]d with ID '{webhook_id}' does not exist
      - Webhook %[1]d does not exist
    outcome: not_processed
    cause: No webhook has that ID, or it was deleted.
    fix:
      - List the webhooks to find the right ID.
`, `
  upstream_%[1]d_failed:
    status: 502
    type: integration_error
    messages:
      - The service %[1]d of a third party returned an error
    retry: backoff
    cause: A service of a third party failed, or could not be reached.
    fix:
      - Look at the service's own status.
      - Send the request again after a while.
`}

// BenchmarkGen10000 is errcat gen on 10,000 entries, and its phases in milliseconds.
func BenchmarkGen10000(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	file := filepath.Join(b.TempDir(), "catalog.yaml")
	if err := os.WriteFile(file, large(10_000), 0o644); err != nil {
		b.Fatal(err)
	}
	var read, build, source time.Duration
	for b.Loop() {
		if code := run([]string{"gen", file}, os.Stdout, os.Stderr); code != 0 {
			b.Fatalf("exit code %d", code)
		}
		b.StopTimer()
		start := time.Now()
		f, err := catalogfile.Read(file)
		if err != nil {
			b.Fatal(err)
		}
		read += lap(&start)
		if _, err := errcatalog.New(f.Spec); err != nil {
			b.Fatal(err)
		}
		build += lap(&start)
		gen.Source(&f.Spec, gen.Options{Package: "large"})
		source += lap(&start)
		b.StartTimer()
	}
	for unit, d := range map[string]time.Duration{"read-ms": read, "new-ms": build, "source-ms": source} {
		b.ReportMetric(float64(d.Milliseconds())/float64(b.N), unit)
	}
}

// lap returns the time since start, which it moves to now.
func lap(start *time.Time) time.Duration {
	d := time.Since(*start)
	*start = time.Now()
	return d
}
