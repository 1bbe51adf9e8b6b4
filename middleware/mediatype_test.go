package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/middleware"
)

func TestMediaTypeRefusesOtherTypes(t *testing.T) {
	t.Parallel()
	h := middleware.MediaType(errs.WriteError, "application/json", "image/*")(ok)
	for _, test := range []struct {
		name   string
		types  []string
		body   io.Reader
		status int
	}{
		{"one of them", []string{"application/json"}, strings.NewReader("{}"), 204},
		{"with a parameter", []string{"application/json ; charset=utf-8"}, strings.NewReader("{}"), 204},
		{"in capitals", []string{"Application/JSON"}, strings.NewReader("{}"), 204},
		{"in a range", []string{"image/png"}, strings.NewReader("PNG"), 204},
		{"in a range, in capitals", []string{"IMAGE/PNG"}, strings.NewReader("PNG"), 204},
		{"in chunks", []string{"application/json"}, struct{ io.Reader }{strings.NewReader("{}")}, 204},
		{"no body", []string{"text/plain"}, nil, 204},
		{"neither body nor type", nil, nil, 204},
		{"another", []string{"text/plain"}, strings.NewReader("x"), 415},
		{"another, in chunks", []string{"text/plain"}, struct{ io.Reader }{strings.NewReader("x")}, 415},
		{"none", nil, strings.NewReader("x"), 204},
		{"an empty one", []string{""}, strings.NewReader("x"), 415},
		{"two", []string{"application/json", "text/plain"}, strings.NewReader("x"), 415},
		{"two in one", []string{"application/json, text/plain"}, strings.NewReader("x"), 415},
		{"half a range", []string{"image/"}, strings.NewReader("x"), 415},
		{"a longer name", []string{"application/jsonp"}, strings.NewReader("x"), 415},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/", test.body)
			r.Header["Content-Type"] = test.types
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != test.status {
				t.Errorf("got %d, want %d", w.Code, test.status)
			}
			if got := w.Header().Get("Accept"); w.Code == 415 && got != "application/json, image/*" {
				t.Errorf("got Accept: %s", got)
			}
		})
	}
}

func TestMediaTypeTakesAllTypes(t *testing.T) {
	t.Parallel()
	h := middleware.MediaType(errs.WriteError, "*/*")(ok)
	for media, status := range map[string]int{"application/json": 204, "Text/Plain; charset=utf-8": 204, "json": 415, "": 415, "a/b, c/d": 415} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("x"))
		r.Header["Content-Type"] = []string{media}
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%q: got %d, want %d", media, w.Code, status)
		}
	}
}

func TestMediaTypePanicsAtWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, media := range []string{"json", "", "application/", "/json", "application/json; charset=utf-8", "application/json, text/plain", " text/plain"} {
		t.Run(media, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), strconv.Quote(media)) {
					t.Errorf("it panics with %v", v)
				}
			}()
			middleware.MediaType(errs.WriteError, media)
		})
	}
}

func ExampleMediaType() {
	h := middleware.MediaType(errs.WriteError, "application/json")(http.NotFoundHandler())
	r := httptest.NewRequest(http.MethodPost, "/orders", strings.NewReader("item=tea"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Accept"))
	// Output: 415 application/json
}
