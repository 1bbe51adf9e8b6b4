package system

import (
	"net/http"
	"strings"

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

// Send is a call with the key full, which may do everything.
func Send(method, path, body string) Call {
	return Call{Method: method, Path: path, Key: "full", Body: body}
}

// Get is [Send] with that method.
func Get(path string) Call { return Send(http.MethodGet, path, "") }

// Post is [Send] with that method.
func Post(path, body string) Call { return Send(http.MethodPost, path, body) }

// As returns the call with another key, "" for none.
func (c Call) As(key string) Call {
	c.Key = key
	return c
}

// Having returns the call with a header, in the place of those that it had.
func (c Call) Having(name, value string) Call {
	c.Header = http.Header{name: {value}}
	return c
}

// Everywhere returns the lines of what every API refuses for the same reasons. The path
// takes GET and POST; limited and maintained are the API's own codes.
func Everywhere(path string, limited, maintained errcatalog.Code) []Line {
	tooMany := Get(path).As("burst")
	tooMany.Times = burst + 1
	maintenance := func(body string) []Call { return []Call{Send(http.MethodPut, maintenancePath, body)} }
	return []Line{
		{Code: limited, Call: tooMany},
		{
			Code:   maintained,
			Before: maintenance(`{"enabled":true,"retry_after":30}`),
			Call:   Get(path),
			After:  maintenance(`{"enabled":false}`),
		},
		{Code: "method_not_allowed", Call: Send(http.MethodPut, path, "")},
		{Code: "payload_too_large", Call: Post(path, strings.Repeat("x", maxBody+1))},
		{Code: "uri_too_long", Call: Get(path + "?" + strings.Repeat("x", MaxURI))},
		{Code: "unsupported_media_type", Call: Post(path, "hello").Having("Content-Type", "text/plain")},
	}
}
