package errtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware"
)

// router is an API that keeps to its contract.
func router(errs *errcatalog.Writer) http.Handler {
	r := chi.NewRouter()
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.MethodNotAllowed(middleware.MethodNotAllowed(errs.WriteError))
	r.Method("GET", "/agents/{id}", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return faos.AgentNotFound(chi.URLParam(r, "id"))
	}))
	r.Method("POST", "/agents", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		var in struct{ Name string }
		if r.Header.Get("Content-Type") != "application/json" {
			return errcatalog.UnsupportedMediaType.With(errcatalog.Strings("accept", "application/json"))
		}
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
		if err := d.Decode(&in); err != nil {
			return err
		}
		return errcatalog.WriteJSON(w, http.StatusCreated, in)
	}))
	r.Method("GET", "/panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("pq: no such user") }))
	return r
}

func stack(c *errcatalog.Catalog) http.Handler {
	errs := &errcatalog.Writer{Catalog: c, Report: quiet, Rules: errcatalog.CommonRules()}
	return middleware.Stack{Errors: errs}.Handler(router(errs))
}

func TestAServerThatKeepsToItsContractPasses(t *testing.T) {
	t.Parallel()
	errtest.Suite{
		Catalog:  faos.Catalog,
		Routes:   []string{"GET /agents/agt_1", "POST /agents", "GET /panic"},
		Canaries: []string{"pq: no such user"},
		Probes: []errtest.Probe{
			{Name: "no such agent", Target: "/agents/agt_7", Want: faos.CodeAgentNotFound},
			{Name: "no such route", Method: "POST", Target: "/nowhere", Want: errcatalog.RouteNotFound},
			{Name: "raw", Raw: "BREW /agents HTTP/1.1\r\nHost: localhost\r\n\r\n", Want: errcatalog.MethodNotAllowed},
		},
	}.Run(t, stack(faos.Catalog))
}

func TestRunSendsFortyProbesAndMore(t *testing.T) {
	t.Parallel()
	f := new(fake)
	errtest.Run(f, stack(nil), nil)
	if len(f.errors) > 0 || len(f.logs) != 1 {
		t.Fatalf("it failed:\n%s\n%s", f.some(), f.logs)
	}
	var sent, judged int
	if _, err := fmt.Sscanf(f.logs[0], "errtest: %d requests, %d errors judged", &sent, &judged); err != nil || sent < 200 || judged < 180 {
		t.Errorf("it sent %d and judged %d (%v)", sent, judged, err)
	}
}

// naive is a mux of handlers as most are written.
func naive() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no item for "+r.URL.RawQuery, http.StatusNotFound)
	})
	mux.HandleFunc("POST /items", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &in); err != nil {
			http.Error(w, err.Error()+" in "+string(body), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("GET /secret", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("oh") })
	return mux
}

func TestANaiveMuxFailsByTheRulesThatItBreaks(t *testing.T) {
	t.Parallel()
	f := new(fake)
	errtest.Suite{Routes: []string{"GET /items/7", "POST /items", "GET /secret", "GET /panic"}}.Run(f, naive())
	for _, want := range [][]string{
		{"unknown route, HTTP/1.1: sent GET /errtest-nowhere?", `got 404 404 page not found: media type: Content-Type is "text/plain; charset=utf-8"`, `the catalogue has "application/json"; answer through errcatalog.Writer`},
		{"unknown route, HTTP/1.1", "json: the body is not JSON"},
		{"unknown route, HTTP/1.1", "code: there is no code in X-Error-Code or /error/code"},
		{"unknown route, HTTP/1.1", "cache: Cache-Control is [], and lacks no-store"},
		{"unknown route, HTTP/1.1", "request id: there is no X-Request-Id; put middleware.Stack or requestid.Handler"},
		{"GET /items/7: by HEAD", "code: there is no code"},
		{"GET /items/7: no credentials", `canary: the body shows the planted text "errtest-canary-in-the-query"`},
		{"POST /items: not JSON at all", `canary: the body shows the planted text "errtest-canary-in-the-body"`},
		{"GET /secret: no credentials", "challenge: WWW-Authenticate is [] in a 401"},
		{"GET /secret: no credentials", "got 401 without a body", "sniff: X-Content-Type-Options is [], not nosniff"},
		{"GET /panic: no credentials", "reply: the server closed the connection without a whole reply; recover panics"},
		{"HTTP/1.1: reply: a handler panicked", "oh"},
	} {
		if f.find(want...) == "" {
			t.Errorf("no failure has %q", want)
		}
	}
	if told := f.find("unknown route, HTTP/2"); told != "" {
		t.Errorf("it was told of again: %s", told)
	}
	if told := f.find("allow:"); told != "" {
		t.Errorf("ServeMux's Allow is right: %s", told)
	}
	if t.Failed() {
		t.Log(f.some())
	}
}

