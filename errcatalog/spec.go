package errcatalog

import (
	"maps"
	"slices"
	"time"
)

// A Spec is a catalogue as its authors write it: as a Go literal, or as a YAML
// file from which errcat gen makes one. [New] checks and compiles it.
type Spec struct {
	// Name is the catalogue's name, for faults and documentation.
	Name string
	// Doc says what API the catalogue is of, for documentation.
	Doc string
	// Extends is a catalogue to inherit from. Its entries are inherited unless the
	// Spec has one of that code; an inherited entry that covers kinds covers only
	// those that no entry of the Spec covers, and is left out when none remains.
	// Docs, Envelope, MediaType and Challenge are inherited where the Spec leaves
	// them empty, Headers and Types where they are nil.
	Extends *Catalog
	// Docs is the URL of the published reference. $docs_url is Docs, #, and the code.
	Docs string
	// Headers are sent with every error. A value is text, or one of the slots
	// $code, $type, $status, $retryable and $request_id.
	Headers map[string]string
	// Envelope is the shape of the body.
	Envelope Envelope
	// MediaType is the body's. Empty is application/json, and then clients that
	// prefer application/problem+json get that.
	MediaType string
	// Types has the $type of entries that set none, by status ("404") or by its
	// class ("4xx").
	Types map[string]string
	// Challenge is the WWW-Authenticate value (RFC 9110, section 11.6.1) of a 401
	// for which neither the occurrence nor the entry has one.
	Challenge string
	// Errors are the entries, in the order of the documentation.
	Errors []Entry
}

// An Entry is one published error.
type Entry struct {
	// Code is its name: letters, digits, and ._- between them.
	Code Code
	// Covers names the kinds that are answered with it, each with those below it
	// that no other entry of the Spec covers. Entries that are inherited give way: to
	// cover Unauthenticated alone is to answer expired credentials with it too.
	Covers []Kind
	// Status is the HTTP status, 400 to 599.
	Status int
	// Type is its category, for the slot $type.
	Type string
	// Params are the params that messages and members show. The members come in
	// this order.
	Params []Param
	// Messages are the wordings. The last must be for every occurrence: without
	// When, and without holes.
	Messages []Message
	// Challenge is the WWW-Authenticate value of an occurrence that has none.
	Challenge string
	// Retry says whether the same request may be sent again.
	Retry Retry
	// Wait is the Retry-After of an occurrence without retry_after, rounded up to
	// whole seconds. Zero is none.
	Wait time.Duration
	// Outcome says what became of the request.
	Outcome Outcome
	// Cause says why it happens, and Fix what the reader can do, for documentation.
	Cause string
	Fix   []string
}

// Retry is whether the request that failed may be sent again as it was. The zero
// value is RetryNever.
type Retry string

// The retry rules.
const (
	RetryNever   Retry = "never"   // it would fail again
	RetryBackoff Retry = "backoff" // after a wait that grows with each attempt
	RetryAfter   Retry = "after"   // after the time in Retry-After
)

// Outcome is what became of a request that failed. The zero value is OutcomeUnknown.
type Outcome string

// The outcomes.
const (
	OutcomeUnknown      Outcome = "unknown"       // it may have been carried out, or in part
	OutcomeNotProcessed Outcome = "not_processed" // it had no effect
	OutcomeProcessed    Outcome = "processed"     // it was carried out, and then something failed
)

// unshare has e share nothing with the Entry that it is a copy of.
func (e *Entry) unshare() {
	e.Covers, e.Fix = slices.Clone(e.Covers), slices.Clone(e.Fix)
	e.Params, e.Messages = slices.Clone(e.Params), slices.Clone(e.Messages)
	for i := range e.Params {
		p := &e.Params[i]
		p.Labels, p.Default, p.Example = maps.Clone(p.Labels), cloneValue(p.Default), cloneValue(p.Example)
	}
	for i := range e.Messages {
		e.Messages[i].When = slices.Clone(e.Messages[i].When)
	}
}
