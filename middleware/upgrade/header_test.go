package upgrade_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

func TestHeadersAreThoseOfTheStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		body    string // of a typed reply, "" for one that is upgraded
		want    map[string]string
		trailer string
	}{
		{"upgraded", "", map[string]string{"X-Before": "1", "X-After": "", "Etag": "", "Last-Modified": "", "Content-Encoding": "", "Content-Disposition": "", "Accept-Ranges": "", "Content-Range": "", "Cache-Control": "no-store", "Set-Cookie": "a=b", "Retry-After": ""}, ""},
		{"as it is", "{}", map[string]string{"X-Before": "1", "X-After": "", "Etag": `"x"`, "Cache-Control": "max-age=60", "Retry-After": "soon"}, "end"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
				maps.Copy(w.Header(), http.Header{
					"X-Before": {"1"}, "Etag": {`"x"`}, "Last-Modified": {"Sun, 22 Nov 2026 02:29:04 GMT"}, "Content-Encoding": {"identity"},
					"Content-Disposition": {"attachment"}, "Accept-Ranges": {"bytes"}, "Content-Range": {"bytes 0-1/2"},
					"Cache-Control": {"max-age=60"}, "Set-Cookie": {"a=b"}, "Trailer": {"X-Trailer"}, "Retry-After": {"soon"},
					http.TrailerPrefix + "X-Prefixed": {"end"},
				})
				if test.body != "" {
					w.Header().Set("Content-Type", "application/json")
				}
				w.WriteHeader(http.StatusConflict)
				w.WriteHeader(http.StatusOK) // too late
				w.WriteHeader(http.StatusEarlyHints)
				w.Header().Set("X-After", "1")
				w.Header().Set("Content-Type", "text/html")
				w.Header().Del("X-Before")
				_, _ = io.WriteString(w, test.body)
				w.Header().Set("X-Trailer", "end")
			})
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				resp, body := testutil.Get(t, testutil.Serve(t, h, h2), "/")
				if test.body == "" {
					isContract(t, resp, body, 409)
				} else if body != test.body || resp.Header.Get("Content-Type") != "application/json" {
					t.Errorf("got %v %s", resp.Header, body)
				}
				for name, value := range test.want {
					if got := resp.Header.Get(name); got != value {
						t.Errorf("got %s: %q, want %q", name, got, value)
					}
				}
				for _, name := range []string{"X-Trailer", "X-Prefixed"} {
					if got := resp.Trailer.Get(name); got != test.trailer {
						t.Errorf("got the trailer %s: %q, want %q", name, got, test.trailer)
					}
				}
			})
		})
	}
}

func TestATypeInLowerCaseIsOne(t *testing.T) {
	t.Parallel()
	h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["content-type"] = []string{"application/json"}
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, "{}")
	})
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		resp, body := testutil.Get(t, testutil.Serve(t, h, h2), "/")
		if resp.StatusCode != 409 || body != "{}" || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
		}
	})
}

func TestInformationalStatusesGoOut(t *testing.T) {
	t.Parallel()
	testutil.Protocols(t, func(t *testing.T, h2 bool) {
		h, _ := upgraded(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</style.css>")
			w.WriteHeader(http.StatusEarlyHints)
			http.Error(w, "text", http.StatusConflict)
			w.WriteHeader(http.StatusEarlyHints)
		})
		s := testutil.Serve(t, h, h2)
		hints := 0
		r := request(t, s, http.MethodGet, "/")
		resp, body := testutil.Do(t, s.Client(), r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil },
		})))
		isContract(t, resp, body, 409)
		if hints != 1 {
			t.Errorf("got %d early hints, want 1", hints)
		}
	})
}

func TestATooLargeBodyClosesTheConnection(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"answered with a text": func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 4)
			readAll(w, r)
		},
		"answered with JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, "{}")
		},
		"answered with a text, off": func(w http.ResponseWriter, _ *http.Request) {
			upgrade.Pass(w)
			http.Error(w, "text", http.StatusRequestEntityTooLarge)
		},
		"with a bare status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) },
		"by MaxBytesError": (&errcatalog.Writer{Report: new(reports).add}).Handle(func(w http.ResponseWriter, r *http.Request) error {
			_, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4))
			return err
		}).ServeHTTP,
		"ignored": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(http.MaxBytesReader(reqstate.Innermost(w), r.Body, 4))
			_, _ = io.WriteString(w, "fine")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testutil.Protocols(t, func(t *testing.T, h2 bool) {
				handler, _ := upgraded(func(w http.ResponseWriter, r *http.Request) { h(open{w}, r) })
				s := testutil.Serve(t, handler, h2)
				r := request(t, s, http.MethodPost, "/")
				r.Body = io.NopCloser(strings.NewReader("too long"))
				resp, _ := testutil.Do(t, s.Client(), r)
				if resp.Close == h2 || name != "ignored" && resp.StatusCode != 413 {
					t.Errorf("got %d, closing: %v", resp.StatusCode, resp.Close)
				}
			})
		})
	}
}
