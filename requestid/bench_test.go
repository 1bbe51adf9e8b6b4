package requestid_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	chi "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/requestid"
)

// chi's middleware is the measure. It does less: it adopts any ID, makes its own from
// a counter, and sets no response header.
func BenchmarkHandler(b *testing.B) {
	suites := []struct {
		name string
		wrap func(http.Handler) http.Handler
	}{
		{"contrite", requestid.Handler},
		{"chi", chi.RequestID},
	}
	requests := []struct {
		name    string
		inbound []string
	}{
		{"new", nil},
		{"adopted", []string{"0197a1c2-7b1e-7c3d-9f00-2b6d5f0c9a11"}},
	}
	for _, q := range requests {
		for _, s := range suites {
			b.Run(q.name+"/"+s.name, func(b *testing.B) {
				h := s.wrap(http.HandlerFunc(nothing))
				r := httptest.NewRequest("GET", "/", nil)
				r.Header[requestid.Header] = q.inbound
				w := &discard{header: http.Header{}}
				b.ReportAllocs()
				for b.Loop() {
					h.ServeHTTP(w, r)
				}
			})
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		requestid.New()
	}
}

func BenchmarkLogHandler(b *testing.B) {
	json := slog.NewJSONHandler(io.Discard, nil)
	loggers := []struct {
		name   string
		logger *slog.Logger
	}{
		{"bare", slog.New(json)},
		{"no group", slog.New(requestid.LogHandler(json))},
		{"in a group", slog.New(requestid.LogHandler(json)).WithGroup("g").With("a", 1)},
	}
	for _, l := range loggers {
		b.Run(l.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.logger.InfoContext(serving, "m", "b", 2)
			}
		})
	}
}
