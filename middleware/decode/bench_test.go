package decode_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/contrite-go/contrite/middleware/decode"
)

type workflow struct {
	Name  string            `json:"name" decode:"required"`
	Steps []workflowStep    `json:"steps" decode:"required"`
	Tags  map[string]string `json:"tags"`
}

type workflowStep struct {
	ID        string   `json:"id" decode:"required"`
	Agent     string   `json:"agent" decode:"required"`
	Timeout   int      `json:"timeout"`
	Weight    float64  `json:"weight"`
	Retry     *bool    `json:"retry"`
	DependsOn []string `json:"depends_on"`
}

var small = []byte(`{"id":"a1","name":"Ada","config":{"priority":"high","tags":["x","y"]}}`)

// large is a workflow of n steps.
func large(n int) []byte {
	retry := true
	w := workflow{Name: "Quarterly report", Tags: map[string]string{"team": "finance", "stage": "draft"}}
	for range n {
		w.Steps = append(w.Steps, workflowStep{
			ID: "collect", Agent: "agt_reader", Timeout: 300, Weight: 0.75, Retry: &retry, DependsOn: []string{"fetch", "grüß\ndich"},
		})
	}
	text, err := json.Marshal(w)
	if err != nil {
		panic(err)
	}
	return text
}

// BenchmarkBody is a request's body, beside a json.Decoder that refuses unknown
// fields.
func BenchmarkBody(b *testing.B) {
	for _, c := range []struct {
		name string
		body []byte
		v    func() any
	}{
		{"small", small, func() any { return new(Agent) }},
		{"steps10", large(10), func() any { return new(workflow) }},
		{"steps1000", large(1000), func() any { return new(workflow) }},
		{"any", large(10), func() any { return new(any) }},
	} {
		run := func(name string, read func(r *http.Request, v any) error) {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				body := bytes.NewReader(c.body)
				r := httptest.NewRequest(http.MethodPost, "/", body)
				r.Body = io.NopCloser(body)
				b.ReportAllocs()
				b.SetBytes(int64(len(c.body)))
				for b.Loop() {
					body.Reset(c.body)
					if err := read(r, c.v()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("decode", decode.JSON)
		run("encoding-json", func(r *http.Request, v any) error {
			d := json.NewDecoder(r.Body)
			d.DisallowUnknownFields()
			return d.Decode(v)
		})
	}
}
