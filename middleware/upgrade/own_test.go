package upgrade_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/requestid"
)

// part has a part of a batch fail.
func part(r *http.Request, err error) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	new(errcatalog.Writer).WriteError(rec, r, err)
	return rec
}

// typed answers in JSON of its own.
func typed(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// secured has next answer with headers that errors have too.
func secured(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next(w, r)
	}
}

// after has a part fail before next answers.
func after(err error, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		part(r, err)
		next(w, r)
	}
}

func TestAReplyOfItsOwnIsNoneOfThoseThatWereDropped(t *testing.T) {
	t.Parallel()
	const mine = `{"mine":1}`
	long := `{"mine":"` + strings.Repeat("x", 70_000) + `"}`
	for name, test := range map[string]struct {
		h    http.Handler
		want string
	}{
		"within another upgrade": {upgrade.Replies{}.Handler(typed(410, mine)), mine},
		"within another Stack":   {middleware.Stack{Logger: slog.New(slog.DiscardHandler)}.Handler(typed(410, mine)), mine},
		"after a part":           {after(errcatalog.Gone, typed(410, mine)), mine},
		"flushed before its body": {after(errcatalog.Gone, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(410)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, mine)
		}), mine},
		"flushed within its body": {after(errcatalog.Gone, func(w http.ResponseWriter, r *http.Request) {
			typed(410, mine[:1])(w, r)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, mine[1:])
		}), mine},
		"long and packed": {chimiddleware.Compress(5)(after(errcatalog.Gone, typed(410, long))), long},
		"packed in zlib": {after(errcatalog.Gone, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "deflate")
			z := zlib.NewWriter(w)
			defer z.Close()
			typed(410, mine)(through{w, z}, r)
		}), mine},
		"packed in what is not known": {after(errcatalog.Gone, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			typed(410, "\v\x02\x80{}\x03")(w, r)
		}), "\v\x02\x80{}\x03"},
		"that is not quite JSON": {after(errcatalog.Conflict, typed(410, ")]}',\n"+mine)), ")]}',\n" + mine},
		"flushed within its body, with the headers of an error": {after(errcatalog.Gone, secured(func(w http.ResponseWriter, r *http.Request) {
			typed(410, mine[:1])(w, r)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, mine[1:])
		})), mine},
		"packed in what is not known, with the headers of an error": {after(errcatalog.Gone, secured(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			typed(410, "\v\x02\x80{}\x03")(w, r)
		})), "\v\x02\x80{}\x03"},
		"with the headers of an error": {after(errcatalog.Gone, secured(typed(410, mine))), mine},
		"in place of an error that a buffer dropped": {http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var dropped bytes.Buffer
			new(errcatalog.Writer).WriteError(&noting{ResponseWriter: unset{w, http.Header{}}, body: dropped}, r, errcatalog.Unavailable)
			typed(410, mine)(w, r)
		}), mine},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testutil.Serve(t, middleware.Stack{Errors: &errcatalog.Writer{Report: quiet}, Logger: slog.New(slog.DiscardHandler)}.Handler(test.h), false)
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r, _ := http.NewRequest(method, s.URL, nil)
				resp, err := s.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				body := read(t, resp)
				if resp.StatusCode != 410 || resp.Header.Get("X-Error-Code") != "" || method == http.MethodGet && body != test.want {
					t.Errorf("%s: got %d %v %.100q", method, resp.StatusCode, resp.Header, body)
				}
			}
		})
	}
}

// An unset writer has a header of its own.
type unset struct {
	http.ResponseWriter
	header http.Header
}

