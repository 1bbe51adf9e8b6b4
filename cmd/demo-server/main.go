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

// drain is how long requests in flight may take to end after a signal.
const drain = 10 * time.Second

// run serves until ctx is done. It returns the exit code: 0 after a clean stop, 1
// when serving failed, 2 for wrong flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("demo-server", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8080", "the `address` to listen on, host:port")
	rate := flags.Int64("rate", 60, "how many `requests` a minute a key has")
	format := flags.String("log", "text", "the `format` of the log on standard error, text or json")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "demo-server: unexpected argument %q; it takes flags only, see -help\n", flags.Arg(0))
		return 2
	case *rate < 1:
		fmt.Fprintf(stderr, "demo-server: -rate is %d; it needs to be at least 1\n", *rate)
		return 2
	case *format != "text" && *format != "json":
		fmt.Fprintf(stderr, "demo-server: -log is %q; it is text or json\n", *format)
		return 2
	}
	slog.SetDefault(slog.New(logHandler(*format, stderr)))
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintf(stderr, "demo-server: %v; choose another address with -addr\n", err)
		return 1
	}
	d := newDemo("http://"+reachable(l.Addr()), *rate)
	defer d.upstreams.Close()
	if err := d.upstreams.Err(); err != nil {
		fmt.Fprintf(stderr, "demo-server: the servers that stand for upstream ones do not start: %v\n", err)
		return 1
	}
	fmt.Fprintf(stdout, "demo-server: listening on http://%s\n", l.Addr())
	if err := serve(ctx, l, d.handler); err != nil {
		fmt.Fprintf(stderr, "demo-server: %v\n", err)
		return 1
	}
	return 0
}

// serve answers on l until ctx is done, and then ends the requests in flight. What
// net/http refuses by itself belongs to no system and speaks the standard catalogue.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener.Wrap(l, new(errcatalog.Writer))) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(draining); err != nil {
		return fmt.Errorf("requests were still in flight %v after the signal: %w", drain, err)
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
