package middleware_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// ok answers every request with 204.
var ok = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

// ask serves a request for the target.
func ask(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestMaintenanceRefusesWhileItIsOn(t *testing.T) {
	t.Parallel()
	var m middleware.Maintenance
	h := m.Handler(errs.WriteError)(ok)
	for _, test := range []struct {
		name   string
		turn   func()
		status int
		wait   string
	}{
		{"at first", func() {}, 204, ""},
		{"on", func() { m.On(90 * time.Second) }, 503, "90"},
		{"on for less than a second", func() { m.On(time.Millisecond) }, 503, "1"},
		{"on for as long as the catalogue says", func() { m.On(0) }, 503, "30"},
		{"on for less than nothing", func() { m.On(-time.Hour) }, 503, "30"},
		{"off", m.Off, 204, ""},
		{"off again", m.Off, 204, ""},
	} {
		test.turn()
		w := ask(h, http.MethodGet, "/")
		if w.Code != test.status || w.Header().Get("Retry-After") != test.wait {
			t.Errorf("%s: got %d, Retry-After %q", test.name, w.Code, w.Header().Get("Retry-After"))
		}
		if err := m.Check(); errors.Is(err, errcatalog.Maintenance) != (test.status == 503) {
			t.Errorf("%s: Check returns %v", test.name, err)
		}
	}
}

func ExampleMaintenance() {
	var maintenance middleware.Maintenance
	h := maintenance.Handler(errs.WriteError)(http.NotFoundHandler())

	maintenance.On(5 * time.Minute)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code, w.Header().Get("Retry-After"), w.Body)
	// Output: 503 300 {"error":{"code":"service_unavailable","message":"The service is under maintenance."}}
}
