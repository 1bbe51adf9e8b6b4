package middleware_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/listener"
)

// naive is a server as it is written without a thought of errors.
func naive() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "ord_1" {
			http.Error(w, "pq: no rows for "+r.PathValue("id"), http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, "a pound of tea")
	})
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		var order struct{ Item string }
		if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic(errors.New("pq: " + canary)) })
	mux.HandleFunc("GET /teapot", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	mux.HandleFunc("GET /gone", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"1"`)
		w.Header().Set("Location", "/orders/1")
		w.WriteHeader(http.StatusGone)
	})
	mux.Handle("GET /files/", http.StripPrefix("/files/", http.FileServer(http.Dir("."))))
	mux.Handle("GET /slow", testutil.TimesOut(""))
	mux.Handle("POST /upload", http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	}), 100))
	return mux
}

// A counter is a test that learns what errtest logs.
type counter struct {
	*testing.T
}

func (c *counter) Logf(format string, args ...any) {
	c.T.Helper()
	c.T.Logf(format, args...)
	for _, arg := range args {
		if n, ok := arg.(int); ok && n < 60 {
			c.T.Errorf("only %d were sent or judged: "+format, append([]any{n}, args...)...)
		}
	}
}

func TestAMuxOfNaiveHandlersWrappedInOneLineKeepsToTheContract(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]middleware.Stack{
		"the zero Stack": {},
		"all limits":     {MaxURI: 4000, Deadline: time.Minute, Timeout: 2 * time.Minute, MaxBody: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.Errors, s.Logger = errs, new(journal).logger()
			errtest.Suite{
				Routes:   []string{"GET /orders/ord_1", "POST /orders", "GET /files/doc.go", "POST /upload"},
				Canaries: []string{canary, "pq:"},
				Listener: func(l net.Listener) net.Listener { return listener.Wrap(l, errs) },
				Probes: []errtest.Probe{
					{Name: "an order that is not there", Target: "/orders/ord_7", Want: errcatalog.NotFound},
					{Name: "a panic", Target: "/panic", Want: errcatalog.Internal},
					{Name: "a teapot", Target: "/teapot", Want: errcatalog.BadRequest},
					{Name: "a stale success", Target: "/gone", Want: errcatalog.Gone},
					{Name: "a file that is not there", Target: "/files/nothing", Want: errcatalog.NotFound},
					{Name: "a range behind a file's end", Target: "/files/doc.go", Header: http.Header{"Range": {"bytes=99999-"}}, Want: errcatalog.RangeNotSatisfiable},
					{Name: "a file that has not changed as was asked", Target: "/files/doc.go", Header: http.Header{"If-Match": {`"1"`}}, Want: errcatalog.PreconditionFailed},
					{Name: "a slow handler", Target: "/slow", Want: errcatalog.Unavailable},
					{Name: "a large body", Method: "POST", Target: "/upload", Body: strings.Repeat("x", 101), Want: errcatalog.PayloadTooLarge},
					{Name: "the server itself", Raw: "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", Want: errcatalog.BadRequest},
					{Name: "a tunnel", Raw: "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", Want: errcatalog.NotFound},
				},
			}.Run(&counter{T: t}, s.Handler(naive()))
		})
	}
}
