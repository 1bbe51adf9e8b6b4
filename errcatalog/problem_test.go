package errcatalog_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

func TestProblemDetailsSayWhatTheEnvelopeSays(t *testing.T) {
	t.Parallel()
	public := func(names ...string) []Param {
		var params []Param
		for _, name := range names {
			params = append(params, Param{Name: name, Type: errcatalog.String, Public: true})
		}
		return params
	}
	for _, test := range []struct {
		name     string
		envelope errcatalog.Envelope
		params   []Param
		given    []slog.Attr
		want     string
	}{
		{
			"title, status, detail, code and request ID are always there", `{"error": $message}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1"}`,
		},
		{
			"a slot keeps its member's name", `{"success": false, "meta": {"again": $retryable, "at": $timestamp}}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","again":false,"at":"1970-01-01T00:00:01Z"}`,
		},
		{
			"literals stay away", `{"success": false, "version": {"n": 2}, "c": $code}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1"}`,
		},
		{
			"a slot that is there already does not come again", `{"requestId": $request_id, "http": $status, "msg": $message, "ref": $docs_url, "name": $title, "c": $code}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1"}`,
		},
		{
			"a member named as one of RFC 9457 is renamed", `{"error": {"type": $type}}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","error_type":"kind"}`,
		},
		{
			"instance too", `{"instance": $type}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","error_instance":"kind"}`,
		},
		{
			"fields are members", `{"details": $fields?}`, public("a", "b"),
			[]slog.Attr{slog.String("a", "1"), slog.String("b", "2")},
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","a":"1","b":"2"}`,
		},
		{
			"fields named as one of RFC 9457 are renamed", `{"details": $fields}`, public("type", "title", "status", "detail", "instance", "code", "request_id"),
			[]slog.Attr{
				slog.String("type", "1"), slog.String("title", "2"), slog.String("status", "3"), slog.String("detail", "4"),
				slog.String("instance", "5"), slog.String("code", "6"), slog.String("request_id", "7"),
			},
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1",` +
				`"error_type":"1","error_title":"2","error_status":"3","error_detail":"4","error_instance":"5","error_code":"6","error_request_id":"7"}`,
		},
		{
			"a field whose new name is taken too is renamed again", `{"details": $fields}`, public("error_type", "type"),
			[]slog.Attr{slog.String("error_type", "1"), slog.String("type", "2")},
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","error_type":"1","error_error_type":"2"}`,
		},
		{
			"fields that the envelope hides are hidden", `{"error": $message}`, public("a"),
			[]slog.Attr{slog.String("a", "1")},
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1"}`,
		},
		{
			"a param that the envelope names is a member of that name", `{"param": $a?, "details": $fields}`, public("a", "b"),
			[]slog.Attr{slog.String("a", "1"), slog.String("b", "2")},
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","param":"1","b":"2"}`,
		},
		{
			"a param that only one member shows", `{"param": $a?}`, public("a", "b"),
			[]slog.Attr{slog.String("a", "1"), slog.String("b", "2")},
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","param":"1"}`,
		},
		{
			"the request ID is not shown twice", `{"details": $fields}`,
			[]Param{{Name: "request_id", From: "$request_id", Public: true}},
			nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1"}`,
		},
		{
			"but it is under another name", `{"details": $fields}`,
			[]Param{{Name: "trace", From: "$request_id", Public: true}},
			nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","trace":"r1"}`,
		},
		{
			"what a member shows, a field of that name does not repeat", `{"retryable": $retryable, "details": $fields}`,
			[]Param{{Name: "retryable", From: "$retryable", Public: true}},
			nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","retryable":false}`,
		},
		{
			"members of one name in several objects", `{"a": {"x": $type}, "b": {"x": $retryable}, "c": {"x": $timestamp}}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","x":"kind","error_x":false,"error_error_x":"1970-01-01T00:00:01Z"}`,
		},
		{
			"two types in several objects", `{"a": {"type": $type}, "b": {"type": $retryable}}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","error_type":"kind","error_error_type":false}`,
		},
		{
			"one slot under one name in several objects is one member", `{"a": {"x": $type}, "b": {"x": $type}}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","x":"kind"}`,
		},
		{
			"and so is one that is renamed", `{"a": {"type": $type}, "b": {"type": $type}}`, nil, nil,
			`{"title":"Not Found","status":404,"detail":"It is gone.","code":"p","request_id":"r1","error_type":"kind"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spec := extend(Entry{Code: "p", Status: 404, Type: "kind", Params: test.params, Messages: say("It is gone.")})
			spec.Envelope, spec.Types = test.envelope, map[string]string{"4xx": "c", "5xx": "s"}
			w := Writer{Catalog: build(t, spec)}
			meta := errcatalog.Meta{RequestID: "r1", Time: time.Unix(1, 0), Accept: []string{problemJSON}}
			reply := w.Reply(Code("p").With(test.given...), meta)
			if got := string(reply.Body); got != test.want {
				t.Errorf("the body is\n%s, want\n%s", got, test.want)
			}
			if got := reply.Header.Get("Content-Type"); got != problemJSON {
				t.Errorf("it is sent as %s", got)
			}
		})
	}
}

func TestProblemDetailsOfADocumentedCatalogue(t *testing.T) {
	t.Parallel()
	spec := extend(thing())
	spec.Docs = "https://docs.test"
	want := `{"type":"https://docs.test#thing","title":"There is no such thing.","status":404,"detail":"There is no such thing.","code":"thing"}`
	if got := body(build(t, spec), Code("thing"), problemJSON); got != want {
		t.Errorf("the body is\n%s, want\n%s", got, want)
	}
}

func TestAPinnedParamIsNotHiddenByAnotherTypeOfSlot(t *testing.T) {
	t.Parallel()
	spec := withParam(Param{Name: "a", Type: errcatalog.Object, Public: true})
	spec.Envelope = `{"e": {"a": $a?, "inner": {"f": $fields?}?}}`
	want := `{"title":"Not Found","status":404,"detail":"There is no such thing.","code":"thing","a":{"n":1}}`
	if got := body(build(t, spec), Code("thing").With(slog.Group("a", slog.Int("n", 1))), problemJSON); got != want {
		t.Errorf("the body is\n%s, want\n%s", got, want)
	}
}

func TestProblemDetailsAsTheOnlyForm(t *testing.T) {
	t.Parallel()
	spec := withParam(Param{Name: "id", Type: errcatalog.String, Public: true})
	spec.Envelope, spec.MediaType = errcatalog.ProblemDetails, problemJSON
	w := Writer{Catalog: build(t, spec)}
	for _, accept := range []string{"", "application/json", problemJSON, "text/html"} {
		reply := w.Reply(Code("thing").With(slog.String("id", "x")), errcatalog.Meta{Accept: []string{accept}, RequestID: "r1"})
		want := `{"title":"Not Found","status":404,"detail":"There is no such thing.","code":"thing","request_id":"r1","id":"x"}`
		if got := string(reply.Body); got != want {
			t.Errorf("for %q the body is\n%s, want\n%s", accept, got, want)
		}
		if got := reply.Header.Get("Content-Type"); got != problemJSON {
			t.Errorf("for %q it is sent as %s", accept, got)
		}
		if got := reply.Header["Vary"]; got != nil {
			t.Errorf("for %q it varies by %q", accept, got)
		}
	}
}
