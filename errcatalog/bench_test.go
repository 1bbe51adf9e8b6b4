package errcatalog_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// A discard is a response writer that costs nothing.
type discard struct {
	header http.Header
	bytes  int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(p []byte) (int, error) { d.bytes = len(p); return len(p), nil }

// reset empties the header, as for a new response.
func (d *discard) reset() { clear(d.header) }

// byHand is the same envelope as a struct.
type byHand struct {
	Error byHandError `json:"error"`
}

type byHandError struct {
	Code             string `json:"code"`
	Message          string `json:"message"`
	Type             string `json:"type"`
	Param            string `json:"param,omitempty"`
	RequestID        string `json:"request_id"`
	DocumentationURL string `json:"documentation_url"`
}

// agentID is a variable, as in a handler: the message is made when it is written.
var agentID = "agt_abc123"

// request is a request whose state has an ID, as within the suite.
func request(tb testing.TB, w http.ResponseWriter) (http.ResponseWriter, *http.Request) {
	tb.Helper()
	r, err := http.NewRequest(http.MethodGet, "/v1/agents/"+agentID, nil)
	if err != nil {
		tb.Fatal(err)
	}
	st, _, r := reqstate.Ensure(w, r)
	st.RequestID = "req_0197fd0a-9b5e-7a7e-8f0e-0d7c7b1d6f2a"
	return w, r
}

var agentNotFound = errcatalog.Code("agent_not_found").With(slog.String("agent_id", agentID))

func TestWritingAnErrorDoesNotAllocate(t *testing.T) {
	w := &errcatalog.Writer{Catalog: faos.Catalog}
	d := &discard{header: http.Header{}}
	rw, r := request(t, d)
	allocs := testing.AllocsPerRun(1000, func() {
		d.reset()
		w.WriteError(rw, r, agentNotFound)
	})
	if allocs != 0 {
		t.Errorf("WriteError makes %v allocations, want none", allocs)
	}
	if d.bytes < 230 || d.bytes > 330 {
		t.Errorf("the body has %d bytes, and is meant to have about 250", d.bytes)
	}
}

// byHandNotFound is what a handler fills in.
func byHandNotFound(requestID string) byHand {
	return byHand{byHandError{
		Code:             "agent_not_found",
		Message:          "Agent with ID '" + agentID + "' does not exist",
		Type:             "resource_error",
		Param:            "agent_id",
		RequestID:        requestID,
		DocumentationURL: "https://docs.faosx.ai/api/errors#agent_not_found",
	}}
}

// TestNoBodyAllocates renders every golden into a buffer that is large enough.
func TestNoBodyAllocates(t *testing.T) {
	buf := make([]byte, 0, 4<<10)
	meta := errcatalog.Meta{RequestID: "req_1", Time: moment}
	for system, cases := range goldens {
		w := &errcatalog.Writer{Catalog: published[system]}
		for _, g := range withKinds(cases) {
			if allocs := testing.AllocsPerRun(10, func() { w.AppendBody(buf, g.err, meta) }); allocs != 0 {
				t.Errorf("%s: %s makes %v allocations, want none", system, g.name, allocs)
			}
		}
	}
}

// BenchmarkErrorBody compares the rendering of one error with a json.Encoder on a
// struct of the same envelope.
func BenchmarkErrorBody(b *testing.B) {
	const requestID = "req_0197fd0a-9b5e-7a7e-8f0e-0d7c7b1d6f2a"
	b.Run("contrite", func(b *testing.B) {
		w := &errcatalog.Writer{Catalog: faos.Catalog}
		meta := errcatalog.Meta{RequestID: requestID}
		var buf []byte
		b.ReportAllocs()
		for b.Loop() {
			buf = w.AppendBody(buf[:0], agentNotFound, meta)
			_, _ = io.Discard.Write(buf)
		}
		b.SetBytes(int64(len(buf)))
	})
	b.Run("json.Encoder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v := byHandNotFound(requestID)
			_ = json.NewEncoder(io.Discard).Encode(&v)
		}
	})
}

// BenchmarkWriteError compares a whole reply with the same one written by hand:
// headers set, and a json.Encoder on a struct.
func BenchmarkWriteError(b *testing.B) {
	d := &discard{header: http.Header{}}
	rw, r := request(b, d)
	b.Run("contrite", func(b *testing.B) {
		w := &errcatalog.Writer{Catalog: faos.Catalog}
		b.ReportAllocs()
		for b.Loop() {
			d.reset()
			w.WriteError(rw, r, agentNotFound)
		}
	})
	b.Run("json.Encoder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.reset()
			h := rw.Header()
			h.Set("Content-Type", "application/json")
			h.Set("Cache-Control", "no-store")
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Vary", "Accept")
			h.Set("X-Error-Code", "agent_not_found")
			rw.WriteHeader(http.StatusNotFound)
			v := byHandNotFound(reqstate.From(r.Context()).RequestID)
			_ = json.NewEncoder(rw).Encode(&v)
		}
	})
}
