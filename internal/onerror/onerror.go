// Package onerror has what answers errors where nobody said what does.
package onerror

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
)

// OrStandard returns f, or what answers with errcatalog.Standard if f is nil.
func OrStandard(f func(http.ResponseWriter, *http.Request, error)) func(http.ResponseWriter, *http.Request, error) {
	if f == nil {
		return new(errcatalog.Writer).WriteError
	}
	return f
}
