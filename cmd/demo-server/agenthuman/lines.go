package agenthuman

import (
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
)

// Lines returns a line for each code that the API can be made to answer.
func Lines() []system.Line {
	call := func(code errcatalog.Code, method, path, body string) system.Line {
		return system.Line{Code: code, Call: system.Call{Method: method, Path: path, Key: "full", Body: body}}
	}
	with := func(line system.Line, key string) system.Line {
		line.Key = key
		return line
	}
	typed := call("unsupported_media_type", "POST", "/roles", "Guide")
	typed.Header = http.Header{"Content-Type": {"text/plain"}}
	sixth := with(call(agenthuman.CodeRateLimitExceeded, "GET", "/roles", ""), "burst")
	sixth.Times = 6
	maintained := system.UnderMaintenance(agenthuman.CodeServiceUnavailable, call("", "GET", "/roles", "").Call)

	return []system.Line{
		call(agenthuman.CodeInvalidParameters, "POST", "/sessions", `{"max_minutes":30}`),
		with(call(agenthuman.CodeInvalidAPIKey, "GET", "/roles", ""), "revoked"),
		with(call(agenthuman.CodePermissionDenied, "POST", "/roles", `{"name":"Guide"}`), "limited"),
		call(agenthuman.CodeSessionNotFound, "GET", "/sessions/123", ""),
		call(agenthuman.CodeRoleNotFound, "POST", "/sessions", `{"role_id":"role_nobody"}`),
		call(agenthuman.CodeNotFound, "GET", "/nowhere", ""),
		call(agenthuman.CodeConflict, "POST", "/sessions/ses_ended/end", ""),
		call(agenthuman.CodeUnprocessableEntity, "POST", "/sessions", `{"role_id":"role_retired"}`),
		sixth,
		call(agenthuman.CodeInternalError, "POST", "/sessions/ses_demo/speak", `{"text":"panic"}`),
		call(agenthuman.CodeBadGateway, "POST", "/sessions/ses_demo/speak", `{"text":"garble"}`),
		maintained,
		call("method_not_allowed", "DELETE", "/roles", ""),
		call("payload_too_large", "POST", "/roles", strings.Repeat("x", 1<<20+1)),
		call("uri_too_long", "GET", "/roles?"+strings.Repeat("x", 8<<10), ""),
		typed,
	}
}
