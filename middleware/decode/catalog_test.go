package decode_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/middleware/decode"
)

// The bodies of the published contracts.
type (
	so1Agent struct {
		ID     string     `json:"id" decode:"required"`
		Name   string     `json:"name" decode:"required"`
		Domain string     `json:"domain" decode:"required"`
		Config *so1Config `json:"config"`
	}
	so1Config struct {
		Timeout  int      `json:"timeout_seconds"`
		Priority Priority `json:"priority"`
	}
	session struct {
		RoleID  string `json:"role_id" decode:"required"`
		Minutes *int   `json:"max_minutes"`
	}
	faosAgent struct {
		Name     string `json:"name" decode:"required"`
		Type     string `json:"type" decode:"required"`
		Ontology string `json:"ontology" decode:"required"`
		Level    string `json:"autonomy_level"`
	}
)

func (s session) Validate() []errcatalog.Violation {
	if s.Minutes != nil && (*s.Minutes < 1 || *s.Minutes > 120) {
		return []errcatalog.Violation{{Field: "max_minutes", Reason: "between 1 and 120"}}
	}
	return nil
}

func (a faosAgent) Validate() []errcatalog.Violation {
	if a.Level == "" || len(a.Level) == 2 && a.Level >= "L1" && a.Level <= "L4" {
		return nil
	}
	return []errcatalog.Violation{{Field: "autonomy_level", Reason: "must be L1, L2, L3, or L4"}}
}

const (
	so1Head  = `{"success":false,"error":{"code":`
	so1Tail  = `},"metadata":{"timestamp":"2026-03-10T15:30:00Z","request_id":"req_1"}}`
	faosType = `"type":"validation_error",`
	faosTail = `"request_id":"req_1","documentation_url":"https://docs.faosx.ai/api/errors#`
)

