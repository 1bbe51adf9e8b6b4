// Command demo-server serves four published API contracts under one address, each
// with its own catalogue and envelope, over records in memory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/listener"
	"github.com/contrite-go/contrite/requestid"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Once a signal came, requests in flight may take as long as drain to end. Then their
// contexts end, and they have as long as hurry to answer that.
const (
	drain = 15 * time.Second
	hurry = 5 * time.Second
)

// errStopping is why the context of a request ends that would take longer than that.
var errStopping = errcatalog.Unavailable.Because(errors.New("demo-server: the server stops"))

// run serves until ctx is done. It returns the exit code: 0 after a clean stop, 1
// when serving failed, 2 for wrong flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	l, err := net.Listen("tcp", f.addr)
	if err != nil {
		fmt.Fprintf(stderr, "demo-server: %v; choose another address with -addr\n", err)
		return 1
	}
	d := newDemo("http://"+reachable(l.Addr()), f.rate)
	defer d.upstreams.Close()
	if err := d.upstreams.Err(); err != nil {
		fmt.Fprintf(stderr, "demo-server: the servers that stand for upstream ones do not start: %v\n", err)
		return 1
	}
	slog.SetDefault(slog.New(logHandler(f.format, stderr)))
	fmt.Fprintf(stdout, "demo-server: listening on http://%s\n", l.Addr())
	if err := serve(ctx, l, d.handler, drain); err != nil {
		fmt.Fprintf(stderr, "demo-server: %v\n", err)
		return 1
	}
	return 0
}

// serve answers on l until ctx is done, and then ends the requests in flight. What
// net/http refuses by itself belongs to no system and speaks the standard catalogue.
func serve(ctx context.Context, l net.Listener, h http.Handler, drain time.Duration) error {
	base, end := context.WithCancelCause(context.Background())
	defer end(nil)
	server := &http.Server{
		Handler:                      h,
		BaseContext:                  func(net.Listener) context.Context { return base },
		ReadHeaderTimeout:            10 * time.Second,
		IdleTimeout:                  2 * time.Minute,
		DisableGeneralOptionsHandler: true, // it answers without a request ID
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener.Wrap(l, new(errcatalog.Writer))) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	defer time.AfterFunc(drain, func() { end(errStopping) }).Stop()
	stopping, cancel := context.WithTimeout(context.Background(), drain+hurry)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return fmt.Errorf("requests were still in flight %v after the signal: %w", drain+hurry, err)
	}
	return nil
}

func logHandler(format string, w io.Writer) slog.Handler {
	if format == "json" {
		return requestid.LogHandler(slog.NewJSONHandler(w, nil))
	}
	return requestid.LogHandler(slog.NewTextHandler(w, nil))
}

// reachable is an address that a client on this machine can use: one that means every
// interface is this host.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip.IsUnspecified() {
		return net.JoinHostPort("localhost", port)
	}
	return a.String()
}
