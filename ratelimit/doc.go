// Package ratelimit limits how much each client may ask of a server, and tells it so
// in headers that are true.
//
//	limiter := &ratelimit.Limiter{
//		OnError: errs.WriteError,
//		Policies: []ratelimit.Policy{
//			{Name: "default", Limit: 100, Window: time.Minute, Key: ratelimit.ByPrincipal()},
//			{Name: "exports", Limit: 5, Window: time.Hour, Key: ratelimit.Join(ratelimit.ByPrincipal(), ratelimit.ByRoute())},
//		},
//	}
//	r.With(guard.Handler, limiter.Handler).Get("/agents", list)
//
// A [Policy] says how much may be taken with one [Key] in any span of a window: not in
// each minute of the clock, but in any sixty seconds. A [Limiter] charges a request by
// all of its policies or by none, refuses it as errcatalog.RateLimited, and sets the
// headers X-RateLimit-Limit, -Remaining and -Reset, RateLimit and RateLimit-Policy
// (draft-ietf-httpapi-ratelimit-headers), and Retry-After, which is exact: who obeys
// it, and shares the key with no one, passes the next time.
//
// The counts are in a [Store]. A [Memory] keeps them in this process; package redisstore
// keeps them in Redis, for several replicas, with a [Fallback] in front for the time
// when Redis is away. A [Counter] makes a store of any httprate.LimitCounter, which is
// approximate.
//
// [Concurrency] limits how many requests of a key are served at once, and [Shed] refuses
// the less important requests of a server that has too much to do.
package ratelimit
