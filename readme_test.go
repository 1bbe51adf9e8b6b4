package contrite_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheReadmesServerIsTheOneInExamples(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("examples/quickstart/main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, source, _ = bytes.Cut(source, []byte("\n")) // the doc comment is not shown
	if !slices.Contains(blocks(t, "go"), string(source)) {
		t.Error("README.md does not show examples/quickstart/main.go as it stands")
	}
}

func TestTheReadmesCurlLinesGiveWhatTheDemoAnswers(t *testing.T) {
	t.Parallel()
	bin := filepath.Join(t.TempDir(), "demo-server")
	build(t, ".", "./cmd/demo-server", bin)
	line := start(t, bin, "-addr", "127.0.0.1:0")
	checkCurls(t, "localhost:8080", strings.TrimSpace(line[strings.Index(line, "127."):]))
}

// TestTheReadmesCommandsMakeATypedErrorOnTheWire follows "Your own catalogue" from
// its empty folder, with another home and port than the reader's.
func TestTheReadmesCommandsMakeATypedErrorOnTheWire(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	shop := filepath.Join(home, "shop")

	commands := blocks(t, "sh")
	setUp, run := commands[1], commands[2]
	shell(t, home, setUp)
	source := blocks(t, "go")[1]
	if !strings.Contains(source, "localhost:8081") {
		t.Fatal("README.md's second server does not listen on localhost:8081")
	}
	source = strings.Replace(source, "localhost:8081", addr, 1)
	if err := os.WriteFile(filepath.Join(shop, "main.go"), []byte("// Command shop is a test's.\n"+source), 0o644); err != nil {
		t.Fatal(err)
	}
	run, ok := strings.CutSuffix(run, " && go run .\n")
	if !ok {
		t.Fatalf("README.md's last command does not end in go run: %s", run)
	}
	shell(t, home, "CONTRITE=$PWD; cd ~/shop && "+run+" && go build -o server .")
	start(t, filepath.Join(shop, "server"))
	awaitServer(t, addr)
	checkCurls(t, "localhost:8081", addr)
}

// shell runs commands in the repository, with a home of their own.
func shell(t *testing.T, home, commands string) {
	t.Helper()
	cmd := exec.Command("bash", "-euc", commands)
	cmd.Env = append(os.Environ(), "HOME="+home, "GOBIN="+home, "PATH="+home+":"+os.Getenv("PATH"), "GOFLAGS=-mod=mod")
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Env = append(cmd.Env, name+"="+strings.TrimSpace(string(value)))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
}

// awaitServer returns once somebody listens.
func awaitServer(t *testing.T, addr string) {
	t.Helper()
	for {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// checkCurls runs the README's curl lines for one address at another.
func checkCurls(t *testing.T, documented, addr string) {
	t.Helper()
	n := 0
	for _, block := range blocks(t, "console") {
		for _, example := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, want, _ := strings.Cut(example, "\n")
			if !strings.Contains(command, documented) {
				continue
			}
			n++
			t.Run(command, func(t *testing.T) {
				got := curl(t, strings.Replace(command, documented, "http://"+addr, 1))
				got = strings.ReplaceAll(got, addr, strings.Replace(documented, "localhost", "127.0.0.1", 1))
				if settle(got) != settle(strings.TrimRight(want, "\n")) {
					t.Errorf("README.md shows\n%s\nand the server answers\n%s", want, got)
				}
			})
		}
	}
	if n == 0 {
		t.Errorf("README.md has no curl line for %s", documented)
	}
}

// blocks returns the README's fenced blocks of a language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, part := range strings.Split(string(text), "\n```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		found = append(found, block)
	}
	return found
}

// build builds a command of the module in dir.
func build(t *testing.T, dir, pkg, bin string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", bin, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// start starts a server, which stops at the end of the test, and returns the first
// line that it prints, if it has arguments.
func start(t *testing.T, bin string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, bin, args...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait()
	})
	if len(args) == 0 {
		return ""
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

var (
	words = regexp.MustCompile(`'[^']*'|\S+`)
	ids   = regexp.MustCompile(`req_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`)
	times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT`)
)

// settle takes out of an answer what differs from run to run.
func settle(s string) string {
	return times.ReplaceAllString(ids.ReplaceAllString(s, "req_…"), "<time>")
}

// curl does what a curl command line with -i, -X, -H and -d does.
func curl(t *testing.T, command string) string {
	t.Helper()
	args := words.FindAllString(command, -1)
	if args[0] != "curl" {
		t.Fatalf("%q is no curl line", command)
	}
	method, url, body, headers := http.MethodGet, "", "", http.Header{"Accept": {"*/*"}}
	show := false
	for i := 1; i < len(args); i++ {
		switch args[i] {
		case "-i":
			show = true
		case "-X":
			i++
			method = args[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(strings.Trim(args[i], "'"), ": ")
			headers.Set(name, value)
		case "-d":
			i++
			body = strings.Trim(args[i], "'")
			if headers.Get("Content-Type") == "" {
				headers.Set("Content-Type", "application/x-www-form-urlencoded")
			}
		default:
			url = args[i]
		}
	}
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = headers
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out strings.Builder
	if show {
		writeHead(&out, resp)
	}
	if _, err := io.Copy(&out, resp.Body); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// writeHead writes the head of a response in net/http's order.
func writeHead(w *strings.Builder, resp *http.Response) {
	w.WriteString(resp.Proto + " " + resp.Status + "\n")
	last := []string{"Date", "Content-Length"}
	var names []string
	for name := range resp.Header {
		if !slices.Contains(last, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range append(names, last...) {
		for _, value := range resp.Header[name] {
			w.WriteString(name + ": " + value + "\n")
		}
	}
	w.WriteString("\n")
}
