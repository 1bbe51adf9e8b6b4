package listener

import (
	"bytes"
	"runtime"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// A refusal is a reply that net/http writes where no handler runs.
type refusal struct {
	image string // its bytes, but for the Date
	kind  errcatalog.Kind
	text  string // what it says, for the log
	proto string
	head  bool // whether it answers a HEAD
	trail []string
}

// The trails are the functions of net/http on the stack of the Write, innermost
// first. All but one refusal are written past the ResponseWriter.
var (
	pastWriter = []string{"(*conn).serve"}
	byWriter   = []string{"checkConnErrorWriter.Write", "(*response).finishRequest", "(*response).sendExpectationFailed"}
)

// refusals has all refusals by their images.
var refusals = func() map[string]*refusal {
	m := make(map[string]*refusal)
	for _, r := range []refusal{
		plain(errcatalog.BadRequest, "400 Bad Request"),
		plain(errcatalog.BadRequest, "400 Bad Request: missing required Host header"),
		plain(errcatalog.BadRequest, "400 Bad Request: malformed Host header"),
		plain(errcatalog.BadRequest, "400 Bad Request: invalid header name"),
		plain(errcatalog.BadRequest, "400 Bad Request: invalid header value"),
		plain(errcatalog.HeadersTooLarge, "431 Request Header Fields Too Large"),
		worded(errcatalog.NotImplemented, "501 Not Implemented", "Unsupported transfer encoding"),
		plain(errcatalog.VersionNotSupported, "505 HTTP Version Not Supported: unsupported protocol version"),
		notTLS("Client sent an HTTP request to an HTTPS server."),
		expectation("HTTP/1.1", "Connection: close\r\nContent-Length: 0\r\n", false),
		expectation("HTTP/1.1", "Connection: close\r\n", true),
		expectation("HTTP/1.0", "Connection: close\r\nContent-Length: 0\r\n", false),
		expectation("HTTP/1.0", "Connection: close\r\n", true),
		// From a server that keeps no connection alive.
		expectation("HTTP/1.1", "Content-Length: 0\r\nConnection: close\r\n", false),
		expectation("HTTP/1.0", "Content-Length: 0\r\n", false),
		expectation("HTTP/1.0", "", true),
	} {
		m[r.image] = &r
	}
	return m
}()

// plain is a refusal whose text is its status line's.
func plain(kind errcatalog.Kind, status string) refusal { return worded(kind, status, status) }

// worded is a refusal with a text of its own.
func worded(kind errcatalog.Kind, status, text string) refusal {
	const headers = "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
	image := "HTTP/1.1 " + status + "\r\n" + headers + "\r\n" + text
	return refusal{image, kind, text, "HTTP/1.1", false, pastWriter}
}

// notTLS is the refusal of a request that is not encrypted, where it should be.
func notTLS(text string) refusal {
	image := "HTTP/1.0 400 Bad Request\r\n\r\n" + text + "\n"
	return refusal{image, errcatalog.BadRequest, text, "HTTP/1.0", false, pastWriter}
}

// expectation is the refusal of an Expect header.
func expectation(proto, headers string, head bool) refusal {
	const text = "417 Expectation Failed"
	image := proto + " " + text + "\r\n" + headers + "\r\n"
	return refusal{image, errcatalog.ExpectationFailed, text, proto, head, byWriter}
}

// maxImage is the most bytes that a refusal has, and some more.
const maxImage = 256

// maybe reports whether p begins like a refusal.
func maybe(p []byte) bool {
	return len(p) >= 10 && len(p) <= maxImage && string(p[:7]) == "HTTP/1." && (p[9] == '4' || p[9] == '5')
}

// lookup returns the refusal that p has the bytes of, or nil.
func lookup(p []byte) *refusal {
	var buf [maxImage]byte
	return refusals[string(appendDateless(buf[:0], p))]
}

// appendDateless appends p without its Date header.
func appendDateless(b, p []byte) []byte {
	const date = len("Mon, 02 Jan 2006 15:04:05 GMT")
	before, after, found := bytes.Cut(p, []byte("\r\nDate: "))
	if b = append(b, before...); found && len(after) >= date {
		b = append(b, after[date:]...)
	}
	return b
}

// calledFrom reports whether the innermost functions of net/http on the stack are
// those of the trail.
func calledFrom(trail []string) bool {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for more := true; more && len(trail) > 0; {
		var f runtime.Frame
		f, more = frames.Next()
		name, ok := strings.CutPrefix(f.Function, "net/http.")
		if !ok {
			continue
		}
		if name != trail[0] {
			return false
		}
		trail = trail[1:]
	}
	return len(trail) == 0
}
