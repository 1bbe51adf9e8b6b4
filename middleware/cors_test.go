package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// cors is how CORS middlewares are written by hand.
func cors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Expose-Headers", "X-Request-Id")
		next.ServeHTTP(w, r)
	})
}

func TestErrorsKeepTheHeadersOfCORS(t *testing.T) {
	t.Parallel()
	handlers := map[string]http.Handler{
		"an error":     errs.Always(errcatalog.Conflict),
		"a panic":      http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }),
		"text":         http.NotFoundHandler(),
		"a bare error": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }),
	}
	late := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	closed := new(middleware.Maintenance)
	closed.On(time.Minute)
	quiet := func(s middleware.Stack) middleware.Stack {
		s.Errors, s.Logger = errs, new(journal).logger()
		return s
	}
	servers := map[string]http.Handler{
		"outside: a long target": cors(quiet(middleware.Stack{MaxURI: 1}).Handler(ok)),
		"outside: maintenance":   cors(quiet(middleware.Stack{Maintenance: closed}).Handler(ok)),
		"outside: a timeout":     cors(quiet(middleware.Stack{Timeout: time.Millisecond}).Handler(late)),
		"outside: a large body":  cors(quiet(middleware.Stack{MaxBody: 1}).Handler(ok)),
	}
	for name, h := range handlers {
		for which, s := range map[string]middleware.Stack{"": {}, " with all limits": limits} {
			servers["outside: "+name+which] = cors(quiet(s).Handler(h))
			servers["inside: "+name+which] = quiet(s).Handler(cors(h))
		}
	}
	for name, h := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testutil.Serve(t, h, false)
			r := httptest.NewRequest(http.MethodPost, s.URL+"/orders", strings.NewReader("{}"))
			r.RequestURI = ""
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Origin", "https://app.test")
			resp, _ := testutil.Do(t, s.Client(), r)
			if resp.StatusCode < 400 || resp.Header.Get("X-Error-Code") == "" {
				t.Fatalf("got %s, no error of the contract", resp.Status)
			}
			if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "https://app.test" {
				t.Errorf("Access-Control-Allow-Origin is %q", got)
			}
			if got := strings.Join(resp.Header["Vary"], ", "); got != "Origin, Accept" {
				t.Errorf("Vary is %q", got)
			}
		})
	}
}
