package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// A process is a program that the story runs, and may kill.
type process struct {
	name string
	cmd  *exec.Cmd
	ends io.Closer     // its stdin
	read chan struct{} // closed when its output was read to the end
}

// start starts a program and waits for the line in which it says that it is ready. It
// returns the line too.
func start(name string, cmd *exec.Cmd, ready string, log io.Writer) (*process, string, error) {
	cmd.Stderr = log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("%s does not start: %w", name, err)
	}
	p := &process{name, cmd, stdin, make(chan struct{})}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		fmt.Fprintln(log, lines.Text())
		if strings.Contains(lines.Text(), ready) {
			go p.drain(lines, log)
			return p, lines.Text(), nil
		}
	}
	close(p.read)
	p.kill()
	return nil, "", fmt.Errorf("%s ended before it was ready", name)
}

// drain logs the rest of what the process says.
func (p *process) drain(lines *bufio.Scanner, log io.Writer) {
	defer close(p.read)
	for lines.Scan() {
		fmt.Fprintln(log, lines.Text())
	}
}

// kill ends the process at once, and returns when it is gone. It may be killed again.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.read
	_ = p.cmd.Wait()
	_ = p.ends.Close()
}

// tail returns the last lines of a log.
func tail(file string, lines int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
