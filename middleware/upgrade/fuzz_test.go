package upgrade_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// fuzzLimit is the limit of the fuzzed upgrade, small so that programs reach it.
const fuzzLimit = 100

// fuzzHeaders are what programs set. Those of the body's length are left out: a body
// of another length breaks off at another byte.
var fuzzHeaders = [][2]string{
	{"Content-Type", "application/json"},
	{"Content-Type", "text/plain; charset=utf-8"},
	{"Content-Type", "TEXT/Plain"},
	{"Content-Type", "text/html"},
	{"Content-Type", ""},
	{"Content-Encoding", "br"},
	{"Etag", `"x"`},
	{"Allow", "GET"},
	{"Retry-After", "7"},
	{"Retry-After", "soon"},
	{"Www-Authenticate", "Basic"},
	{"Content-Range", "bytes */7"},
	{"X-Mine", "y"},
	{"Trailer", "X-End"},
	{"X-End", "z"},
	{"Vary", "Origin"},
}

var fuzzStatuses = []int{200, 201, 204, 206, 302, 304, 400, 401, 404, 405, 409, 413, 415, 416, 418, 429, 460, 499, 500, 502, 503, 599, 103}

var fuzzBodies = []string{
	"", "x", "text", `{"json":true}`, "404 page not found\n", "Conflict\n", "<html>",
	strings.Repeat("y", fuzzLimit-1), strings.Repeat("z", fuzzLimit+1), strings.Repeat("w", 5000),
	"<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>",
}

// run does what the program says: an operation and its operand, byte by byte.
func run(w http.ResponseWriter, program []byte) {
	for ; len(program) >= 2; program = program[2:] {
		operand := int(program[1])
		text := fuzzBodies[operand%len(fuzzBodies)]
		switch program[0] % 8 {
		case 0:
			h := fuzzHeaders[operand%len(fuzzHeaders)]
			w.Header()[h[0]] = []string{h[1]}
		case 1:
			delete(w.Header(), fuzzHeaders[operand%len(fuzzHeaders)][0])
		case 2:
			w.WriteHeader(fuzzStatuses[operand%len(fuzzStatuses)])
		case 3:
			_, _ = w.Write([]byte(text))
		case 4:
			_, _ = io.WriteString(w, text)
		case 5:
			_, _ = io.Copy(w, struct{ io.Reader }{strings.NewReader(text)})
		case 6:
			_ = http.NewResponseController(w).Flush()
		case 7:
			http.Error(w, text, fuzzStatuses[operand%len(fuzzStatuses)])
		}
	}
}

func fuzzed(w http.ResponseWriter, r *http.Request) {
	program, _ := hex.DecodeString(r.Header.Get("X-Program"))
	run(w, program)
}

// A sketch is what a program must come to.
type sketch struct {
	http.ResponseWriter
	header  http.Header
	status  int
	means   int // the status of the contract's reply
	typed   bool
	body    bytes.Buffer
	flushed bool
	atFlush int // how long the body was
}

func (s *sketch) Header() http.Header { return s.header }

func (s *sketch) WriteHeader(status int) {
	if status < 200 || s.status != 0 {
		return
	}
	t := strings.ToLower(s.header.Get("Content-Type"))
	s.status, s.typed = status, t != "" && !strings.HasPrefix(t, "text/plain")
	if s.means = status; status == http.StatusRequestedRangeNotSatisfiable && s.header.Get("Content-Range") == "" {
		s.means = http.StatusBadRequest // what net/http says of a Range that does not parse
	}
}

func (s *sketch) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	return s.body.Write(p)
}

func (s *sketch) Flush() {
	s.WriteHeader(http.StatusOK)
	if !s.flushed {
		s.flushed, s.atFlush = true, s.body.Len()
	}
}

// upgrades reports whether the program's reply becomes the contract's.
func (s *sketch) upgrades() bool {
	held := s.body.Len()
	if s.flushed {
		held = s.atFlush
	}
	if s.status < 400 || held > fuzzLimit {
		return false
	}
	text := strings.TrimSpace(s.body.String()[:held])
	image := text != "" && slices.Contains([]string{fuzzBodies[len(fuzzBodies)-1], "404 page not found", http.StatusText(s.status)}, text)
	return !s.typed || image || held == 0 && !s.flushed
}

// look returns all that a client sees, but for the date.
func look(t *testing.T, s *httptest.Server, method string, program []byte) (*http.Response, string) {
	t.Helper()
	r := request(t, s, method, "/")
	r.Header.Set("X-Program", hex.EncodeToString(program))
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Header.Del("Date")
	return resp, fmt.Sprint(resp.StatusCode, resp.Header, resp.Trailer, resp.ContentLength, resp.Close, err, "\n", string(body))
}

// start is testutil.Serve for a fuzz target.
func start(f *testing.F, h http.Handler, h2 bool) *httptest.Server {
	f.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	if s.EnableHTTP2 = h2; h2 {
		s.StartTLS()
	} else {
		s.Start()
	}
	f.Cleanup(s.Close)
	return s
}

func FuzzReplies(f *testing.F) {
	handler := upgrade.Replies{
		OnError: (&errcatalog.Writer{Report: quiet}).WriteError,
		Report:  func(*http.Request, *upgrade.ReplyError) {},
		Limit:   fuzzLimit,
	}.Handler(http.HandlerFunc(fuzzed))
	servers := map[bool][2]*httptest.Server{}
	for _, h2 := range []bool{false, true} {
		servers[h2] = [2]*httptest.Server{start(f, http.HandlerFunc(fuzzed), h2), start(f, handler, h2)}
	}
	f.Add([]byte{7, 8}, false, false)                           // http.Error
	f.Add([]byte{0, 0, 2, 8, 3, 3}, true, false)                // JSON
	f.Add([]byte{0, 0, 2, 8}, true, true)                       // a bare status over a type
	f.Add([]byte{2, 8, 3, 2, 6, 0, 3, 2}, false, false)         // flushed
	f.Add([]byte{0, 13, 0, 0, 2, 10, 3, 9, 0, 14}, true, false) // long, with a trailer
	f.Add([]byte{2, 22, 2, 0, 5, 9, 7, 8}, false, false)        // a success, and an error after it
	f.Add([]byte{0, 3, 2, 20, 3, 10}, true, false)              // TimeoutHandler's page over a type
	f.Add([]byte{2, 10, 5, 7, 4, 7}, false, false)              // to the limit and beyond
	f.Fuzz(func(t *testing.T, program []byte, h2, head bool) {
		program = program[:min(len(program), 60)]
		method := http.MethodGet
		if head {
			method = http.MethodHead
		}
		want := &sketch{header: http.Header{}}
		run(want, program)
		_, bare := look(t, servers[h2][0], method, program)
		resp, got := look(t, servers[h2][1], method, program)
		if !want.upgrades() {
			if got != bare && (want.status != http.StatusRequestEntityTooLarge || h2) {
				t.Errorf("got\n%s\nwant\n%s", got, bare)
			}
			return
		}
		code, status := standard(want.means)
		_, body, _ := strings.Cut(got, "\n")
		if resp.StatusCode != status || resp.Header.Get("X-Error-Code") != code || !head && codeOf(strings.TrimSpace(body)) != code {
			t.Errorf("got\n%s\nwant %d %s", got, status, code)
		}
		if resp.Header.Get("Etag") != "" || resp.Header.Get("Retry-After") == "soon" || len(resp.Trailer) != 0 {
			t.Errorf("the reply has stale headers:\n%s", got)
		}
	})
}
