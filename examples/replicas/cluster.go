package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/sqlstore"
)

// listening is what a replica says before its address.
const listening = "listening on "

// A cluster is all that runs: Redis, the replicas, and the front.
type cluster struct {
	folder   string
	log      *os.File
	db       *sql.DB
	redis    *process
	replicas []*process
	front    *http.Server
	url      string // of the front
}

// open starts a cluster, on the database and with a Redis of its own.
func open(ctx context.Context, database, redisBin, scratch string) (_ *cluster, err error) {
	c := new(cluster)
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%w; the log ends with\n%s", err, c.said()), c.close())
		}
	}()
	if c.folder, err = os.MkdirTemp(scratch, "r"); err != nil { // a socket's path must be short
		return nil, err
	}
	if c.log, err = os.Create(filepath.Join(c.folder, "log")); err != nil {
		return nil, err
	}
	if c.db, err = sql.Open("pgx", database); err != nil {
		return nil, err
	}
	socket := filepath.Join(c.folder, "redis")
	redis := exec.CommandContext(ctx, redisBin, "--port", "0", "--unixsocket", socket, "--dir", c.folder, "--save", "", "--appendonly", "no")
	if c.redis, _, err = start("Redis", redis, socket, c.log); err != nil {
		return nil, err
	}
	addrs, err := c.startReplicas(ctx, socket)
	if err != nil {
		return nil, err
	}
	return c, c.startFront(addrs)
}

func (c *cluster) startReplicas(ctx context.Context, socket string) (addrs []string, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for i := range replicas {
		p, line, err := start(fmt.Sprint("replica ", i+1), exec.CommandContext(ctx, self, "replica", socket), listening, c.log)
		if err != nil {
			return nil, err
		}
		c.replicas = append(c.replicas, p)
		addrs = append(addrs, strings.TrimPrefix(line, listening))
	}
	return addrs, nil
}

func (c *cluster) startFront(addrs []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.log, nil))
	c.front = &http.Server{Handler: front(log, addrs...), ReadHeaderTimeout: 10 * time.Second}
	c.url = "http://" + l.Addr().String() + prefix
	go func() { _ = c.front.Serve(l) }()
	return nil
}

// keys returns the issuer of the API's keys.
func (c *cluster) keys() *auth.Issuer {
	return &auth.Issuer{Store: sqlstore.New(c.db, sqlstore.PostgreSQL), Format: auth.KeyFormat{"live": "sk_live_"}}
}

// said returns the end of what the programs logged.
func (c *cluster) said() string {
	if c.log == nil {
		return ""
	}
	return tail(c.log.Name(), 20)
}

// close ends what runs, and removes the folder.
func (c *cluster) close() error {
	if c.front != nil {
		_ = c.front.Close()
	}
	for _, p := range append(c.replicas, c.redis) {
		if p != nil {
			p.kill()
		}
	}
	if c.db != nil {
		_ = c.db.Close()
	}
	if c.log != nil {
		_ = c.log.Close()
	}
	return os.RemoveAll(c.folder)
}
