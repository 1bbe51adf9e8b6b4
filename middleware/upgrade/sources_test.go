package upgrade_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// preset sets a type before anybody knows of an error, as many servers do.
func preset(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Etag", `"stale"`)
		h.ServeHTTP(w, r)
	})
}

// with has a header set before h answers.
func with(name, value string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(name, value)
		h.ServeHTTP(w, r)
	})
}

func bare(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// readAll answers 413 for a body over the limit, as most handlers do, by text.
func readAll(w http.ResponseWriter, r *http.Request) {
	if _, err := io.ReadAll(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
	}
}

func mux() http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /get", bare(200))
	m.Handle("POST /post", bare(200))
	return m
}

func router() http.Handler {
	r := chi.NewRouter()
	r.Get("/get", bare(200).ServeHTTP)
	r.Post("/get", bare(200).ServeHTTP)
	return r
}

func limited() http.Handler {
	h := httprate.LimitBy(1, time.Hour, httprate.Key("*"))(bare(200))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(httptest.NewRecorder(), r) // which takes what there is
		h.ServeHTTP(w, r)
	})
}

func files(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file.css"), []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	return http.FileServer(http.Dir(dir))
}

func TestEverySourceOfErrorsSpeaksTheContract(t *testing.T) {
	t.Parallel()
	fail := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "secret", http.StatusConflict) }
	stripped := http.StripPrefix("/api", mux())
	tests := []struct {
		name    string
		handler http.Handler
		request string // METHOD path [Header: value]
		status  int
		header  string // Name: value
	}{
		{"http.Error", http.HandlerFunc(fail), "GET /", 409, ""},
		{"http.Error for HEAD", http.HandlerFunc(fail), "HEAD /", 409, ""},
		{"http.Error over a type", preset(http.HandlerFunc(fail)), "GET /", 409, ""},
		{"http.NotFound", http.HandlerFunc(http.NotFound), "GET /", 404, ""},
		{"FileServer's 404", files(t), "GET /nothing", 404, ""},
		{"FileServer's 404 for HEAD", files(t), "HEAD /nothing", 404, ""},
		{"FileServer's 412", files(t), "GET /file.css If-Match: \"x\"", 412, ""},
		{"FileServer's 412 for HEAD", files(t), "HEAD /file.css If-Match: \"x\"", 412, ""},
		{"FileServer's 416", files(t), "GET /file.css Range: bytes=20-30", 416, "Content-Range: bytes */10"},
		{"ServeMux's 404", mux(), "GET /nothing", 404, ""},
		{"ServeMux's 405", mux(), "POST /get", 405, "Allow: GET, HEAD"},
		{"ServeMux's 405, no GET", mux(), "GET /post", 405, "Allow: POST"},
		{"chi's 404", router(), "GET /nothing", 404, ""},
		{"chi's 405", router(), "PUT /get", 405, "Allow: GET, HEAD, POST"},
		{"chi's 405 for HEAD", router(), "HEAD /get", 405, "Allow: GET, POST"},
		{"TimeoutHandler's page", testutil.TimesOut(""), "GET /", 503, ""},
		{"TimeoutHandler's page over a type", preset(testutil.TimesOut("")), "GET /", 503, ""},
		{"TimeoutHandler's text", testutil.TimesOut(`{"x":1}`), "GET /", 503, ""},
		{"http.Error within TimeoutHandler", http.TimeoutHandler(http.HandlerFunc(fail), time.Hour, ""), "GET /", 409, ""},
		{"MaxBytesHandler", http.MaxBytesHandler(http.HandlerFunc(readAll), 4), "POST /", 413, ""},
		{"StripPrefix's 404", stripped, "GET /other", 404, ""},
		{"chi's compressed text", middleware.Compress(5)(http.HandlerFunc(fail)), "GET / Accept-Encoding: gzip", 409, ""},
		{"httprate's 429", limited(), "GET /", 429, "Retry-After: 3600"},
		{"CrossOriginProtection's 403", http.NewCrossOriginProtection().Handler(bare(200)), "POST / Sec-Fetch-Site: cross-site", 403, ""},
		{"a bare 400", bare(400), "GET /", 400, ""},
		{"a bare 401", bare(401), "GET /", 401, "Www-Authenticate: Bearer"},
		{"a bare 405", bare(405), "GET /", 405, "Allow: "},
		{"a bare 415", bare(415), "POST /", 415, "Accept: application/json"},
		{"chi's 415", middleware.AllowContentType("text/csv")(bare(200)), "POST / Content-Type: text/html", 415, "Accept: application/json"},
		{"a 415 with its types", with("Accept", "text/csv, text/plain", bare(415)), "POST /", 415, "Accept: text/csv, text/plain"},
		{"a 415 with its codings", with("Accept-Encoding", "gzip", bare(415)), "POST /", 415, "Accept-Encoding: gzip"},
		{"a bare 500", bare(500), "GET /", 500, ""},
		{"a bare 500 for HEAD", bare(500), "HEAD /", 500, ""},
		{"a bare 500 over a type", preset(bare(500)), "GET /", 500, ""},
		{"a bare 500 over a type for HEAD", preset(bare(500)), "HEAD /", 500, ""},
		{"a bare 429", bare(429), "GET /", 429, "Retry-After: 1"},
		{"a bare 460", bare(460), "GET /", 460, ""},
		{"a bare 499", bare(499), "GET /", 499, ""},
		{"a bare 599", bare(599), "GET /", 599, ""},
		{"a bare 999", bare(999), "GET /", 999, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				h, got := upgraded(tt.handler.ServeHTTP)
				s := testutil.Serve(t, h, h2)
				part := strings.SplitN(tt.request, " ", 3)
				r := request(t, s, part[0], part[1])
				if r.Method == http.MethodPost {
					r.Body = io.NopCloser(strings.NewReader("too long"))
				}
				if len(part) == 3 {
					name, value, _ := strings.Cut(part[2], ": ")
					r.Header.Set(name, value)
				}
				resp, body := testutil.Do(t, s.Client(), r)
				isContract(t, resp, body, tt.status)
				if resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("Etag") != "" {
					t.Errorf("got the headers %v", resp.Header)
				}
				if name, value, ok := strings.Cut(tt.header, ": "); ok && (len(resp.Header[name]) != 1 || resp.Header.Get(name) != value) {
					t.Errorf("got %s: %q, want %q", name, resp.Header[name], value)
				}
				if strings.Contains(body, "secret") {
					t.Errorf("the text is in the body %s", body)
				}
				e, _ := got.only(t)
				if reply := causeOf(t, e); reply.Status != tt.status || reply.Passed != nil {
					t.Errorf("the cause is %v", reply)
				}
			})
		})
	}
}

