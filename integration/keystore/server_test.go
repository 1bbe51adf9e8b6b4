package keystore

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/contrite-go/contrite/auth/sqlstore"
)

// A server is a PostgreSQL of a test's own, which may be killed.
type server struct {
	bin, dir string
	as       *syscall.SysProcAttr
	cmd      *exec.Cmd
}

// newServer makes a server that is not started. It is in a folder of
// integration/with-servers, which stops it if the test can't.
func newServer(t *testing.T) *server {
	t.Helper()
	dir, err := os.MkdirTemp(setting(t, "CONTRITE_SCRATCH"), "")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{bin: setting(t, "CONTRITE_POSTGRES_BIN"), dir: dir}
	t.Cleanup(func() {
		if s.cmd != nil {
			s.kill(t, syscall.SIGQUIT)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if os.Getuid() == 0 {
		s.disown(t)
	}
	out, err := s.command("initdb", "-U", "contrite", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput()
	if err != nil {
		t.Fatalf("initdb: %v: %s", err, out)
	}
	return s
}

// disown has the server run as the user postgres: it refuses to run as root.
func (s *server) disown(t *testing.T) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(s.dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// command is a program of PostgreSQL's for the server's data.
func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), append([]string{"-D", filepath.Join(s.dir, "db")}, args...)...)
	cmd.SysProcAttr = s.as
	cmd.Dir = s.dir
	return cmd
}

func (s *server) database() database {
	return database{"pgx", "host=" + s.dir + " user=contrite dbname=postgres", sqlstore.PostgreSQL}
}

// start starts the server, and returns when it is ready. After a kill it may refuse
// until the last of the processes before is gone.
func (s *server) start(ctx context.Context, t *testing.T) {
	t.Helper()
	for ctx.Err() == nil {
		said, ready := s.try(t)
		if ready {
			return
		}
		if !strings.Contains(said, "still in use") && !strings.Contains(said, "lock file") {
			t.Fatalf("PostgreSQL does not start: %s", said)
		}
	}
	t.Fatal("PostgreSQL does not start in time")
}

// try starts the server once. If that ends it returns what it said.
func (s *server) try(t *testing.T) (said string, ready bool) {
	t.Helper()
	// It listens on a socket in its own folder alone. It syncs: what it told of is to
	// be there after it is killed.
	cmd := s.command("postgres", "-c", "listen_addresses=", "-c", "unix_socket_directories="+s.dir)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ready to accept connections") {
			s.cmd = cmd
			go func() {
				for lines.Scan() { // so that it never waits for its log
				}
			}()
			return "", true
		}
		said += lines.Text() + "\n"
	}
	_ = cmd.Wait()
	return said, false
}

// kill ends the server by a signal: SIGQUIT is its immediate stop, which ends all of
// its processes without a word to the disk.
func (s *server) kill(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		t.Error(err)
	}
	_ = s.cmd.Wait()
	s.cmd = nil
}
