// Package ratelimit limits how much each client may ask of a server.
package ratelimit