func (w unset) Header() http.Header         { return w.header }
func (w unset) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// read returns the body, unpacked.
func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	defer resp.Body.Close()
	packed := io.Reader(resp.Body)
	var err error
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		packed, err = gzip.NewReader(resp.Body)
	case "deflate":
		packed, err = zlib.NewReader(resp.Body)
	}
	if resp.Request.Method == http.MethodHead {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// trying serves the first attempts to a buffer that is dropped, and sends the last.
func trying(open bool, attempts ...http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i, attempt := range attempts {
			rec := httptest.NewRecorder()
			if open {
				n := &noting{ResponseWriter: unset{w, rec.Header()}}
				attempt(n, r)
				rec.Code, rec.Body = max(n.status, 200), &n.body
			} else {
				attempt(rec, r)
			}
			if i == len(attempts)-1 {
				maps.Copy(w.Header(), rec.Header())
				w.WriteHeader(rec.Code)
				_, _ = rec.Body.WriteTo(w)
			}
		}
	})
}

func TestTheLastAttemptIsSentAndLogged(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: quiet}
	for name, test := range map[string]struct {
		last   http.HandlerFunc
		status int
		code   string
		header string
	}{
		"another error":      {errs.Always(errcatalog.Conflict), 409, "conflict", ""},
		"a text":             {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 404) }, 404, "not_found", ""},
		"JSON":               {typed(422, "{}"), 422, "", ""},
		"JSON of its status": {typed(503, "{}"), 503, "", ""},
		"a success":          {typed(200, "{}"), 200, "", ""},
		"the error again":    {errs.Always(errcatalog.Unavailable.With(slog.Duration("retry_after", 1e9))), 503, "service_unavailable", "1"},
	} {
		for _, open := range []bool{false, true} {
			var log bytes.Buffer
			first := errs.Always(errcatalog.Unavailable.With(slog.Duration("retry_after", 30e9)).Because(errors.New("lost")))
			h := middleware.Stack{Errors: errs, Logger: slog.New(slog.NewTextHandler(&log, nil))}.Handler(trying(open, first, test.last))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			if w.Code != test.status || codeOf(w.Body.String()) != test.code || w.Header().Get("Retry-After") != test.header {
				t.Errorf("%s: got %d %v %s", name, w.Code, w.Header(), w.Body)
			}
			if _, code, _ := strings.Cut(log.String(), " code="); test.code != "" && !strings.HasPrefix(code, test.code) || test.code == "" && code != "" {
				t.Errorf("%s: logged %s", name, log.String())
			}
			// The Writer tells of what it writes where no access log can know of it.
			if tells := open; strings.Contains(log.String(), "dropped.cause=lost") != tells {
				t.Errorf("%s: of what was dropped, logged %s", name, log.String())
			}
		}
	}
}

// A skipping writer drops a 404, so that something else can be answered in its place. The
// headers of the 404 stay, as those who write such a writer forget.
type skipping struct {
	http.ResponseWriter
	dropped bool
}

func (w *skipping) WriteHeader(status int) {
	if w.dropped = status == http.StatusNotFound; !w.dropped {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *skipping) Write(p []byte) (int, error) {
	if w.dropped {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// An openSkipping writer has an Unwrap.
type openSkipping struct{ *skipping }

func (w openSkipping) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestWhatIsAnsweredInPlaceOfADroppedErrorIsNotIt(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: quiet}
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(404)
		_, _ = io.WriteString(w, "<p>mine")
	}
	for name, test := range map[string]struct {
		h      http.HandlerFunc
		status int
		code   string
		body   string
		only   string // the method, if not all
	}{
		"a text":        {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, http.StatusForbidden) }, 403, "forbidden", "", ""},
		"a page":        {page, 404, "", "<p>mine", ""},
		"a packed page": {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Encoding", "br"); page(w, r) }, 404, "", "<p>mine", ""},
		"JSON":          {typed(404, `{"mine":1}`), 404, "", `{"mine":1}`, ""},
		"a bare status": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, 403, "forbidden", "", http.MethodGet},
		"a text without a type": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			_, _ = io.WriteString(w, secret)
		}, 500, "internal_error", "", http.MethodGet},
		"JSON without a type": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			_, _ = io.WriteString(w, `{"mine":1}`)
		}, 502, "", `{"mine":1}`, http.MethodGet},
		"a flushed status": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_ = http.NewResponseController(w).Flush()
		}, 403, "forbidden", "", http.MethodGet},
		"a flushed text without a type": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			_, _ = io.WriteString(w, secret)
			_ = http.NewResponseController(w).Flush()
		}, 500, "internal_error", "", http.MethodGet},
		"a panic after a status": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			panic(secret)
		}, 500, "internal_error", "", ""},
	} {
		for _, open := range []bool{false, true} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				if test.only != "" && method != test.only {
					continue
				}
				h := middleware.Stack{Errors: errs, Logger: slog.New(slog.DiscardHandler)}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					s := &skipping{ResponseWriter: w}
					if open {
						errs.WriteError(openSkipping{s}, r, errcatalog.NotFound)
					} else {
						errs.WriteError(s, r, errcatalog.NotFound)
					}
					test.h(w, r)
				}))
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
				body := w.Body.String()
				if w.Code != test.status || codeOf(body) != test.code && method == http.MethodGet || test.body != "" && body != test.body || strings.Contains(body, secret) {
					t.Errorf("%s, %s, with Unwrap %v: got %d %v %s", name, method, open, w.Code, w.Header(), body)
				}
				if got := w.Header().Get("X-Error-Code"); test.code != "" && got != test.code {
					t.Errorf("%s, %s, with Unwrap %v: the header has %s", name, method, open, got)
				}
			}
		}
	}
}

