package requestid_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/requestid"
)

// serve has h, within a Handler, serve a request with these inbound IDs.
func serve(h http.HandlerFunc, inbound ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	if inbound != nil {
		r.Header[requestid.Header] = inbound
	}
	w := httptest.NewRecorder()
	requestid.Handler(h).ServeHTTP(w, r)
	return w
}

func nothing(http.ResponseWriter, *http.Request) {}

// isNew reports whether id is what New promises.
func isNew(id string) bool {
	rest, ok := strings.CutPrefix(id, "req_")
	u, err := uuid.Parse(rest)
	return ok && err == nil && u.String() == rest && u.Version() == 7 && u.Variant() == uuid.RFC4122
}

func TestInboundIDs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		inbound []string
		adopted bool
	}{
		{"a UUID is adopted", []string{"0197a1c2-7b1e-7c3d-9f00-2b6d5f0c9a11"}, true},
		{"one of ours is adopted", []string{requestid.New()}, true},
		{"the root of an AWS trace is adopted", []string{"1-67891233-abcdef012345678912345678"}, true},
		{"every plain character is adopted", []string{"azAZ09._:-"}, true},
		{"one character is adopted", []string{"a"}, true},
		{"128 characters are adopted", []string{strings.Repeat("a", 128)}, true},

		{"no header", nil, false},
		{"an empty list", []string{}, false},
		{"an empty value", []string{""}, false},
		{"129 characters", []string{strings.Repeat("a", 129)}, false},
		{"100 KB", []string{strings.Repeat("a", 100<<10)}, false},
		{"two values", []string{"a", "b"}, false},
		{"the same value twice", []string{"a", "a"}, false},
		{"two values, one empty", []string{"a", ""}, false},

		{"a list in one value", []string{"a,b"}, false},
		{"a space", []string{"a b"}, false},
		{"a space at the end", []string{"a "}, false},
		{"double quotes", []string{`a"b`}, false},
		{"single quotes", []string{"a'b"}, false},
		{"a backslash", []string{`a\b`}, false},
		{"a slash", []string{"host/abc-000001"}, false},
		{"a percent escape", []string{"a%0d%0a"}, false},
		{"markup", []string{"<b>"}, false},
		{"an equals sign", []string{"Root=1"}, false},
		{"CR and LF", []string{"a\r\nSet-Cookie: b"}, false},
		{"NUL", []string{"a\x00"}, false},
		{"DEL", []string{"a\x7f"}, false},
		{"a terminal escape", []string{"a\x1b[31m"}, false},
		{"U+202E", []string{"a\u202eb"}, false},
		{"a letter beyond ASCII", []string{"é"}, false},
		{"a look-alike letter", []string{"\u0430bc"}, false},
		{"broken UTF-8", []string{"a\xff"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var seen string
			w := serve(func(w http.ResponseWriter, r *http.Request) {
				seen = requestid.FromContext(r.Context())
				if got := r.Header[requestid.Header]; !slices.Equal(got, tt.inbound) {
					t.Errorf("the request's own header became %q", got)
				}
			}, tt.inbound...)

			if echoed := w.Header()[requestid.Header]; !slices.Equal(echoed, []string{seen}) {
				t.Errorf("echoed %q, the context has %q", echoed, seen)
			}
			if adopted := len(tt.inbound) == 1 && seen == tt.inbound[0]; adopted != tt.adopted {
				t.Errorf("adopted = %v, want %v", adopted, tt.adopted)
			}
			if !tt.adopted && !isNew(seen) {
				t.Errorf("in its place came %q, which is no new ID", seen)
			}
		})
	}
}

