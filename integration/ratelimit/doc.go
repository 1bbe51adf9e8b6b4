// Package ratelimit has the tests of the rate limits that replicas share over a real
// Redis, also one that is killed, hangs and comes back.
package ratelimit
