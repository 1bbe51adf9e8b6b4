package middleware_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware"
)

// A buffered response is sent when its handler has ended, as many wrappers do it.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffered) Header() http.Header         { return b.header }
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }
func (b *buffered) WriteHeader(status int) {
	if b.status < 200 {
		b.status = status
	}
}

func buffering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := &buffered{header: http.Header{}}
		next.ServeHTTP(b, r)
		maps.Copy(w.Header(), b.header)
		w.WriteHeader(max(b.status, http.StatusOK))
		_, _ = w.Write(b.body.Bytes())
	})
}

// wrappers are what users have between the Stack and a handler.
var wrappers = map[string]func(http.Handler) http.Handler{
	"nothing": func(h http.Handler) http.Handler { return h },
	"a blind wrapper": func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(blind{w}, r) })
	},
	"a buffer":        buffering,
	"TimeoutHandler":  func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "") },
	"MaxBytesHandler": func(h http.Handler) http.Handler { return http.MaxBytesHandler(h, 100) },
	"a Stack":         middleware.Stack{Errors: silent, Logger: new(journal).logger()}.Handler,
	"a Stack with a timeout": middleware.Stack{
		Errors: silent, Logger: new(journal).logger(), Timeout: time.Minute,
	}.Handler,
	"chi's Compress":     chimiddleware.Compress(5),
	"chi's Recoverer":    chimiddleware.Recoverer,
	"chi's Timeout":      chimiddleware.Timeout(time.Minute),
	"chi's Throttle":     chimiddleware.Throttle(1000),
	"chi's StripSlashes": chimiddleware.StripSlashes,
	"chi's client IP":    chimiddleware.ClientIPFromXFF("10.0.0.0/8"),
	"httprate":           httprate.LimitBy(1e6, time.Minute, httprate.Key("*")),
}

// A nilError panics as its text is asked for.
type nilError struct{ cause error }

func (e *nilError) Error() string { return e.cause.Error() }

// fails are handlers that fail in ways that are hard to answer.
var fails = map[string]http.HandlerFunc{
	"a text":               func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) },
	"a bare status":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
	"an unassigned status": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 600) },
	"the status 0":         func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(0) },
	"the status 99":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 99) },
	"the status 1000":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 1000) },
	"a panic":              func(http.ResponseWriter, *http.Request) { panic("no") },
	"a panic with nil":     func(http.ResponseWriter, *http.Request) { panic(nil) },
	"a panic with an error that panics": func(http.ResponseWriter, *http.Request) {
		panic(&nilError{})
	},
	"a panic after an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404); panic(errors.New("no")) },
	"a panic after headers": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Header().Set("Etag", `"1"`)
		panic("no")
	},
	"hints before an error": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</s.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		http.Error(w, "no", 404)
	},
	"hints after an error": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", 404)
		w.WriteHeader(http.StatusEarlyHints)
	},
	"two errors": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404); http.Error(w, "no", 500) },
	"a success after an error": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", 404)
		w.WriteHeader(200)
		_, _ = io.WriteString(w, "yes")
	},
	"an error that is flushed": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no", 404)
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, "more")
	},
	"trailers": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		http.Error(w, "no", 404)
		w.Header().Set("X-Sum", "1")
		w.Header().Set(http.TrailerPrefix+"X-Late", "1")
	},
	"a Transfer-Encoding of its own": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Transfer-Encoding", "chunked")
		http.Error(w, "no", 404)
	},
	"a Content-Length that is too long": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "300")
		w.WriteHeader(404)
		_, _ = io.WriteString(w, "no")
	},
	"headers in lower case": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["content-type"], w.Header()["etag"], w.Header()["x-request-id"] = []string{"text/plain"}, []string{`"1"`}, []string{"req_mine"}
		w.WriteHeader(404)
	},
	"a read deadline": func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now())
		_, err := io.ReadAll(r.Body)
		http.Error(w, fmt.Sprint(err), 400)
	},
	"a body that is read after the error": func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		http.Error(w, "no", 400)
		_, _ = io.Copy(io.Discard, r.Body)
	},
	"an error of the contract": silent.Always(errcatalog.Gone),
	"a text after one of the contract": func(w http.ResponseWriter, r *http.Request) {
		silent.WriteError(w, r, errcatalog.Gone)
		http.Error(w, "no", 500)
	},
	"a text of its status after one of the contract": func(w http.ResponseWriter, r *http.Request) {
		silent.WriteError(w, r, errcatalog.Gone)
		http.Error(w, "no", http.StatusGone)
	},
	"one of the contract after a text": func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no", http.StatusGone)
		silent.WriteError(w, r, errcatalog.Gone)
	},
	"one of the contract after another": func(w http.ResponseWriter, r *http.Request) {
		silent.WriteError(w, r, errcatalog.Gone)
		silent.WriteError(w, r, errcatalog.Conflict)
	},
}

// unmendable are failures of which a wrapper hides what happened.
var unmendable = map[string]bool{
	"a buffer, the status 0":                true, // which it sends as 200
	"a buffer, the status 99":               true,
	"TimeoutHandler, hints before an error": true, // which it takes for the status, as without a Stack
}

// TestAFailureWithinAnyWrapperIsInTheContract also has the connection's next request
// answered, where the reply leaves it open.
func TestAFailureWithinAnyWrapperIsInTheContract(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	for wrapper, wrap := range wrappers {
		for name, fail := range fails {
			mux.Handle(path(wrapper, name), wrap(fail))
		}
	}
	for which, s := range map[string]middleware.Stack{"the zero Stack": {}, "all limits": limits} {
		addr := serveRaw(t, s, mux)
		requests := []string{"GET", "POST"}
		if s.Timeout > 0 {
			requests = []string{"HEAD", "packed"}
		}
		for wrapper := range wrappers {
			t.Run(wrapper+", "+which, func(t *testing.T) {
				t.Parallel()
				for name := range fails {
					if unmendable[wrapper+", "+name] {
						continue
					}
					target := path(wrapper, name)
					for _, request := range requests {
						text := map[string]string{
							"GET":    get(target, ""),
							"HEAD":   strings.Replace(get(target, ""), "GET", "HEAD", 1),
							"packed": get(target, "Accept-Encoding: gzip\r\n"),
							"POST":   post(target, "Expect: 100-continue\r\n", "a body", 0),
						}[request]
						replies := final(exchange(t, addr, text+last("/nowhere"), request))
						judge(t, replies)
						if len(replies) == 0 || replies[0].StatusCode < 400 || len(replies) == 1 && !replies[0].Close {
							t.Errorf("got the statuses %v", statuses(replies))
						}
						if t.Failed() {
							t.Fatalf("to %s of %s", request, name)
						}
					}
				}
			})
		}
	}
}

// path is where a handler within a wrapper is served.
func path(wrapper, name string) string {
	return "/" + strings.NewReplacer(" ", "-", "'", "").Replace(wrapper+"/"+name)
}

// final are the replies without the informational ones.
func final(replies []rawReply) (final []rawReply) {
	for _, reply := range replies {
		if reply.StatusCode >= 200 {
			final = append(final, reply)
		}
	}
	return final
}
