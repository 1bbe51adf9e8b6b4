package errcatalog_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
		v      any
		set    string
		typ    string
		body   string
	}{
		{"an object", 200, map[string]int{"n": 1}, "", "application/json", `{"n":1}`},
		{"another status", 201, []int{1}, "", "application/json", `[1]`},
		{"null", 200, nil, "", "application/json", `null`},
		{"a media type that is set", 200, 1, "application/vnd.shop+json", "application/vnd.shop+json", `1`},
		{"no content", 204, map[string]int{"n": 1}, "", "", ``},
		{"not modified", 304, map[string]int{"n": 1}, "", "", ``},
		{"no content, whatever the value", 204, make(chan int), "", "", ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := httptest.NewRecorder()
			if test.set != "" {
				rec.Header().Set("Content-Type", test.set)
			}
			if err := errcatalog.WriteJSON(rec, test.status, test.v); err != nil {
				t.Fatal(err)
			}
			if rec.Code != test.status || rec.Body.String() != test.body || rec.Header().Get("Content-Type") != test.typ {
				t.Errorf("it sends %d %s, %q", rec.Code, rec.Header().Get("Content-Type"), rec.Body)
			}
		})
	}
}

func TestWriteJSONSendsNothingOfAValueThatDoesNotEncode(t *testing.T) {
	t.Parallel()
	w := Writer{}
	reports := observe(&w)
	rec := serve(w.Handle(func(rw http.ResponseWriter, _ *http.Request) error {
		return errcatalog.WriteJSON(rw, 200, make(chan int))
	}), get())
	if rec.Code != 500 || !strings.Contains(rec.Body.String(), `"internal_error"`) {
		t.Errorf("it answers %d %s", rec.Code, rec.Body)
	}
	wantHas(t, (*reports)[0].err.Unwrap().Error(), "errcatalog: encoding a response: json: unsupported type")
}

func TestWriteJSONReturnsTheErrorOfTheConnection(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	if err := errcatalog.WriteJSON(&brokenWriter{err: broken}, 200, 1); !errors.Is(err, broken) {
		t.Errorf("it returns %v", err)
	}
}
