// Package redisstore keeps the counts of rate limits in Redis, so that the replicas of a
// server share them. Its [Store] is a ratelimit.Store.
//
// Each call is one script and one round trip, whatever the number of charges, and
// atomic: of many replicas that charge a key at once, no more are allowed than the
// limit. The time is the Redis server's, and never goes back for a key.
//
// # How exact it is
//
// A key's value is a log of when how much was taken. Up to 192 entries it is exact. A
// longer one is made shorter now and then: neighbours that have no more than a hundredth
// of the limit together become one, at the time of the later. So no window has more than
// the limit, and at any time at most a hundredth of the limit is free later than it could
// be. A value has at most 5 KB, and is gone when its last entry leaves the window. A call
// takes the server some ten microseconds, however long the log. Numbers are exact up to
// 2^53; higher limits and costs are taken for that.
//
// If the server's clock is set back by less than a window, the time of a key stands
// still until the clock is there again; if by more, what was taken last counts as taken
// now. Nothing can be done if it is set forward: Redis itself forgets the keys. So it
// does under a maxmemory-policy that evicts keys.
//
// # Keys
//
// A charge's key reaches Redis only as the first half of its SHA-256. That keeps it out
// of dumps and logs, not from who can read Redis and guess.
//
// All keys of a Store have one hash tag, its Prefix: in a cluster they are on one node,
// because a script may touch the keys of one node alone, and a call's charges must be
// atomic. To use more nodes, give limits that are not charged together Stores of
// different prefixes.
//
// # The client
//
// It must be made with ContextTimeoutEnabled, or go-redis ignores the Store's deadline;
// a Store refuses one without. The deadline is for the whole call, with all retries of
// the client's. A call whose reply is lost may have been counted, and a retry counts it
// again: MaxRetries: -1 switches retries off.
//
// It needs Redis 5 or later, or another server that runs its scripts.
package redisstore
