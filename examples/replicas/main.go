// Command replicas serves the demo's FAOS API by three processes behind one address.
// Their keys are in PostgreSQL and the counts of their rate limits in Redis, so it makes
// no difference which of them a request reaches. What FAOS stores by itself stays in
// each process: the story has no need of it.
//
// `make demo-replicas` starts the servers and tells the story, in which
//
//   - a key is issued, and revoked: all replicas know of it, at the latest a second later;
//   - a crowd comes with one key: together the replicas admit as many as one of them would;
//   - a process is killed while requests flow: the others answer them;
//   - Redis is killed while requests flow: each replica gives out its share of what was
//     left, and who had used up a limit stays refused;
//   - the last processes are killed: the front answers for them, in the same contract.
//
// It checks what it tells, and ends with exit code 1 at the first claim that does not
// hold.
//
// Read replica.go for how a server is put on both stores, and front.go for a proxy that
// keeps to the contract. The rest is the story.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "replicas: %v\n", err)
		os.Exit(1)
	}
}

// patience is how long the story may take. After a minute the limits would have
// forgotten its beginning, and its claims prove nothing.
const patience = 50 * time.Second

var errSlow = fmt.Errorf("the story is not told in %v: this machine is too slow for it now", patience)

// run is the story or, with the argument replica, one of its processes.
func run(ctx context.Context, args []string) error {
	database, redis, scratch := os.Getenv("CONTRITE_POSTGRES"), os.Getenv("CONTRITE_REDIS_BIN"), os.Getenv("CONTRITE_SCRATCH")
	switch {
	case database == "" || redis == "" || scratch == "":
		return errors.New("there are no servers; run make demo-replicas, which starts them")
	case len(args) == 2 && args[0] == "replica":
		go func() { // It ends with the story, however that ends: then its stdin does.
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		return replica(ctx, database, args[1])
	case len(args) > 0:
		return fmt.Errorf("unexpected argument %q; it takes none", args[0])
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSlow)
	defer cancel()
	c, err := open(ctx, database, redis, scratch)
	if err == nil {
		err = (&story{cluster: c, out: os.Stdout}).tell(ctx)
		err = errors.Join(err, c.close())
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
