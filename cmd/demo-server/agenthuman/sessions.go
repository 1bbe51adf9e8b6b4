package agenthuman

import (
	"net/http"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
)

// A session is a record.
type session struct {
	ID         string  `json:"id"`
	RoleID     string  `json:"role_id"`
	MaxMinutes minutes `json:"max_minutes"`
	Ended      bool    `json:"ended"`
}

// A newSession is the body that makes one.
type newSession struct {
	RoleID     string  `json:"role_id" decode:"required"`
	MaxMinutes minutes `json:"max_minutes"`
}

// Validate implements [decode.Validator].
func (in newSession) Validate() []errcatalog.Violation { return filled("role_id", in.RoleID) }

// minutes are how long a session may last.
type minutes int

// Validate implements [decode.Validator].
func (m minutes) Validate() []errcatalog.Violation {
	if m < 1 || m > 120 {
		return []errcatalog.Violation{{Reason: "must be an integer from 1 to 120"}}
	}
	return nil
}

func (a *api) createSession(w http.ResponseWriter, r *http.Request) error {
	in := newSession{MaxMinutes: 60}
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	made, err := a.open(in)
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusCreated, made)
}

// open makes a session, if its role is one that can be played.
func (a *api) open(in newSession) (session, error) {
	switch role, err := a.roles.Find(in.RoleID); {
	case err != nil:
		return session{}, err
	case role.Disabled:
		return session{}, agenthuman.UnprocessableEntity()
	}
	return a.sessions.Add(func(id string) (session, error) {
		return session{ID: id, RoleID: in.RoleID, MaxMinutes: in.MaxMinutes}, nil
	})
}

func (a *api) showSession(w http.ResponseWriter, r *http.Request) error {
	s, err := a.sessions.Find(system.Param(r, "id"))
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, s)
}

// endSession ends a session, which can be done once.
func (a *api) endSession(w http.ResponseWriter, r *http.Request) error {
	ended, err := a.sessions.Change(system.Param(r, "id"), func(s *session) error {
		if s.Ended {
			return agenthuman.Conflict()
		}
		s.Ended = true
		return nil
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, ended)
}
