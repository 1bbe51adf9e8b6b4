package jwtauth

// What the tests of the parts call.
var (
	Object   = object
	ParseSet = parseSet
)
