// Package integration has, in its folders, the tests that need a real server. `make
// test-integration` starts the servers and runs them.
package integration
