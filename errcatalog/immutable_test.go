package errcatalog_test

import (
	"fmt"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// rich is a spec with something in each of its slices and maps.
func rich() Spec {
	return Spec{
		Name: "rich", Extends: errcatalog.Standard,
		Headers: map[string]string{"X-Error-Code": "$code", "X-Api": "rich"},
		Types:   map[string]string{"404": "missing"},
		Errors: []Entry{{
			Code: "agent_missing", Covers: []Kind{errcatalog.NotFound}, Status: 404,
			Params: []Param{
				{Name: "state", Type: errcatalog.String, Public: true, As: errcatalog.Label, Labels: map[string]string{"on": "switched on"}},
				{Name: "names", Type: errcatalog.StringList, Public: true, Default: slog.AnyValue([]string{"ann"})},
				{Name: "tags", Type: errcatalog.StringList, Example: slog.AnyValue([]string{"red"})},
				{Name: "parts", Type: errcatalog.Object, Public: true, Default: slog.GroupValue(slog.Int("n", 1))},
			},
			Messages: []Message{
				{When: []Kind{errcatalog.RouteNotFound}, Text: "No route is {state:label}."},
				{Text: "No agent."},
			},
			Fix: []string{"Look again."}, Wait: time.Second,
		}},
	}
}

func TestACatalogueKeepsNothingOfItsSpec(t *testing.T) {
	t.Parallel()
	spec := rich()
	c := build(t, spec)
	occurrence := errcatalog.RouteNotFound.With(slog.String("state", "on"))
	reply, entries := fmt.Sprint((&Writer{Catalog: c}).Reply(occurrence, errcatalog.Meta{})), c.Errors()[0]
	want := build(t, rich()).Errors()[0]
	if !reflect.DeepEqual(entries, want) {
		t.Fatalf("two of one spec differ:\n%+v\n%+v", entries, want)
	}

	spec.Headers["X-Api"], spec.Types["404"] = "spoilt", "spoilt"
	spoil(&spec.Errors[0])
	if got := c.Errors()[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("the entry changed with the spec:\n%+v, was\n%+v", got, want)
	}
	if got := fmt.Sprint((&Writer{Catalog: c}).Reply(occurrence, errcatalog.Meta{})); got != reply {
		t.Errorf("the reply changed with the spec:\n%s, was\n%s", got, reply)
	}
	above := build(t, Spec{Name: "above", Extends: c})
	if got := fmt.Sprint((&Writer{Catalog: above}).Reply(occurrence, errcatalog.Meta{})); got != reply {
		t.Errorf("what extends it changed with the spec:\n%s, was\n%s", got, reply)
	}
}

// spoil changes everything that an entry refers to.
func spoil(e *Entry) {
	e.Covers[0] = errcatalog.Gone
	e.Params[0].Labels["on"] = "spoilt"
	e.Params[1].Default.Any().([]string)[0] = "spoilt"
	e.Params[2].Example.Any().([]string)[0] = "spoilt"
	e.Params[3].Default.Group()[0] = slog.String("n", "spoilt")
	e.Messages[0].When[0] = errcatalog.Gone
	e.Messages[1].Text = "Spoilt."
	e.Params[3].Name = "spoilt"
	e.Fix[0] = "Spoilt."
	e.Code, e.Status = "spoilt", 500
}

func TestTheListOfEntriesIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	c := build(t, rich())
	c.Errors()[0] = Entry{Code: "spoilt"}
	if got := c.Errors()[0].Code; got != "agent_missing" {
		t.Errorf("the first entry is %s", got)
	}
}

func TestAReplyIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	w := &Writer{Catalog: build(t, rich())}
	first := w.Reply(errcatalog.Unauthenticated, errcatalog.Meta{})
	want := fmt.Sprint(w.Reply(errcatalog.Unauthenticated, errcatalog.Meta{}))
	for _, values := range first.Header {
		values[0] = "spoilt"
	}
	for i := range first.Body {
		first.Body[i] = 'x'
	}
	if got := fmt.Sprint(w.Reply(errcatalog.Unauthenticated, errcatalog.Meta{})); got != want {
		t.Errorf("the next reply is\n%s, want\n%s", got, want)
	}
}

func TestAnErrorIsNotChangedThroughTheParamsItWasMadeOf(t *testing.T) {
	t.Parallel()
	params := []slog.Attr{slog.Int("max_bytes", 5)}
	ofKind, ofCode := errcatalog.PayloadTooLarge.With(params...), Code("payload_too_large").With(params...)
	more := ofKind.With(params...)
	params[0] = slog.Int("max_bytes", 6)
	for _, e := range []*errcatalog.Error{ofKind, ofCode, more} {
		if got := e.Params()[0].Value.Int64(); got != 5 {
			t.Errorf("max_bytes is %d", got)
		}
	}
}
