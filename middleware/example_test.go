package middleware_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

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