func TestAStockStackFails(t *testing.T) {
	t.Parallel()
	r := chi.NewRouter()
	r.Use(httprate.LimitBy(1, time.Hour, httprate.Key("*")))
	r.Get("/", func(w http.ResponseWriter, r *http.Request) {})
	f := new(fake)
	errtest.Run(f, r, nil)
	for _, want := range [][]string{
		{"unknown route", "got 429", "Too Many Requests", "media type:"},
		{"request id:"},
	} {
		if f.find(want...) == "" {
			t.Errorf("no failure has %q:\n%s", want, f.some())
		}
	}
}

func TestAServerThatRefusesNothingProvesNothing(t *testing.T) {
	t.Parallel()
	f := new(fake)
	errtest.Run(f, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "r")
	}), nil)
	if len(f.errors) != 1 || f.find("which proves nothing; name some Routes") == "" {
		t.Errorf("got\n%s", f.some())
	}
}

func TestAProbeGetsTheCodeThatItWants(t *testing.T) {
	t.Parallel()
	f := new(fake)
	errtest.Run(f, stack(faos.Catalog), faos.Catalog,
		errtest.Probe{Name: "another code", Target: "/agents/7", Want: errcatalog.RouteNotFound},
		errtest.Probe{Name: "success", Method: "POST", Target: "/agents", Header: http.Header{"Content-Type": {"application/json"}}, Body: `{}`, Want: errcatalog.Code("agent_not_found")},
		errtest.Probe{Name: "no code of the catalogue", Target: "/agents/7", Want: errcatalog.Code("nothing")},
		errtest.Probe{Name: "right", Target: "/agents/7", Want: errcatalog.Code("agent_not_found")},
	)
	if len(f.errors) != 3 {
		t.Errorf("got\n%s", f.some())
	}
	for _, want := range [][]string{
		{"another code", `want: the code is to be "not_found", not "agent_not_found"`},
		{"success", `want: the code is to be "agent_not_found", and the request was not refused`},
		{"no code of the catalogue", `want: the code is to be "nothing", not "agent_not_found"`},
	} {
		if f.find(want...) == "" {
			t.Errorf("no failure has %q:\n%s", want, f.some())
		}
	}
}

func TestAHandlerThatHangsIsFound(t *testing.T) {
	t.Parallel()
	errs := writer(nil)
	release := make(chan struct{})
	h := middleware.Stack{Errors: errs}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			<-release
			return
		}
		errs.WriteError(w, r, errcatalog.NotFound)
	}))
	f := new(fake)
	errtest.Suite{Timeout: time.Second, Probes: []errtest.Probe{{Name: "hang", Target: "/hang"}}}.Run(f, h)
	close(release)
	if f.find("hang, HTTP/1.1: sent GET /hang: reply: there is no reply in time") == "" ||
		f.find("HTTP/1.1: a handler still runs 1s after its client left") == "" {
		t.Errorf("got\n%s", f.some())
	}
}

func TestSettingsThatAreWrongAreFailures(t *testing.T) {
	t.Parallel()
	f := new(fake)
	errtest.Suite{
		Routes: []string{"/agents", "GET agents", "GET /agents HTTP/1.1", "GET /a%zz", "GE(T /agents", " /agents"},
		Probes: []errtest.Probe{
			{Name: "no slash", Target: "agents"},
			{Name: "a blank", Target: "/agents/agt 7"},
			{Name: "a URL", Target: "http://api.test/agents"},
			{Name: "raw", Target: "agents", Raw: "GET /agents/agt_7 HTTP/1.1\r\nHost: api.test\r\n\r\n"},
			{Name: "root"},
			{Name: "an escape", Target: "/agents/%zz"},
			{Name: "a method", Method: "GE T"},
		},
		Skip: map[string]string{"no such probe": "it is dear"},
	}.Run(f, stack(nil))
	want := []string{
		`the route "/agents" is not a method, a blank and a path`, `the route "GET agents" is not`, `the route "GET /agents HTTP/1.1" is not`,
		`the route "GET /a%zz" is not`, `the route "GE(T /agents" is not`, `the route " /agents" is not`,
		`the probe "an escape" has the target "/agents/%zz"`, `the probe "a method" has the method "GE T"`,
		`the probe "no slash" has the target "agents"`, `the probe "a blank" has the target "/agents/agt 7"`, `the probe "a URL" has the target "http://api.test/agents"`,
		`Skip has "no such probe", and there is no such probe`,
	}
	for _, want := range want {
		if f.find(want) == "" {
			t.Errorf("no failure has %q:\n%s", want, f.some())
		}
	}
	if len(f.errors) != len(want) {
		t.Errorf("the server is blamed for them:\n%s", f.some())
	}
}

