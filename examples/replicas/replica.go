package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/auth/sqlstore"
	"github.com/contrite-go/contrite/cmd/demo-server/faos"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/listener"
	"github.com/contrite-go/contrite/ratelimit"
	"github.com/contrite-go/contrite/ratelimit/redisstore"
)

const (
	replicas = 3
	rate     = 60 // requests a minute that a key has, at all replicas together
	prefix   = "/faos/v1"
	// bound is how long a key that was revoked may still be accepted.
	bound = time.Second
	// timeout is how long Redis may take. It is long, so that a busy machine does not
	// look like a dead Redis; a server would rather have the default.
	timeout = 5 * time.Second
)

// replica serves the API, and says where, until its process ends.
func replica(ctx context.Context, database, redisSocket string) error {
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer db.Close()
	keys := sqlstore.New(db, sqlstore.PostgreSQL)
	if err := keys.Migrate(ctx); err != nil {
		return err
	}
	upstreams := new(system.Upstreams)
	defer upstreams.Close()
	api := faos.New(system.Options{
		Rate:      rate,
		Upstreams: upstreams,
		Keys:      cached{keys, &auth.Cache{Store: keys, TTL: bound}},
		Limits:    limits(redisSocket),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err := errors.Join(err, upstreams.Err()); err != nil {
		return err
	}
	fmt.Printf("%s%s\n", listening, l.Addr())
	server := &http.Server{
		Handler:           middleware.Stack{Errors: api.Errors}.Handler(http.StripPrefix(prefix, api)),
		ReadHeaderTimeout: 10 * time.Second,
	}
	return server.Serve(listener.Wrap(l, api.Errors))
}

// limits are counts in Redis. Without it each replica counts for itself.
func limits(socket string) ratelimit.Store {
	client := redis.NewClient(&redis.Options{
		Network: "unix", Addr: socket, ContextTimeoutEnabled: true, MaxRetries: -1, DialerRetries: 1,
	})
	return &ratelimit.Fallback{
		Remote:   &redisstore.Store{Client: client, Deadline: timeout},
		Timeout:  timeout,
		Replicas: replicas,
	}
}

// A cached is a key store with a cache in front of its look-ups.
type cached struct {
	auth.KeyStore
	cache *auth.Cache
}

// Find implements auth.Finder.
func (c cached) Find(ctx context.Context, hash auth.Hash) (*auth.Key, error) {
	return c.cache.Find(ctx, hash)
}