// Errors may have the same body, and other headers.
func TestTheAttemptThatIsSentHasItsOwnHeaders(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: quiet}
	var log bytes.Buffer
	h := middleware.Stack{Errors: errs, Logger: slog.New(slog.NewTextHandler(&log, nil))}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var attempts []*httptest.ResponseRecorder
		for i := range 90 {
			cause := fmt.Errorf("attempt %d", i)
			attempts = append(attempts, part(r, errcatalog.Unavailable.With(slog.Duration("retry_after", time.Duration(i+1)*time.Second)).Because(cause)))
		}
		maps.Copy(w.Header(), attempts[7].Header())
		w.WriteHeader(attempts[7].Code)
		_, _ = attempts[7].Body.WriteTo(w)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Header().Get("Retry-After") != "8" || !strings.Contains(log.String(), `"attempt 7"`) {
		t.Errorf("got %v, logged %s", w.Header(), log.String())
	}
}

// A wrapper may add to the headers when the reply begins, as those for sessions do.
func TestWhatAWrapperAddsToTheHeadersStays(t *testing.T) {
	t.Parallel()
	h := upgrade.Replies{}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "csrf=1")
		w.Header().Set("X-Internal", "1")
		new(errcatalog.Writer).WriteError(session{w}, r, errcatalog.Gone)
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if len(w.Header()["Set-Cookie"]) != 2 || strings.Join(w.Header()["Vary"], ", ") != "Accept, Cookie" || w.Header().Get("X-Internal") != "" {
		t.Errorf("got %v", w.Header())
	}
}

type session struct{ http.ResponseWriter }

func (w session) WriteHeader(status int) {
	w.Header().Add("Set-Cookie", "session=2")
	w.Header().Add("Vary", "Cookie")
	w.Header().Del("X-Internal")
	w.ResponseWriter.WriteHeader(status)
}

func (w session) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestAnErrorWithAContextOfItsOwnIsTheResponses(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: func(context.Context, *errcatalog.Error, error) {}}
	h := requestid.Handler(upgrade.Replies{OnError: errs.WriteError}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		errs.WriteError(w, r.WithContext(context.Background()), errcatalog.Conflict)
		_, _ = io.WriteString(w, "more")
		errs.WriteError(w, r, errcatalog.Internal)
	})))
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		resp, body := testutil.Get(t, testutil.Serve(t, h, h2), "/")
		isContract(t, resp, body, 409)
		if id := resp.Header.Get("X-Request-Id"); id == "" || !strings.Contains(body, id) {
			t.Errorf("the body %s has not the ID %q", body, id)
		}
	})
}
