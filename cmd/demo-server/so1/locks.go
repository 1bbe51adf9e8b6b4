package so1

import (
	"net/http"
	"time"

	"github.com/contrite-go/contrite/auth"
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// A lock keeps an agent to one key for a time. It does not change.
type lock struct {
	By      string    `json:"locked_by"`
	Expires time.Time `json:"lock_expires_at"` // the first whole second after its end

	key string // the ID of the key, "" if it is none of the API's
	end time.Time
}

// newLock returns a lock until the end.
func newLock(key, owner string, end time.Time) *lock {
	return &lock{By: owner, Expires: end.Add(time.Second - 1).UTC().Truncate(time.Second), key: key, end: end}
}

// closing returns the lock of those who close the books, which takes a year.
func closing(now time.Time) *lock { return newLock("", "year-end-closing", now.AddDate(1, 0, 0)) }

// expire takes the agent's lock away if it has ended.
func (a *agent) expire(now time.Time) {
	if a.lock != nil && !now.Before(a.end) {
		a.lock = nil
	}
}

// An edit is a request to change an agent: whose it is, whether it breaks locks, and
// when it is made.
type edit struct {
	by    *auth.Principal
	force bool
	at    time.Time
}

func editOf(r *http.Request) edit {
	return edit{by: auth.FromContext(r.Context()), force: forces(r), at: time.Now()}
}

// forces reports whether the request is to break another's lock.
func forces(r *http.Request) bool { return r.URL.Query().Get("force_unlock") == "true" }

// ifForced returns a middleware that is one for requests that break locks, and
// another for those that do not.
func ifForced(forced, other func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		breaking, keeping := forced(next), other(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if forces(r) {
				breaking.ServeHTTP(w, r)
				return
			}
			keeping.ServeHTTP(w, r)
		})
	}
}

// open opens the agent to the edit, unless the lock of another key is in the way. A
// lock that is broken is gone.
func (a *agent) open(e edit) error {
	a.expire(e.at)
	switch {
	case a.lock == nil, a.key == e.by.ID:
		return nil
	case !e.force:
		return so1.ResourceLocked(a.By, a.Expires)
	}
	a.lock = nil
	return nil
}

// A lease is how long a lock lasts, in seconds.
type lease int64

// Validate implements [decode.Validator].
func (l lease) Validate() []errcatalog.Violation { return within(int64(l), 1, 86400) }

// lock locks an agent for the key of the request. The lock that the key has already
// ends with the new one.
func (s *agents) lock(w http.ResponseWriter, r *http.Request) error {
	id := system.Param(r, "id")
	if _, err := s.find(id, time.Now()); err != nil {
		return err
	}
	in := struct {
		Seconds lease `json:"seconds"`
	}{Seconds: 300}
	if err := bodies.JSON(r, &in); err != nil {
		return err
	}
	e := editOf(r)
	a, err := s.update(id, e, func(a *agent) {
		a.lock = newLock(e.by.ID, e.by.Owner, e.at.Add(time.Duration(in.Seconds)*time.Second))
	})
	if err != nil {
		return err
	}
	return errcatalog.WriteJSON(w, http.StatusOK, a)
}
