package middleware_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// errs reports to nobody, so that the examples print only replies.
var errs = &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}

func ExampleStack() {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) { panic("no such luck") })
	h := middleware.Stack{Errors: errs}.Handler(mux)

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Request-Id", "req_42")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// 500 {"error":{"code":"internal_error","message":"Something went wrong on the server.","request_id":"req_42"}}
}

func ExampleStack_replies() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "pq: no rows", http.StatusNotFound)
	})
	h := middleware.Stack{Errors: errs, Logger: slog.New(slog.DiscardHandler), MaxURI: 8000}.Handler(mux)

	for _, target := range []string{"GET /orders/7", "GET /nothing", "PUT /orders/7"} {
		method, path, _ := strings.Cut(target, " ")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		fmt.Println(target, w.Code, w.Header().Get("X-Error-Code"))
	}
	// Output:
	// GET /orders/7 404 not_found
	// GET /nothing 404 not_found
	// PUT /orders/7 405 method_not_allowed
}

func ExampleRoute() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key != "route" {
			return slog.Attr{}
		}
		return a
	}}))
	r := chi.NewRouter()
	r.Use(middleware.Route)
	r.Get("/orders/{id}", func(http.ResponseWriter, *http.Request) {})
	h := middleware.Stack{Errors: errs, Logger: logger}.Handler(http.StripPrefix("/v1", r))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/orders/7", nil))
	// Output: route=/orders/{id}
}

func ExampleRecover() {
	h := middleware.Recover(errs.WriteError)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		var list []string
		_ = list[3]
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code, w.Header().Get("X-Error-Code"))
	// Output: 500 internal_error
}

func ExampleMethodNotAllowed() {
	r := chi.NewRouter()
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))
	r.Post("/orders", func(http.ResponseWriter, *http.Request) {})
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/orders", nil))
	fmt.Println(w.Code, w.Header().Get("Allow"), w.Body)
	// Output: 405 POST {"error":{"code":"method_not_allowed","message":"The resource does not have this method."}}
}
