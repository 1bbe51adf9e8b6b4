// Package onerror has what answers errors where nobody said what does.
package onerror

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// OrScope returns f, unless that is nil. Then the Writer answers whose Scope the request is
// in, and outside of any Scope a zero one.
func OrScope(f func(http.ResponseWriter, *http.Request, error)) func(http.ResponseWriter, *http.Request, error) {
	if f == nil {
		return inCharge
	}
	return f
}

var standard errcatalog.Writer

func inCharge(w http.ResponseWriter, r *http.Request, err error) {
	if st := reqstate.From(r.Context()); st != nil {
		if f := st.InCharge(); f != nil {
			(*f)(w, r, err)
			return
		}
	}
	standard.WriteError(w, r, err)
}
