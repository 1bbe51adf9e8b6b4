package system

import (
	"net/http"

	"github.com/contrite-go/contrite/errcatalog"
)

// A Line is a call that causes a code, after others that prepare it, and before those
// that undo it.
type Line struct {
	Code   errcatalog.Code
	Before []Call
	Call
	After []Call
}

// A Call is one request. Its path is below the API's prefix.
type Call struct {
	Method, Path string
	Key          string // the name of a fixed key, or "" for none
	Header       http.Header
	Body         string
	Times        int // how often it is sent; zero is once
}

// UnderMaintenance is the line of what a call gets while the API is under maintenance.
func UnderMaintenance(code errcatalog.Code, c Call) Line {
	set := func(body string) []Call {
		return []Call{{Method: http.MethodPut, Path: maintenancePath, Key: "full", Body: body}}
	}
	return Line{Code: code, Before: set(`{"enabled":true,"retry_after":30}`), Call: c, After: set(`{"enabled":false}`)}
}
