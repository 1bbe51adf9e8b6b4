package errcatalog_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// Short names for what the tables are full of.
type (
	Spec    = errcatalog.Spec
	Entry   = errcatalog.Entry
	Param   = errcatalog.Param
	Message = errcatalog.Message
	Kind    = errcatalog.Kind
	Code    = errcatalog.Code
	Writer  = errcatalog.Writer
)

const problemJSON = "application/problem+json"

// build is New for specs that must be right.
func build(t testing.TB, spec Spec) *errcatalog.Catalog {
	t.Helper()
	c, err := errcatalog.New(spec)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

// roots returns the kinds without parent.
func roots() []Kind {
	return slices.DeleteFunc(errcatalog.Kinds(), func(k Kind) bool { return k.Parent() != "" })
}

// say makes one message that is for every occurrence.
func say(text string) []Message { return []Message{{Text: text}} }

// thing is an entry that is right as it stands.
func thing() Entry {
	return Entry{Code: "thing", Status: 404, Messages: say("There is no such thing.")}
}

// extend is a catalogue of the given entries above Standard.
func extend(entries ...Entry) Spec {
	return Spec{Name: "shop", Extends: errcatalog.Standard, Errors: entries}
}

// alone is a catalogue whose only entry covers every kind.
func alone(envelope errcatalog.Envelope, params ...Param) Spec {
	return Spec{Name: "alone", Envelope: envelope, Errors: []Entry{
		{Code: "any", Covers: roots(), Status: 500, Messages: say("It failed."), Params: params},
	}}
}

// body renders err and returns the body, native or as problem details.
func body(c *errcatalog.Catalog, err error, accept ...string) string {
	w := &Writer{Catalog: c}
	return string(w.Reply(err, errcatalog.Meta{Accept: accept}).Body)
}

// decode reads a JSON object.
func decode(t testing.TB, text []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%q does not decode: %v", text, err)
	}
	return m
}

// report is what a Writer's Report was told.
type report struct {
	err     *errcatalog.Error
	problem error
}

// silence has w report to nobody. Unlike what observe sets, it may be shared by
// requests at the same time.
func silence(w *Writer) {
	w.Report = func(context.Context, *errcatalog.Error, error) {}
}

// observe has w's reports gathered, from one request at a time.
func observe(w *Writer) *[]report {
	var reports []report
	w.Report = func(_ context.Context, e *errcatalog.Error, problem error) {
		reports = append(reports, report{e, problem})
	}
	return &reports
}

// respond serves one request with a handler that w wraps and that returns err.
func respond(w Writer, r *http.Request, err error) (*httptest.ResponseRecorder, []report) {
	reports := observe(&w)
	rec := httptest.NewRecorder()
	w.Handle(func(http.ResponseWriter, *http.Request) error { return err }).ServeHTTP(rec, r)
	return rec, *reports
}

func get() *http.Request { return httptest.NewRequest(http.MethodGet, "/", nil) }

// asJSON logs v as the JSON handler does, and returns the line.
func asJSON(v any) string {
	var buf bytes.Buffer
	slog.New(slog.NewJSONHandler(&buf, nil)).Info("m", "error", v)
	return buf.String()
}

// wantHas fails unless every part stands in text.
func wantHas(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in %q", part, text)
		}
	}
}

// inTime fails if f takes longer than any of these calls could with reason.
func inTime(t *testing.T, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
}

var errRoot = errors.New("the root cause")

// serve has h answer r, and returns the answer.
func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}
