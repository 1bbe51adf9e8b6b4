package replicas

import (
	"os"
	"os/exec"
	"testing"
)

func TestTheStoryOfTheReplicasHolds(t *testing.T) {
	t.Parallel()
	if os.Getenv("CONTRITE_SCRATCH") == "" { // which differs each time, so that no result is cached
		t.Skip("there are no servers; run make test-integration, which starts them")
	}
	story := exec.CommandContext(t.Context(), "go", "run", ".")
	story.Dir = "../../examples/replicas"
	out, err := story.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
