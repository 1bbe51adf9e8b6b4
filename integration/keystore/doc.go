// Package keystore has the tests of auth's key stores on real databases, with several
// processes, and with a database that is killed.
package keystore
