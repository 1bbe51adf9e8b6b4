package upgrade_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/requestid"
)

// A gzipWriter packs what is written, and has no Unwrap.
type gzipWriter struct {
	http.ResponseWriter
	packer *gzip.Writer
}

func (w gzipWriter) Write(p []byte) (int, error) { return w.packer.Write(p) }

// gzipped packs every response of next, as is often written by hand.
func gzipped(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packer := gzip.NewWriter(w)
		defer packer.Close()
		next.ServeHTTP(gzipWriter{w, packer}, r)
	})
}

func TestAGzippedErrorIsInTheContract(t *testing.T) {
	t.Parallel()
	const text = "pq: no rows"
	var told error
	errs := &errcatalog.Writer{}
	onError := func(w http.ResponseWriter, r *http.Request, err error) {
		told = err
		errs.WriteError(w, r, err)
	}
	bare := func(contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(http.StatusNotFound)
		}
	}
	handlers := map[string]http.Handler{
		"a Writer's reply, and a text": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			errs.WriteError(w, r, errcatalog.NotFound)
			http.Error(w, text, 500)
		}),
		"a Writer's reply after a text": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "no", 404)
			errs.WriteError(w, r, errcatalog.NotFound)
		}),
		"text":                            http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, 404) }),
		"a bare status":                   bare("application/json"),
		"a Writer's reply":                errs.Always(errcatalog.NotFound),
		"a Writer's reply within a Scope": errs.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.NotFound }),
	}
	for wrapper, wrap := range map[string]func(http.Handler) http.Handler{
		"a wrapper without Unwrap": gzipped, "chi's Compress": chimiddleware.Compress(5), "chi's Compress in DEFLATE": chimiddleware.Compress(5),
	} {
		for name, h := range handlers {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				told = nil
				r := httptest.NewRequest(method, "/", nil)
				r.Header.Set("Accept-Encoding", "gzip")
				if strings.HasSuffix(wrapper, "DEFLATE") {
					r.Header.Set("Accept-Encoding", "deflate")
				}
				rec := httptest.NewRecorder()
				requestid.Handler(upgrade.Replies{OnError: onError}.Handler(wrap(h))).ServeHTTP(rec, r)
				resp := rec.Result()
				resp.Request = r
				body, _ := io.ReadAll(resp.Body)
				if resp.StatusCode != 404 {
					t.Errorf("%s, %s, %s: got %d", wrapper, name, method, resp.StatusCode)
				}
				for _, fault := range errtest.Check(nil, resp, body) {
					t.Errorf("%s, %s, %s: %v in %q", wrapper, name, method, fault, body)
				}
				var cause *upgrade.ReplyError
				if name == "text" && (!errors.As(told, &cause) || !strings.Contains(cause.Error(), text)) {
					t.Errorf("%s, %s: the log is told %v, want %q", wrapper, method, cause, text)
				}
			}
		}
	}
}

// Some packed replies are just as long as the contract's: of this many IDs, a few.
func TestAPackedErrorAsLongAsTheContractsIsInTheContract(t *testing.T) {
	t.Parallel()
	h := requestid.Handler(upgrade.Replies{}.Handler(chimiddleware.Compress(5)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		new(errcatalog.Writer).WriteError(w, r, errcatalog.NotFound)
		http.Error(w, "pq: no rows", http.StatusInternalServerError)
	}))))
	for range 500 {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", "deflate")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		resp := rec.Result()
		resp.Request = r
		if faults := errtest.Check(nil, resp, rec.Body.Bytes()); len(faults) > 0 {
			t.Fatalf("with the ID %s: %v", resp.Header.Get(requestid.Header), faults)
		}
	}
}
