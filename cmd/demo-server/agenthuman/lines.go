package agenthuman

import (
	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
)

// Lines returns a line for each code that the API can be made to answer.
func Lines() []system.Line {
	return append([]system.Line{
		{Code: agenthuman.CodeInvalidParameters, Call: system.Post("/sessions", `{"max_minutes":30}`)},
		{Code: agenthuman.CodeInvalidAPIKey, Call: system.Get("/roles").As("revoked")},
		{Code: agenthuman.CodePermissionDenied, Call: system.Post("/roles", `{"name":"Guide"}`).As("limited")},
		{Code: agenthuman.CodeSessionNotFound, Call: system.Get("/sessions/123")},
		{Code: agenthuman.CodeRoleNotFound, Call: system.Post("/sessions", `{"role_id":"role_nobody"}`)},
		{Code: agenthuman.CodeNotFound, Call: system.Get("/nowhere")},
		{Code: agenthuman.CodeConflict, Call: system.Post("/sessions/ses_ended/end", "")},
		{Code: agenthuman.CodeUnprocessableEntity, Call: system.Post("/sessions", `{"role_id":"role_retired"}`)},
		{Code: agenthuman.CodeInternalError, Call: system.Post("/sessions/ses_demo/speak", `{"text":"panic"}`)},
		{Code: agenthuman.CodeBadGateway, Call: system.Post("/sessions/ses_demo/speak", `{"text":"garble"}`)},
	}, system.Everywhere("/roles", agenthuman.CodeRateLimitExceeded, agenthuman.CodeServiceUnavailable)...)
}
