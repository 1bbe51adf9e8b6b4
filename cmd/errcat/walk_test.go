package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/middleware"
)

// TestEveryEntryInEveryFormIsAsItsSchemaSays sends every entry of every catalogue,
// in every form, through the real writer, and holds the reply against the schema
// that the catalogue has for it.
func TestEveryEntryInEveryFormIsAsItsSchemaSays(t *testing.T) {
	t.Parallel()
	problems := errcatalog.Must(errcatalog.New(errcatalog.Spec{
		Name: "problems", Extends: errcatalog.Standard,
		Envelope: errcatalog.ProblemDetails, MediaType: "application/problem+json",
	}))
	for _, c := range []*errcatalog.Catalog{
		errcatalog.Standard, problems, so1.Catalog, agenthuman.Catalog, onecli.Catalog, faos.Catalog,
	} {
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			for _, entry := range c.Errors() {
				for i, err := range occurrences(entry) {
					for _, accept := range []string{"application/json", "application/problem+json"} {
						t.Run(fmt.Sprintf("%s/%d/%s", entry.Code, i, accept), func(t *testing.T) {
							checkReply(t, c, entry, err, accept)
						})
					}
				}
			}
		})
	}
}

// occurrences returns the entry in its forms: bare, with everything it declares,
// and with what each of its messages says, for each kind that one is for.
func occurrences(e errcatalog.Entry) []*errcatalog.Error {
	all := []*errcatalog.Error{e.Code.With(), e.Code.With(examples(e, "")...)}
	for _, k := range e.Covers {
		all = append(all, k.With(), k.With(examples(e, "")...))
	}
	for _, m := range e.Messages {
		occurrence := e.Code.With(examples(e, m.Text)...)
		all = append(all, occurrence)
		for _, k := range m.When {
			all = append(all, occurrence.Of(k))
		}
	}
	return all
}

// examples returns the entry's params by their examples, or only those in a message.
func examples(e errcatalog.Entry, message string) []slog.Attr {
	var attrs []slog.Attr
	for _, p := range e.Params {
		if strings.HasPrefix(p.From, "$") || p.Example.Equal(slog.Value{}) ||
			message != "" && !strings.Contains(message, "{"+p.Name) {
			continue
		}
		source := p.Name
		if p.From != "" {
			source = p.From
		}
		attrs = append(attrs, slog.Attr{Key: source, Value: p.Example})
	}
	return attrs
}

func checkReply(t *testing.T, c *errcatalog.Catalog, entry errcatalog.Entry, err error, accept string) {
	t.Helper()
	quiet := func(context.Context, *errcatalog.Error, error) {}
	errs := &errcatalog.Writer{Catalog: c, Report: quiet}
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept", accept)
	middleware.Stack{Errors: errs}.Handler(errs.Always(err)).ServeHTTP(w, r)

	if w.Code != entry.Status || w.Header().Get("X-Error-Code") != string(entry.Code) {
		t.Errorf("got %d %s, want %d", w.Code, w.Header().Get("X-Error-Code"), entry.Status)
	}
	text := c.Schema(entry.Code, w.Header().Get("Content-Type"))
	if text == nil {
		t.Fatalf("there is no schema for %s as %s", entry.Code, w.Header().Get("Content-Type"))
	}
	if err := validate(t, text, w.Body.Bytes()); err != nil {
		t.Errorf("%v\nschema %s\nbody %s", err, text, w.Body)
	}
	other := bytes.Replace(w.Body.Bytes(), []byte(`{`), []byte(`{"undeclared":true,`), 1)
	if validate(t, text, other) == nil {
		t.Errorf("the schema takes a body with another member: %s", text)
	}
}

func validate(t *testing.T, schema json.RawMessage, body []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}
