package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// A dropping writer drops what is written, as one does that tries again.
type dropping struct {
	http.ResponseWriter
	header http.Header
}

func (w dropping) Header() http.Header         { return w.header }
func (w dropping) WriteHeader(int)             {}
func (w dropping) Write(p []byte) (int, error) { return len(p), nil }
func (w dropping) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// The cause of a 5xx is in the log, whatever became of the reply.
func TestADroppedErrorIsToldWithWhatWasSent(t *testing.T) {
	t.Parallel()
	lost := errcatalog.Internal.Because(errors.New("lost"))
	first := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			errs.WriteError(dropping{w, http.Header{}}, r, lost)
			next(w, r)
		}
	}
	nothing := func(http.ResponseWriter, *http.Request) {}
	hang := func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		time.Sleep(time.Second)
	}
	answered := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			errs.WriteError(w, r, lost)
			next(w, r)
		}
	}
	for name, test := range map[string]struct {
		h      http.HandlerFunc
		limit  time.Duration
		status float64
		code   any
	}{
		"a success":                   {first(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), 0, 204, nil},
		"no reply":                    {first(nothing), 0, 200, nil},
		"another error":               {first(errs.Always(errcatalog.Unavailable)), 0, 503, "service_unavailable"},
		"one of its code":             {first(errs.Always(errcatalog.Internal)), 0, 500, "internal_error"},
		"one that no rule recognizes": {first(errs.Always(io.ErrUnexpectedEOF)), 0, 500, "internal_error"},
		"one through a wrapper": {first(func(w http.ResponseWriter, r *http.Request) {
			errs.WriteError(chimiddleware.NewWrapResponseWriter(w, 1), r, errcatalog.Gone)
		}), 0, 410, "gone"},
		"a text":                   {first(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "text", 404) }), 0, 404, "not_found"},
		"a panic":                  {first(func(http.ResponseWriter, *http.Request) { panic(canary) }), 0, 500, "internal_error"},
		"a panic within a Timeout": {answered(func(http.ResponseWriter, *http.Request) { panic(canary) }), time.Hour, 500, "internal_error"},
		"a passed deadline":        {answered(hang), time.Second, 504, "gateway_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log journal
				ask(middleware.Stack{Errors: new(errcatalog.Writer), Logger: log.logger(), Timeout: test.limit}.Handler(test.h), http.MethodGet, "/")
				time.Sleep(time.Minute) // until the handler has ended
				record := log.only(t)
				shows(t, record, map[string]any{"status": test.status, "code": test.code})
				if dropped, ok := record["dropped"].(map[string]any); !ok || dropped["cause"] != "lost" {
					t.Errorf("of the dropped error, the record has %v: %v", record["dropped"], record)
				}
			})
		})
	}
}

// What a part of a reply fails with is not the reply's.
func TestAPartsFailureIsNotThatOfATypedReply(t *testing.T) {
	t.Parallel()
	var log journal
	h := middleware.Stack{Errors: errs, Logger: log.logger()}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(503)
		_, _ = io.WriteString(w, "<p>")
		_ = http.NewResponseController(w).Flush()
		errs.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Unavailable }).ServeHTTP(httptest.NewRecorder(), r)
	}))
	ask(h, http.MethodGet, "/")
	shows(t, log.only(t), map[string]any{"status": 503.0, "code": nil, "error": nil})
}

func TestAnErrorThatIsDroppedAfterATimeoutEndedWellIsNoneOfTheRecords(t *testing.T) {
	t.Parallel()
	fine := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(dropping{w, http.Header{}}, r)
			_, _ = io.WriteString(w, "fine")
		})
	}
	var log journal
	h := fine(middleware.Timeout(errs.WriteError, time.Minute)(errs.Always(errcatalog.Gone)))
	w := httptest.NewRecorder()
	middleware.Stack{Errors: errs, Logger: log.logger()}.Handler(h).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 200 || w.Body.String() != "fine" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	shows(t, log.only(t), map[string]any{"status": 200.0, "code": nil, "error": nil})
}
