package reqstate

import (
	"context"
	"errors"
	"net/http"
)

// A reader is the client of whom is known whether it waits for the reply.
type reader uint8

const (
	unknown reader = iota
	waiting
	gone
)

// Left reports whether a request's context is done because its client left: not by a
// deadline, nor by anything that the server names as the cause.
func Left(ctx context.Context) bool {
	done := ctx.Err()
	return errors.Is(done, context.Canceled) && context.Cause(ctx) == done
}

// Failing says that a status of 500 or more is the answer, whether it is sent yet or
// held back. What counts is whether the client waited at the first of them.
func (s *State) Failing() {
	if s.reader != unknown {
		return
	}
	s.reader = waiting
	if Left(s) {
		s.reader = gone
	}
}

// Unread reports whether a status of 500 or more was sent to a client that had left
// before. It most likely tells of that alone: what a handler waits for fails then.
func (s *State) Unread() bool {
	return s.reader == gone && s.response.Status() >= http.StatusInternalServerError
}
