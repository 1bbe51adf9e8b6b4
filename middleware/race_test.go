//go:build race

package middleware_test

// raceEnabled says that pools lose things at random, and so allocate.
const raceEnabled = true
