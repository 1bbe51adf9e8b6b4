package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

func TestMethodNotAllowedNamesTheMethodsOfThePath(t *testing.T) {
	t.Parallel()
	errs := new(errcatalog.Writer)
	ok := func(http.ResponseWriter, *http.Request) {}
	sub := chi.NewRouter()
	sub.Get("/{id}", ok)
	sub.Patch("/{id}", ok)
	r := chi.NewRouter()
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))
	r.Post("/things", ok)
	r.Get("/files/*", ok)
	r.Mount("/items", sub)
	tests := []struct{ name, method, path, allow string }{
		{"one method", "GET", "/things", "POST"},
		{"GET brings HEAD", "PUT", "/files/a/b", "GET, HEAD"},
		{"within a mounted router", "DELETE", "/items/7", "GET, HEAD, PATCH"},
		{"an escaped path", "DELETE", "/items/a%2Fb", "GET, HEAD, PATCH"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
			if w.Code != 405 || w.Header().Get("Allow") != tt.allow {
				t.Errorf("got %d, Allow: %q, want %q", w.Code, w.Header().Get("Allow"), tt.allow)
			}
		})
	}
}

func TestMethodNotAllowedFollowsAPathThatAMiddlewareChanged(t *testing.T) {
	t.Parallel()
	ok := func(http.ResponseWriter, *http.Request) {}
	r := chi.NewRouter()
	r.Use(chimiddleware.CleanPath, chimiddleware.StripSlashes)
	r.MethodNotAllowed(middleware.MethodNotAllowed(new(errcatalog.Writer).WriteError))
	r.Get("/things", ok)
	r.Route("/v1", func(r chi.Router) {
		r.Put("/", ok)
		r.Post("/things", ok)
		r.Route("/{id}/parts", func(r chi.Router) { r.Patch("/{part}", ok) })
	})
	for path, allow := range map[string]string{
		"/things/": "GET, HEAD", "//things": "GET, HEAD", "/v1/": "PUT", "/v1/things/": "POST", "/v1/./7//parts/8/": "PATCH", "/v1/7/parts/8": "PATCH",
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("DELETE", "http://api.test"+path, nil))
		if w.Code != 405 || w.Header().Get("Allow") != allow {
			t.Errorf("%s: got %d, Allow: %q, want %q", path, w.Code, w.Header().Get("Allow"), allow)
		}
	}
}

func TestMethodNotAllowedOutsideChiAllowsNothing(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	middleware.MethodNotAllowed(new(errcatalog.Writer).WriteError)(w, httptest.NewRequest("GET", "/", nil))
	if values, ok := w.Header()["Allow"]; w.Code != 405 || !ok || values[0] != "" {
		t.Errorf("got %d, Allow: %q, want an empty Allow", w.Code, values)
	}
}