func TestEveryResponseHasTheID(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code) }
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    int
	}{
		{"of a handler that does nothing", nothing, 200},
		{"of a handler that writes", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hi") }, 200},
		{"of a handler that flushes", func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush() }, 200},
		{"201", status(201), 201},
		{"204", status(204), 204},
		{"304", status(304), 304},
		{"404", http.NotFound, 404},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusFound) }, 302},
		{"http.Error", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) }, 503},
		{"a panic that is recovered outside", func(http.ResponseWriter, *http.Request) { panic("no") }, 500},
		{"a handler that times out", http.TimeoutHandler(http.HandlerFunc(wait), time.Millisecond, "late").ServeHTTP, 503},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(recovered(requestid.Handler(tt.handler)))
			t.Cleanup(srv.Close)

			resp := get(t, noRedirects(srv.Client()), srv.URL)
			if resp.StatusCode != tt.want {
				t.Errorf("status = %d, want %d", resp.StatusCode, tt.want)
			}
			if ids := resp.Header[requestid.Header]; len(ids) != 1 || !isNew(ids[0]) {
				t.Errorf("X-Request-Id = %q", ids)
			}
		})
	}
}

func wait(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func noRedirects(c *http.Client) *http.Client {
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// get asks url and reads the body to its end.
func get(t *testing.T, c *http.Client, url string) *http.Response {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestTheOuterIDIsKept(t *testing.T) {
	t.Parallel()

	t.Run("by a second Handler", func(t *testing.T) {
		t.Parallel()
		var outer, inner string
		second := requestid.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner = requestid.FromContext(r.Context())
		}))
		w := serve(func(w http.ResponseWriter, r *http.Request) {
			outer = requestid.FromContext(r.Context())
			second.ServeHTTP(w, r)
		})
		if ids := w.Header()[requestid.Header]; outer == "" || inner != outer || !slices.Equal(ids, []string{outer}) {
			t.Errorf("outside %q, inside %q, echoed %q", outer, inner, ids)
		}
	})

	t.Run("by a state that has one", func(t *testing.T) {
		t.Parallel()
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(requestid.Header, "inbound")
		st, ww, r := reqstate.Ensure(w, r)
		st.RequestID = "outer"
		requestid.Handler(http.HandlerFunc(nothing)).ServeHTTP(ww, r)
		if got := w.Header().Get(requestid.Header); st.RequestID != "outer" || got != "outer" {
			t.Errorf("state %q, echoed %q", st.RequestID, got)
		}
	})

	t.Run("by a part of a batch, on its own response", func(t *testing.T) {
		t.Parallel()
		part := httptest.NewRecorder()
		w := serve(func(w http.ResponseWriter, r *http.Request) {
			sub := httptest.NewRequestWithContext(r.Context(), "GET", "/part", nil)
			requestid.Handler(http.HandlerFunc(nothing)).ServeHTTP(part, sub)
		}, "batch")
		if a, b := w.Header().Get(requestid.Header), part.Header().Get(requestid.Header); a != "batch" || b != "batch" {
			t.Errorf("the batch has %q, its part %q", a, b)
		}
	})
}

func TestAnOuterMiddlewareSeesTheID(t *testing.T) {
	t.Parallel()
	st, w, r := reqstate.Ensure(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	requestid.Handler(http.HandlerFunc(nothing)).ServeHTTP(w, r)
	if id := w.Header().Get(requestid.Header); id == "" || st.RequestID != id {
		t.Errorf("outside %q, echoed %q", st.RequestID, id)
	}
}

func TestAHandlerThatChangesTheHeaderDoesNotChangeTheID(t *testing.T) {
	t.Parallel()
	w := serve(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add(requestid.Header, "b")
		if got := requestid.FromContext(r.Context()); got != "a" {
			t.Errorf("FromContext = %q", got)
		}
	}, "a")
	if got := w.Header()[requestid.Header]; !slices.Equal(got, []string{"a"}) {
		t.Errorf("echoed %q", got)
	}
}

func TestNoRequestHasNoID(t *testing.T) {
	t.Parallel()
	if id := requestid.FromContext(context.Background()); id != "" {
		t.Errorf("FromContext = %q", id)
	}
}

