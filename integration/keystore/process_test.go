package keystore

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// roles are what the test binary does as another process than the tests'.
var roles = map[string]func(order) error{"replica": replica, "writer": writer}

// An order is what a process is started with.
type order struct {
	Role     string
	Database database
	Bound    string // a replica's TTL
	Owner    string // whose keys a writer writes
}

const orders = "CONTRITE_ORDER"

func TestMain(m *testing.M) {
	text := os.Getenv(orders)
	if text == "" {
		os.Exit(m.Run())
	}
	var o order
	err := json.Unmarshal([]byte(text), &o)
	if err == nil {
		// It ends with the tests' process, however that ends: then its stdin does.
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		err = roles[o.Role](o)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// A process is one with a role.
type process struct {
	*exec.Cmd
	lines *bufio.Reader // of its stdout
}

// start starts a process, which ends with the test at the latest.
func start(t *testing.T, o order) *process {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), orders+"="+string(text))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &process{cmd, bufio.NewReader(stdout)}
}

// line reads a line of the process's output, "" at its end.
func (p *process) line(t *testing.T) string {
	t.Helper()
	line, err := p.lines.ReadString('\n')
	if err == io.EOF {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return line[:len(line)-1]
}
