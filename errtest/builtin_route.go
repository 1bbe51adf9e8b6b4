package errtest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions, "BREW",
}

// probes are those to a route that the server knows.
func (r route) probes(all []route) []probe {
	probes := slices.Concat(r.wrongMethods(all), r.credentials(), r.conditions())
	switch r.method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		probes = append(probes, r.bodies()...)
	}
	return probes
}

func (r route) probe(name string, header http.Header, body string) probe {
	return probe{Probe: Probe{
		Name: r.method + " " + r.target + ": " + name, Method: r.method, Target: r.target, Header: header, Body: body,
	}}
}

// wrongMethods are the methods that are not listed for the path. The first route of
// the path has them.
func (r route) wrongMethods(all []route) (probes []probe) {
	first := slices.IndexFunc(all, func(o route) bool { return o.target == r.target })
	if all[first] != r {
		return nil
	}
	for _, method := range methods {
		if !slices.Contains(all, route{method, r.target}) {
			p := r.probe("by "+method, nil, "")
			p.Method = method
			probes = append(probes, p)
		}
	}
	return probes
}

// credentials are requests that no one sent who is known.
func (r route) credentials() (probes []probe) {
	const key, auth = "X-Api-Key", "Authorization"
	for _, c := range []struct {
		name   string
		header http.Header
	}{
		{"no credentials", nil},
		{"unknown token", http.Header{auth: {"Bearer " + canaryCredential}}},
		{"unknown API key", http.Header{key: {canaryCredential}}},
		{"Authorization without a credential", http.Header{auth: {"Bearer"}}},
		{"Authorization with two words", http.Header{auth: {"Bearer " + canaryCredential + " " + canaryCredential}}},
		{"Authorization of another scheme", http.Header{auth: {"Basic " + canaryCredential + "=!!"}}},
		{"Authorization that is empty", http.Header{auth: {""}}},
		{"Authorization of signs", http.Header{auth: {"\"" + canaryCredential + "\\,;=()"}}},
		{"two Authorizations", http.Header{auth: {"Bearer " + canaryCredential, "Bearer other"}}},
		{"token and API key", http.Header{auth: {"Bearer " + canaryCredential}, key: {"other"}}},
		{"token of 8,000 characters", http.Header{auth: {"Bearer " + canaryCredential + strings.Repeat("x", 8000)}}},
		{"token that looks like a JWT", http.Header{auth: {"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9." + canaryCredential}}},
		{"token beyond ASCII", http.Header{auth: {"Bearer ключ-" + canaryCredential}}},
	} {
		p := r.probe(c.name, c.header, "")
		p.bare = true
		if r.method == http.MethodPost || r.method == http.MethodPut || r.method == http.MethodPatch {
			p.Header = with(p.Header, "Content-Type", "application/json")
			p.Body = `{}`
		}
		probes = append(probes, p)
	}
	return probes
}

// conditions are ranges and preconditions that do not hold, or are none.
func (r route) conditions() (probes []probe) {
	for _, c := range []struct{ name, value string }{
		{"Range", "bytes=999999999999-"},
		{"Range", "errtest=" + canaryHeader},
		{"If-Match", `"` + canaryHeader + `"`},
		{"If-None-Match", "*"},
		{"If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"},
		{"If-Modified-Since", canaryHeader},
		{"Expect", "100-continue"},
		{"Upgrade", "errtest"},
	} {
		p := r.probe(c.name+": "+c.value, http.Header{c.name: {c.value}}, "")
		if c.name == "Upgrade" {
			p.http1, p.Header = true, with(p.Header, "Connection", "Upgrade")
		}
		if c.name == "Expect" {
			p.http1, p.Body = true, `{"errtest":`
		}
		probes = append(probes, p)
	}
	return probes
}

// with returns h with one more header.
func with(h http.Header, name string, values ...string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h[name] = values
	return h
}

// huge is longer than what most servers take. Much more would keep a JSON decoder busy
// for seconds under the race detector. All routes share it.
var huge = sync.OnceValue(func() string { return `{"name": "` + strings.Repeat("x", 2<<20) + `"}` })

// hugeChunks is huge in chunks.
var hugeChunks = sync.OnceValue(func() string {
	const size = 1 << 16
	return strings.Repeat("10000\r\n"+strings.Repeat("x", size)+"\r\n", len(huge())/size) + "0\r\n\r\n"
})

// bodies are contents that a route for JSON can't take.
func (r route) bodies() (probes []probe) {
	for _, b := range []struct{ name, mediaType, body string }{
		{"an empty body", "application/json", ""},
		{"JSON that breaks off", "application/json", `{"errtest": "` + canaryBody},
		{"JSON with something behind", "application/json", `{"errtest": "` + canaryBody + `"} {}`},
		{"not JSON at all", "application/json", canaryBody + " &<>\"'"},
		{"a JSON array", "application/json", `["` + canaryBody + `"]`},
		{"JSON null", "application/json", `null`},
		{"an empty object", "application/json", `{}`},
		{"an unknown member", "application/json", `{"errtest": "` + canaryBody + `"}`},
		{"wrong types", "application/json", `{"id": {"x": "` + canaryBody + `"}, "name": [["` + canaryBody + `"]], "text": -0, "input": "` + canaryBody + `"}`},
		{"JSON that nests deep", "application/json", strings.Repeat(`{"a":[`, 20_000)},
		{"a number that is too large", "application/json", `{"id": 1e99999, "name": 123456789012345678901234567890}`},
		{"JSON that is not UTF-8", "application/json", "{\"name\": \"\xff\xfe" + canaryBody + "\"}"},
		{"JSON behind a byte order mark", "application/json", "\ufeff{\"name\": \"" + canaryBody + "\"}"},
		{"JSON in UTF-16", "application/json; charset=utf-16", "{\x00}\x00"},
		{"text", "text/plain", canaryBody},
		{"XML", "application/xml", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;` + canaryBody + `</x>`},
		{"a form", "application/x-www-form-urlencoded", "errtest=" + canaryBody + "&%zz"},
		{"multipart that has no boundary", "multipart/form-data", "--x\r\n" + canaryBody},
		{"a Content-Type that is none", "; ; ===" + "\"", `{}`},
		{"a body of 2 MiB", "application/json", huge()},
	} {
		probes = append(probes, r.probe(b.name, http.Header{"Content-Type": {b.mediaType}}, b.body))
	}
	untyped := r.probe("a body without Content-Type", nil, `{"errtest": "`+canaryBody+`"}`)
	packed := r.probe("a Content-Encoding that the body is not in", http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}, canaryBody)
	return append(append(probes, untyped, packed), r.brokenBodies()...)
}

// brokenBodies are bodies that do not arrive as they were announced.
func (r route) brokenBodies() []probe {
	json := http.Header{"Content-Type": {"application/json"}}
	short := r.probe("a body that breaks off", with(json, "Content-Length", "1000"), `{"errtest":`)
	vast := r.probe("a body of an announced terabyte", with(json, "Content-Length", "1099511627776"), `{"errtest":`)
	chunked := r.probe("chunks of 2 MiB", with(json, "Transfer-Encoding", "chunked"), hugeChunks())
	chunk := r.probe("a chunk that is none", with(json, "Transfer-Encoding", "chunked"), "5\r\n{\"a\":\r\nxyz\r\n"+canaryBody)
	short.half, vast.half, chunk.half = true, true, true
	left := r.probe("a client that leaves within the body", with(json, "Content-Length", "1000"), `{"errtest":`)
	left.leave = true
	probes := []probe{short, vast, chunked, chunk, left}
	for i := range probes {
		probes[i].http1 = true
	}
	return probes
}
