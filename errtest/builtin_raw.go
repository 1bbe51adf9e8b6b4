package errtest

import "strings"

func raw(name string, lines ...string) probe {
	return probe{Probe: Probe{Name: name, Raw: strings.Join(lines, "\r\n")}, http1: true}
}

// host and end are the lines that most raw probes end with.
const (
	host   = "Host: localhost"
	canary = "X-Errtest: " + canaryHeader
)

// framings are requests to an unknown route, framed in strange ways that handlers see.
func framings(prefix string) []probe {
	get, post := "GET "+prefix+"/errtest-nowhere HTTP/1.1", "POST "+prefix+"/errtest-nowhere HTTP/1.1"
	closing := func(p probe) probe { p.half = true; return p }
	leaving := func(p probe) probe { p.leave = true; return p }
	return []probe{
		raw("HTTP/1.0 without Host", "GET "+prefix+"/errtest-nowhere HTTP/1.0", canary, "", ""),
		raw("HTTP/1.0 that stays", "GET "+prefix+"/errtest-nowhere HTTP/1.0", host, "Connection: keep-alive", "", ""),
		raw("two requests at once", get, host, canary, "", get, host, "", ""),
		raw("lines that end without CR", get+"\n"+host+"\n\n"),
		raw("a thousand headers", get, host, strings.Repeat("X-Errtest: x\r\n", 1000), ""),
		raw("Content-Length and chunks", post, host, "Content-Length: 5", "Transfer-Encoding: chunked", "", "0", "", ""),
		raw("chunks with a trailer", post, host, "Transfer-Encoding: chunked", "Trailer: X-Errtest", "", "0", canary, "", ""),
		raw("GET with a body", get, host, "Content-Length: 2", "", "{}"),
		raw("HEAD with a body", strings.Replace(get, "GET", "HEAD", 1), host, "Content-Length: 2", "", "{}"),
		raw("upgrade to WebSocket", get, host, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""),
		raw("upgrade to HTTP/2", get, host, "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "", ""),
		closing(raw("a client that only listens on", get, host, "", "")),
		leaving(raw("a client that leaves at once", get, host, "", "")),
		leaving(raw("a client that leaves within the headers", get, host, "X-Errt")),
		leaving(raw("a client that says nothing", "\r\n")),
	}
}

// targets are request targets that are not a path of the server.
func targets() []probe {
	options := raw("OPTIONS *", "OPTIONS * HTTP/1.1", host, "", "")
	options.own = true
	return []probe{
		options,
		raw("GET *", "GET * HTTP/1.1", host, "", ""),
		raw("target with scheme and host", "GET http://errtest.invalid/errtest-nowhere?x="+canaryQuery+" HTTP/1.1", host, "", ""),
		raw("target of another scheme", "GET ftp://errtest.invalid/errtest-nowhere HTTP/1.1", host, "", ""),
		raw("target with a user", "GET http://user:"+canaryCredential+"@localhost/errtest-nowhere HTTP/1.1", host, "", ""),
		raw("CONNECT", "CONNECT errtest.invalid:443 HTTP/1.1", "Host: errtest.invalid:443", "", ""),
		raw("CONNECT to a path", "CONNECT /errtest-nowhere HTTP/1.1", host, "", ""),
		raw("a Host that is not the server's", "GET /errtest-nowhere HTTP/1.1", "Host: errtest.invalid", "", ""),
		raw("an empty Host", "GET /errtest-nowhere HTTP/1.1", "Host:", "", ""),
	}
}

// early are requests that net/http answers before any handler: those that are no
// HTTP, and those of versions, encodings and expectations that it does not know.
func early() []probe {
	const get, post = "GET /errtest-nowhere HTTP/1.1", "POST /errtest-nowhere HTTP/1.1"
	return []probe{
		raw("a line that is no request", canaryHeader, "", ""),
		raw("empty lines first", "", get, host, "", ""),
		raw("a header that goes on in the next line", get, host, canary, " "+canaryHeader, "", ""),
		raw("bytes of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
		raw("HTTP/0.9", "GET /errtest-nowhere", "", ""),
		raw("HTTP/3.0", "GET /errtest-nowhere HTTP/3.0", host, "", ""),
		raw("a version that is none", "GET /errtest-nowhere HTTP/x.y", host, "", ""),
		raw("no method", " /errtest-nowhere HTTP/1.1", host, "", ""),
		raw("a method of signs", "GE(T /errtest-nowhere HTTP/1.1", host, "", ""),
		raw("a target with a blank", "GET /errtest nowhere HTTP/1.1", host, "", ""),
		raw("a target with a broken escape", "GET /errtest%zz HTTP/1.1", host, "", ""),
		raw("a target with a control character", "GET /errtest\x01 HTTP/1.1", host, "", ""),
		raw("a target that is no URL", "GET "+canaryQuery+" HTTP/1.1", host, "", ""),
		raw("no Host", get, canary, "", ""),
		raw("two Hosts", get, host, "Host: errtest.invalid", "", ""),
		raw("a Host that is none", get, "Host: errtest <"+canaryHeader+">", "", ""),
		raw("a header without a colon", get, host, canaryHeader, "", ""),
		raw("a header with a blank in its name", get, host, "X Errtest: "+canaryHeader, "", ""),
		raw("a header with a NUL", get, host, "X-Errtest: \x00"+canaryHeader, "", ""),
		raw("a Content-Length that is none", post, host, "Content-Length: "+canaryHeader, "", ""),
		raw("a negative Content-Length", post, host, "Content-Length: -1", "", ""),
		raw("two Content-Lengths", post, host, "Content-Length: 1", "Content-Length: 2", "", "{}"),
		raw("an unknown Transfer-Encoding", post, host, "Transfer-Encoding: errtest", "", ""),
		raw("Transfer-Encoding twice", post, host, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked", "", "0", "", ""),
		raw("an expectation that is unknown", post, host, "Expect: "+canaryHeader, "Content-Length: 2", "", "{}"),
		raw("headers of 2 MiB", get, host, strings.Repeat("X-Errtest: "+strings.Repeat("x", 1000)+"\r\n", 2<<10), ""),
		raw("a header of 2 MiB", get, host, "X-Errtest: "+strings.Repeat("x", 2<<20), "", ""),
		raw("a target of 2 MiB", "GET /"+strings.Repeat("x", 2<<20)+" HTTP/1.1", host, "", ""),
	}
}
