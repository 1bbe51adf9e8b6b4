package errtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A Probe is one request.
type Probe struct {
	// Name says what it is, in failures.
	Name string
	// Method is the method. Empty is GET.
	Method string
	// Target is the path and query, as the request line has them: escaped, without the
	// Suite's Prefix, which is put before them. Empty is /, or the Prefix alone.
	Target string
	// Header are the headers, besides the Suite's own. One of the same name takes the
	// place of the Suite's; an empty list leaves that out.
	Header http.Header
	// Body is the body.
	Body string
	// Raw, if not empty, are the bytes to send, in place of all above. They go over
	// HTTP/1.1 alone. Only the first reply is read.
	Raw string
	// Want is the code of the reply, or a kind for the code that the catalogue
	// answers it with. Nil takes every reply that is in the contract, and success.
	Want error
}

// A probe is a Probe with what only the built-in ones can be.
type probe struct {
	Probe
	http1 bool // HTTP/2 can't say it, or it would say the same as another
	half  bool // the client ends its side of the connection
	leave bool // the client is gone before the reply
	bare  bool // without the suite's credentials
	own   bool // net/http answers it by itself, with a success
}

func (p *probe) method() string {
	if p.Raw != "" {
		method, _, _ := strings.Cut(p.Raw, " ")
		return method
	}
	if p.Method == "" {
		return http.MethodGet
	}
	return p.Method
}

func (p *probe) target() string {
	if p.Target == "" {
		return "/"
	}
	return p.Target
}

// header returns the headers to send: the suite's, and the probe's over them.
func (p *probe) header(common http.Header) http.Header {
	h := http.Header{"X-Errtest": {canaryHeader}, "Cookie": {"errtest=" + canaryCookie}}
	if !p.bare {
		maps.Copy(h, common)
	}
	maps.Copy(h, p.Header)
	return h
}

// text is the request as it goes over an HTTP/1.1 connection.
func (p *probe) text(host string, common http.Header) string {
	if p.Raw != "" {
		return p.Raw
	}
	var b strings.Builder
	h := p.header(common)
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", p.method(), p.target(), host)
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	framed := len(h["Content-Length"]) > 0 || len(h["Transfer-Encoding"]) > 0
	if !framed && (p.Body != "" || slices.Contains([]string{"POST", "PUT", "PATCH"}, p.method())) {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(p.Body))
	}
	return b.String() + "\r\n" + p.Body
}

// String is how failures show what was sent.
func (p *probe) String() string {
	if p.Raw != "" {
		line, _, _ := strings.Cut(p.Raw, "\n")
		return fmt.Sprintf("%q", shorten(strings.TrimRight(line, "\r"), 80))
	}
	return p.method() + " " + shorten(p.target(), 80)
}
