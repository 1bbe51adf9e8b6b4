//go:build race

package ratelimit_test

// raceEnabled says that pools lose things at random, and so allocate.
const raceEnabled = true