func TestASettingOfAllProbesThatIsWrongIsTheOnlyFailure(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"v1", "/", "/v1/", "/v1?a=b", "/v 1", "/v1%zz", "http://api.test/v1"} {
		f := new(fake)
		errtest.Suite{Prefix: prefix}.Run(f, stack(nil))
		if len(f.errors) != 1 || f.find(fmt.Sprintf("the prefix %q is not", prefix), "such as /v1") == "" {
			t.Errorf("with the prefix %q:\n%s", prefix, f.some())
		}
	}
	for _, h := range []http.Header{{"X-Key": {"a\r\nb"}}, {"X Key": {"a"}}, {"": {"a"}}} {
		f := new(fake)
		errtest.Suite{Header: h}.Run(f, stack(nil))
		if len(f.errors) != 1 || f.find("can't be sent") == "" {
			t.Errorf("with the headers %q:\n%s", h, f.some())
		}
	}
}

func TestSkippedProbesAreNotSent(t *testing.T) {
	t.Parallel()
	f := new(fake)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "BREW" && r.URL.Path == "/errtest-nowhere" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		stack(nil).ServeHTTP(w, r)
	})
	errtest.Suite{Skip: map[string]string{"unknown route by BREW": "it is a teapot"}}.Run(f, h)
	if len(f.errors) > 0 {
		t.Errorf("got\n%s", f.some())
	}
}

func TestAPrefixKeepsTheProbesInside(t *testing.T) {
	t.Parallel()
	h := stack(faos.Catalog)
	f := new(fake)
	errtest.Suite{
		Catalog: faos.Catalog, Prefix: "/v1", Routes: []string{"POST /agents"},
		Probes: []errtest.Probe{
			{Name: "mine", Target: "/agents/7", Want: faos.CodeAgentNotFound},
			{Name: "a query", Target: "?limit=1"},
			{Name: "nothing"},
		},
	}.Run(f, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1" && !strings.HasPrefix(r.URL.Path, "/v1/") {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		http.StripPrefix("/v1", h).ServeHTTP(w, r)
	}))
	if len(f.errors) > 0 {
		t.Errorf("got\n%s", f.some())
	}
}

func TestCredentialsOpenTheRoutes(t *testing.T) {
	t.Parallel()
	errs := writer(nil)
	h := middleware.Stack{Errors: errs}.Handler(errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if got := r.Header.Values("Authorization"); len(got) == 1 && got[0] == "Bearer good" {
			return errcatalog.RateLimited
		}
		return errcatalog.CredentialsMissing
	}))
	f := new(fake)
	errtest.Suite{
		Header: http.Header{"Authorization": {"Bearer good"}},
		Probes: []errtest.Probe{
			{Name: "known", Want: errcatalog.RateLimited},
			{Name: "unknown", Header: http.Header{"Authorization": nil}, Want: errcatalog.CredentialsMissing},
		},
	}.Run(f, h)
	if len(f.errors) > 0 {
		t.Errorf("got\n%s", f.some())
	}
}

// A listener that passes everything on.
type plain struct{ net.Listener }

func TestNetHTTPsOwnRepliesAreJudgedBehindAListener(t *testing.T) {
	t.Parallel()
	f := new(fake)
	used := 0
	errtest.Suite{Listener: func(l net.Listener) net.Listener { used++; return plain{l} }}.Run(f, stack(nil))
	if used != 1 {
		t.Errorf("the listener was wrapped %d times", used)
	}
	for _, want := range [][]string{
		{"a line that is no request", "400 Bad Request", "json:"},
		{"HTTP/3.0", "505"},
		{"headers of 2 MiB", "431"},
		{"an expectation that is unknown", "417"},
		{"an unknown Transfer-Encoding", "501"},
		{"a Host that is none", "400"},
	} {
		if f.find(want...) == "" {
			t.Errorf("no failure has %q:\n%s", want, f.some())
		}
	}
}

func TestAReplyThatBreaksOffIsFound(t *testing.T) {
	t.Parallel()
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	f := new(fake)
	errtest.Run(f, h, nil)
	if f.find("unknown route, HTTP/1.1: sent GET", "got 500 half: reply: the body breaks off") == "" {
		t.Errorf("got\n%s", f.some())
	}
	if f.find("a handler panicked") != "" {
		t.Errorf("http.ErrAbortHandler is no panic: %s", f.find("a handler panicked"))
	}
}

func TestWhatIsWrongOverHTTP2AloneIsTold(t *testing.T) {
	t.Parallel()
	good := stack(nil)
	f := new(fake)
	errtest.Run(f, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 && r.URL.Path == "/favicon.ico" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		good.ServeHTTP(w, r)
	}), nil)
	if f.find("unknown route, icon, HTTP/2: sent GET /favicon.ico", "got 418 without a body: code:") == "" || f.find("HTTP/1.1") != "" {
		t.Errorf("got\n%s", f.some())
	}
}
