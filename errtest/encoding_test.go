package errtest_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	chimiddleware "github.com/go-chi/chi/v5/middleware"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

func packed(w io.WriteCloser, buf *bytes.Buffer, body []byte) []byte {
	_, _ = w.Write(body)
	_ = w.Close()
	return buf.Bytes()
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	return packed(gzip.NewWriter(&b), &b, body)
}

func zlibbed(body []byte) []byte {
	var b bytes.Buffer
	return packed(zlib.NewWriter(&b), &b, body)
}

func deflated(body []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed)
	return packed(w, &b, body)
}

func TestAPackedReplyIsJudgedByWhatIsInIt(t *testing.T) {
	t.Parallel()
	stale := []errtest.Rule{errtest.RuleStale}
	unread := []errtest.Rule{errtest.RuleJSON, errtest.RuleStale}
	large := []byte(`{"error":"` + strings.Repeat("x", 1<<20) + `"}`)
	for _, test := range []struct {
		name, encoding string
		pack           func([]byte) []byte
		broken         []errtest.Rule
	}{
		{"gzip", "gzip", gzipped, nil},
		{"gzip in other case", "GZip", gzipped, nil},
		{"gzip by its old name", "x-gzip", gzipped, nil},
		{"zlib", "deflate", zlibbed, nil},
		{"bare DEFLATE", "deflate", deflated, nil},
		{"packed twice", "deflate, gzip", func(b []byte) []byte { return gzipped(zlibbed(b)) }, nil},
		{"identity", "identity", slices.Clone[[]byte], nil},
		{"a success's gzip", "gzip", slices.Clone[[]byte], stale},
		{"a success's deflate", "deflate", slices.Clone[[]byte], stale},
		{"a success's br", "br", slices.Clone[[]byte], stale},
		{"a success's gzip around gzip", "gzip, gzip", gzipped, unread},
		{"deflate that says gzip", "gzip", zlibbed, unread},
		{"gzip that says deflate", "deflate", gzipped, unread},
		{"gzip that breaks off", "gzip", func(b []byte) []byte { return gzipped(b)[:40] }, unread},
		{"gzip and more", "gzip", func(b []byte) []byte { return append(gzipped(b), "more"...) }, unread},
		{"zlib and more", "deflate", func(b []byte) []byte { return append(zlibbed(b), "more"...) }, unread},
		{"bare DEFLATE and more", "deflate", func(b []byte) []byte { return append(deflated(b), "more"...) }, unread},
		{"a bomb", "gzip", func([]byte) []byte { return gzipped(large) }, unread},
		{"nothing", "gzip", func([]byte) []byte { return nil }, unread},
		{"another member, packed", "gzip", func(b []byte) []byte { return gzipped(bytes.Replace(b, []byte(`"ok"`), []byte(`"id":1,"ok"`), 1)) }, []errtest.Rule{errtest.RuleMember}},
		{"a canary, packed", "gzip", func(b []byte) []byte { return gzipped(bytes.Replace(b, []byte("It is"), []byte("Secretly it is"), 1)) }, []errtest.Rule{errtest.RuleCanary}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := render(nil, "shop", soldOut, "")
			r.set("Content-Encoding", test.encoding)
			faults := errtest.Check(catalogs["shop"], response(r.Reply, "GET", ""), test.pack(r.Body), "secretly")
			if got := rulesOf(faults); !slices.Equal(got, test.broken) {
				t.Errorf("broken are %q, want %q: %v", got, test.broken, faults)
			}
		})
	}
}

func TestAHEADMayBePackedForWhoTakesThat(t *testing.T) {
	t.Parallel()
	for accept, broken := range map[string][]errtest.Rule{"": {errtest.RuleStale}, "gzip": nil} {
		r := render(nil, "shop", soldOut, "")
		r.set("Content-Encoding", "gzip")
		resp := response(r.Reply, "HEAD", "")
		if accept != "" {
			resp.Request.Header.Set("Accept-Encoding", accept)
		}
		if faults := errtest.Check(catalogs["shop"], resp, nil); !slices.Equal(rulesOf(faults), broken) {
			t.Errorf("with Accept-Encoding %q: %v", accept, faults)
		}
	}
}

// TestACompressedServerPasses has chi's Compress where users put it.
func TestACompressedServerPasses(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: quiet}
	compress := chimiddleware.Compress(5)
	mux := http.NewServeMux()
	mux.Handle("/contract", errs.Always(errcatalog.Conflict))
	mux.HandleFunc("/text", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusConflict) })
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("no") })
	s := middleware.Stack{Errors: errs}
	for name, h := range map[string]http.Handler{
		"outside": compress(s.Handler(mux)), "inside": s.Handler(compress(mux)), "both": compress(s.Handler(compress(mux))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coverage := errtest.NewCoverage(nil)
			server := testutil.Serve(t, coverage.Handler(h), false)
			for _, path := range []string{"/contract", "/text", "/panic", "/nowhere"} {
				for _, encoding := range []string{"gzip", "deflate", "br"} {
					for _, method := range []string{"GET", "HEAD"} {
						r, err := http.NewRequest(method, server.URL+path, nil)
						if err != nil {
							t.Fatal(err)
						}
						r.Header.Set("Accept-Encoding", encoding)
						resp, body := testutil.Do(t, server.Client(), r)
						if faults := errtest.Check(nil, resp, []byte(body)); faults != nil || resp.StatusCode < 400 {
							t.Errorf("%s %s in %s: got %s, %v", method, path, encoding, resp.Status, faults)
						}
					}
				}
			}
			if faults := coverage.Summary().Outside; len(faults) > 0 {
				t.Errorf("outside are %v", faults)
			}
			probes := []errtest.Probe{}
			for _, encoding := range []string{"gzip", "deflate", "gzip, deflate, br"} {
				probes = append(probes, errtest.Probe{
					Name: fmt.Sprint("in ", encoding), Target: "/text", Want: errcatalog.Conflict,
					Header: http.Header{"Accept-Encoding": {encoding}},
				})
			}
			errtest.Suite{Probes: probes}.Run(t, h)
		})
	}
}
