// Package josefuzz compares package jwtauth with go-jose, which was written by others
// and shares no code with it, on texts that a fuzzer makes. It has tests alone, and is
// a module of its own so that nobody else needs go-jose.
package josefuzz