// What a handler left behind still knows its own request's ID, whatever the server
// did since.
func TestTheIDOutlivesTheHandler(t *testing.T) {
	t.Parallel()
	type left struct {
		ctx context.Context
		id  string
	}
	const requests = 200
	behind := make(chan left, requests)
	srv := httptest.NewServer(requestid.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		behind <- left{r.Context(), strings.Clone(requestid.FromContext(r.Context()))}
	})))
	t.Cleanup(srv.Close)

	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for range requests / 4 {
				resp, err := srv.Client().Get(srv.URL)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
			}
		})
	}
	clients.Wait()
	srv.Close()
	close(behind)

	seen := map[string]bool{}
	for l := range behind {
		if got := requestid.FromContext(l.ctx); got != l.id {
			t.Errorf("the ID was %q and became %q", l.id, got)
		}
		seen[l.id] = true
	}
	if len(seen) != requests {
		t.Errorf("%d requests had %d IDs", requests, len(seen))
	}
}

func TestNewIDsAreUnique(t *testing.T) {
	t.Parallel()
	const goroutines, each = 100, 500
	made := make([][]string, goroutines)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for range each {
				made[g] = append(made[g], requestid.New())
			}
		})
	}
	wg.Wait()

	seen := make(map[string]bool, goroutines*each)
	for _, ids := range made {
		if !slices.IsSorted(ids) {
			t.Error("IDs of one goroutine are not in the order they were made")
		}
		for _, id := range ids {
			seen[id] = true
		}
	}
	if len(seen) != goroutines*each {
		t.Errorf("%d IDs, %d of them different", goroutines*each, len(seen))
	}
	for id := range seen {
		if !isNew(id) || !requestid.Valid(id) {
			t.Fatalf("New = %q", id)
		}
	}
}

func TestAllocations(t *testing.T) { // AllocsPerRun allows no t.Parallel.
	tests := []struct {
		name    string
		inbound []string
		want    float64
	}{
		{"a new ID: the state, the request's copy, the string", nil, 3},
		{"an adopted ID: the state and the request's copy", []string{"checkout-7f3a"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := requestid.Handler(http.HandlerFunc(nothing))
			r := httptest.NewRequest("GET", "/", nil)
			r.Header[requestid.Header] = tt.inbound
			w := &discard{header: http.Header{}}
			if got := testing.AllocsPerRun(1000, func() { h.ServeHTTP(w, r) }); got != tt.want {
				t.Errorf("%v allocations, want %v", got, tt.want)
			}
		})
	}
}

// A discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// A handler may clear the header, or copy another server's into it.
func TestWhateverAHandlerDoesTheResponseShowsTheID(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(w http.ResponseWriter){
		"a status":  func(w http.ResponseWriter) { w.WriteHeader(201) },
		"bytes":     func(w http.ResponseWriter) { _, _ = w.Write([]byte("ok")) },
		"a string":  func(w http.ResponseWriter) { _, _ = io.WriteString(w, "ok") },
		"a reader":  func(w http.ResponseWriter) { _, _ = io.Copy(w, io.LimitReader(rand.Reader, 10_000)) },
		"a flush":   func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
		"nothing":   func(http.ResponseWriter) {},
		"its hints": func(w http.ResponseWriter) { w.WriteHeader(103); clear(w.Header()) },
	} {
		for _, change := range []func(h http.Header){
			func(h http.Header) { clear(h) },
			func(h http.Header) { h["X-Request-Id"] = []string{"another", "and another"} },
			func(h http.Header) { h["X-Request-Id"][0] = "another" },
		} {
			s := testutil.Serve(t, requestid.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				change(w.Header())
				send(w)
			})), false)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Request-Id", "mine")
			if resp, _ := testutil.Do(t, s.Client(), r); !slices.Equal(resp.Header["X-Request-Id"], []string{"mine"}) {
				t.Errorf("%s: the ID is %q", name, resp.Header["X-Request-Id"])
			}
		}
	}
}