func TestEachContractSaysItInItsWay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		catalog *errcatalog.Catalog
		into    any
		body    string
		want    string
	}{
		{
			"so1, no JSON", so1.Catalog, new(so1Agent), "{\n  \"id\": \"a\",\n}",
			so1Head + `"invalid_json","message":"Request body is not valid JSON.","details":{"line":3,"column":1}` + so1Tail,
		},
		{
			"so1, nothing", so1.Catalog, new(so1Agent), "",
			so1Head + `"invalid_json","message":"Request body is not valid JSON.","details":{"line":1,"column":1}` + so1Tail,
		},
		{
			"so1, more than one value", so1.Catalog, new(so1Agent), `{} {}`,
			so1Head + `"invalid_json","message":"Request body is not valid JSON.","details":{"line":1,"column":4}` + so1Tail,
		},
		{
			"so1, one absent field", so1.Catalog, new(so1Agent), `{"id":"a","domain":"d"}`,
			so1Head + `"missing_required_field","message":"Required field is missing from request.","details":{"field":"name"}` + so1Tail,
		},
		{
			"so1, two absent fields", so1.Catalog, new(so1Agent), `{"id":"a"}`,
			so1Head + `"validation_error","message":"Request validation failed.","details":{"errors":[` +
				`{"field":"/name","reason":"is required"},{"field":"/domain","reason":"is required"}]}` + so1Tail,
		},
		{
			"so1, an absent field and a value out of range", so1.Catalog, new(so1Agent), `{"id":"a","domain":"d","config":{"priority":"now"}}`,
			so1Head + `"validation_error","message":"Request validation failed.","details":{"errors":[` +
				`{"field":"/name","reason":"is required"},{"field":"/config/priority","reason":"must be low, normal or high"}]}` + so1Tail,
		},
		{
			"so1, a wrong type", so1.Catalog, new(so1Agent), `{"id":"a","name":"n","domain":"d","config":{"timeout_seconds":"5"}}`,
			so1Head + `"validation_error","message":"Request validation failed.","details":{"errors":[` +
				`{"field":"/config/timeout_seconds","reason":"must be an integer"}]}` + so1Tail,
		},

		{
			"agenthuman, an absent field", agenthuman.Catalog, new(session), `{}`,
			`{"error":{"code":"invalid_parameters","message":"The 'role_id' field is required","details":{"field":"role_id","requirement":"required"}}}`,
		},
		{
			"agenthuman, a value out of range", agenthuman.Catalog, new(session), `{"role_id":"r","max_minutes":0}`,
			`{"error":{"code":"invalid_parameters","message":"Invalid request parameters or malformed request body. Check that all required fields are provided and properly formatted.",` +
				`"details":{"field":"max_minutes","requirement":"between 1 and 120"}}}`,
		},
		{
			"agenthuman, no JSON", agenthuman.Catalog, new(session), `{`,
			`{"error":{"code":"invalid_parameters","message":"Invalid request parameters or malformed request body. Check that all required fields are provided and properly formatted.",` +
				`"details":{"field":"body","requirement":"must be a JSON object"}}}`,
		},

		{"onecli, no JSON", onecli.Catalog, new(session), `nope`, `{"error":"Request body is not valid JSON"}`},
		{"onecli, an absent field", onecli.Catalog, new(session), `{}`, `{"error":"role_id is required"}`},
		{"onecli, a wrong type", onecli.Catalog, new(session), `{"role_id":7}`, `{"error":"role_id must be a string"}`},

		{
			"faos, absent fields", faos.Catalog, new(faosAgent), `{"type":"t"}`,
			`{"error":{"code":"missing_required_field","message":"Missing required field: 'name'",` + faosType + `"param":"name",` +
				faosTail + `missing_required_field","required_fields":["name","type","ontology"]}}`,
		},
		{
			"faos, an absent field and more", faos.Catalog, new(faosAgent), `{"autonomy_level":"L9","name":"n","type":"t"}`,
			`{"error":{"code":"missing_required_field","message":"Missing required field: 'ontology'",` + faosType + `"param":"ontology",` +
				faosTail + `missing_required_field","required_fields":["name","type","ontology"]}}`,
		},
		{
			"faos, a value that is none", faos.Catalog, new(faosAgent), `{"autonomy_level":"high","name":"n","type":"t","ontology":"o"}`,
			`{"error":{"code":"invalid_parameter","message":"Invalid value for 'autonomy_level': must be L1, L2, L3, or L4",` + faosType + `"param":"autonomy_level",` +
				faosTail + `invalid_parameter"}}`,
		},
		{
			"faos, no JSON", faos.Catalog, new(faosAgent), `{'name':1}`,
			`{"error":{"code":"invalid_request_body","message":"Request body is not valid JSON",` + faosType + faosTail + `invalid_request_body"}}`,
		},
		{
			"faos, no object", faos.Catalog, new(faosAgent), `7`,
			`{"error":{"code":"invalid_parameter","message":"Invalid request body: must be an object",` + faosType + faosTail + `invalid_parameter"}}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := new(decode.Decoder).Unmarshal([]byte(tt.body), tt.into)
			meta := errcatalog.Meta{RequestID: "req_1", Time: time.Date(2026, 3, 10, 15, 30, 0, 0, time.UTC)}
			reply := (&errcatalog.Writer{Catalog: tt.catalog}).Reply(err, meta)
			if reply.Status != 400 || string(reply.Body) != tt.want {
				t.Errorf("got  %d %s\nwant 400 %s", reply.Status, reply.Body, tt.want)
			}
		})
	}
}

func TestEachContractRefusesOtherBodies(t *testing.T) {
	t.Parallel()
	d := &decode.Decoder{MediaTypes: []string{"application/json"}, MaxBytes: 100}
	for name, c := range map[string]*errcatalog.Catalog{
		"standard": errcatalog.Standard, "so1": so1.Catalog, "agenthuman": agenthuman.Catalog, "onecli": onecli.Catalog, "faos": faos.Catalog,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			errs := &errcatalog.Writer{Catalog: c, Report: func(context.Context, *errcatalog.Error, error) {}}
			send := func(mediaType, body string) *httptest.ResponseRecorder {
				r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
				r.Header.Set("Content-Type", mediaType)
				w := httptest.NewRecorder()
				errs.Handle(func(_ http.ResponseWriter, r *http.Request) error {
					return d.JSON(r, new(session))
				}).ServeHTTP(w, r)
				return w
			}
			if w := send("text/xml", "{}"); w.Code != 415 || w.Header().Get("Accept") != "application/json" {
				t.Errorf("another media type gets %d, Accept %q", w.Code, w.Header().Get("Accept"))
			}
			if w := send("application/json", `"`+strings.Repeat("x", 100)); w.Code != 413 || w.Header().Get("Connection") != "close" {
				t.Errorf("a long body gets %d, Connection %q", w.Code, w.Header().Get("Connection"))
			}
		})
	}
}