func TestA416WithoutItsRangeIsABadRequest(t *testing.T) {
	t.Parallel()
	h, got := upgraded(files(t).ServeHTTP)
	s := testutil.Serve(t, h, false)
	r := request(t, s, http.MethodGet, "/file.css")
	r.Header.Set("Range", "chars=1")
	resp, body := testutil.Do(t, s.Client(), r)
	isContract(t, resp, body, http.StatusBadRequest)
	e, _ := got.only(t)
	if reply := causeOf(t, e); reply.Status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("the cause is %v", reply)
	}
}

func TestRedirectsAndSuccessesAreUntouched(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a redirect":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/there", http.StatusFound) },
		"not modified": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"a text":       func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "404 page not found\n") },
		"nothing":      func(http.ResponseWriter, *http.Request) {},
		"an error after a flush": func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			http.Error(w, "too late", 500)
		},
		"an error after the start": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			http.Error(w, "of it", 500)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				h, got := upgraded(handler)
				var resps [2]*http.Response
				var bodies [2]string
				for i, h := range []http.Handler{handler, h} {
					s := testutil.Serve(t, h, h2)
					s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
					resps[i], bodies[i] = testutil.Get(t, s, "/")
				}
				if resps[0].Status != resps[1].Status || bodies[0] != bodies[1] || len(resps[0].Header) != len(resps[1].Header) {
					t.Errorf("got %v %q, want %v %q", resps[1], bodies[1], resps[0], bodies[0])
				}
				got.none(t)
			})
		})
	}
}

func TestTypedRepliesPassAndAreReported(t *testing.T) {
	t.Parallel()
	for contentType, body := range map[string]string{
		"application/json":         `{"mine":true}`,
		"text/html; charset=utf-8": "<h1>Oops</h1>",
		"application/problem+json": `{"title":"mine"}`,
		"text/plainer":             "no plain text",
	} {
		t.Run(contentType, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func() (http.Handler, *reports) {
				return upgraded(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", contentType)
					w.Header().Set("X-Mine", "kept")
					w.WriteHeader(http.StatusConflict)
					_, _ = io.WriteString(w, body[:4])
					_, _ = io.WriteString(w, body[4:])
				})
			}, func(t *testing.T, s *httptest.Server, got *reports) {
				resp, sent := testutil.Get(t, s, "/")
				if resp.StatusCode != 409 || sent != body || resp.Header.Get("Content-Type") != contentType ||
					resp.Header.Get("X-Mine") != "kept" || resp.ContentLength != int64(len(body)) {
					t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, sent)
				}
				if e := got.onlyPassed(t); e.Passed != upgrade.ErrTyped || string(e.Body) != body {
					t.Errorf("reported %v", e)
				}
			})
		})
	}
}

func TestAnErrorsTextIsInTheLogAlone(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	errs := &errcatalog.Writer{Report: logged(&log)}
	h := upgrade.Replies{OnError: errs.WriteError}.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "password authentication failed", http.StatusBadGateway)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 502 || strings.Contains(w.Body.String(), "password") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "password authentication failed") {
		t.Errorf("the log is %s", &log)
	}
}

func TestAWriterIsToldOfPassedReplies(t *testing.T) {
	t.Parallel()
	got := new(reports)
	errs := &errcatalog.Writer{Report: got.add}
	s := testutil.Serve(t, upgrade.Replies{OnError: errs.WriteError}.Handler(http.HandlerFunc(
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, "{}")
		})), false)
	if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != 409 || body != "{}" || resp.Header.Get("X-Error-Code") != "" {
		t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
	}
	e, problem := got.only(t)
	if problem != errcatalog.ErrStarted || causeOf(t, e).Passed != upgrade.ErrTyped || e.Kind() != errcatalog.Conflict {
		t.Errorf("reported %v, %v", e, problem)
	}
}

// logged returns a Report that writes to log.
func logged(log io.StringWriter) func(context.Context, *errcatalog.Error, error) {
	return func(_ context.Context, e *errcatalog.Error, _ error) { _, _ = log.WriteString(e.LogValue().String()) }
}
