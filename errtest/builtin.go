package errtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A route is a request that the server knows.
type route struct{ method, target string }

// probes returns what the suite sends, and what is wrong with single ones of its settings.
func (s Suite) probes() (all []probe, problems []string) {
	routes, problems := s.routes()
	all = slices.Concat(unknownTargets(), oddMethods(), negotiations())
	for _, r := range routes {
		all = append(all, r.probes(routes)...)
	}
	for i := range all {
		all[i].Target = s.Prefix + all[i].Target
		if !strings.Contains(all[i].Target, "?") {
			all[i].Target += "?errtest=" + canaryQuery
		}
	}
	all = append(all, framings(s.Prefix)...)
	if s.Prefix == "" {
		all = append(all, targets()...)
	}
	if s.Prefix == "" && s.Listener != nil {
		all = append(all, early()...)
	}
	all, unknown := s.without(all)
	mine, wrong := s.mine()
	return append(all, mine...), slices.Concat(problems, unknown, wrong)
}

func named(name, target string) probe { return probe{Probe: Probe{Name: name, Target: target}} }

// unknownTargets are paths that hardly any server has.
func unknownTargets() []probe {
	long := strings.Repeat("x", 10_000)
	return []probe{
		named("unknown route", "/errtest-nowhere"),
		named("unknown route, deep", "/errtest/no/where"),
		named("unknown route, trailing slash", "/errtest-nowhere/"),
		named("unknown route, two slashes first", "//errtest-nowhere"),
		named("unknown route, two slashes within", "/errtest//nowhere"),
		named("unknown route, a dot", "/./errtest-nowhere"),
		named("unknown route, two dots", "/errtest/../errtest-nowhere"),
		named("unknown route, escaped dots", "/errtest/%2e%2e/%2e%2e/etc/passwd"),
		named("unknown route, escaped slash", "/errtest%2Fnowhere"),
		named("unknown route, escaped backslash", "/errtest%5Cnowhere"),
		named("unknown route, escaped percent", "/errtest%2500nowhere"),
		named("unknown route, NUL", "/errtest%00nowhere"),
		named("unknown route, a byte that is not UTF-8", "/errtest%ff"),
		named("unknown route, line break", "/errtest%0d%0aX-Errtest:%20injected"),
		named("unknown route, blank", "/errtest%20nowhere"),
		named("unknown route, unescaped letters beyond ASCII", "/errtest-größe"),
		named("unknown route, right-to-left override", "/errtest%E2%80%AEgpj.exe"),
		named("unknown route, HTML", "/errtest%3Cscript%3Ealert(1)%3C/script%3E"),
		named("unknown route, braces", "/errtest/{id}/${x}/%25s"),
		named("unknown route, semicolon", "/errtest;a=b"),
		named("unknown route, colon", "/errtest:nowhere"),
		named("unknown route, 10,000 characters", "/errtest/"+long),
		named("unknown route, 2,000 segments", "/errtest"+strings.Repeat("/x", 2000)),
		named("unknown route, query of 10,000 characters", "/errtest?errtest="+canaryQuery+long),
		named("unknown route, query that does not parse", "/errtest?errtest="+canaryQuery+"&%zz=;&=&&%"),
		named("unknown route, icon", "/favicon.ico"),
		named("unknown route, file of settings", "/.env"),
	}
}

// oddMethods are methods that hardly any route has.
func oddMethods() (probes []probe) {
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW", "get", "PROPFIND", "M-SEARCH", strings.Repeat("X", 1000)} {
		p := named("unknown route by "+shorten(method, 20), "/errtest-nowhere")
		p.Method = method
		probes = append(probes, p)
	}
	for _, method := range []string{"BREW", "post", "PROPFIND"} {
		p := named("the root by "+method, "/")
		p.Method = method
		probes = append(probes, p)
	}
	trace := named("unknown route by TRACE", "/errtest-nowhere")
	trace.Method = "TRACE"
	preflight := named("preflight of an unknown route", "/errtest-nowhere")
	preflight.Method = "OPTIONS"
	preflight.Header = http.Header{"Origin": {"https://errtest.invalid"}, "Access-Control-Request-Method": {"PUT"}}
	override := named("method override", "/errtest-nowhere")
	override.Method, override.Header = "POST", http.Header{"X-Http-Method-Override": {"DELETE"}}
	return append(probes, trace, preflight, override)
}

// negotiations ask an unknown route for types, languages and encodings.
func negotiations() (probes []probe) {
	for _, accept := range []string{
		"application/problem+json", "application/problem+json, application/json;q=0.5", "application/json, application/problem+json;q=0.9",
		"text/html,application/xhtml+xml,*/*;q=0.8", "image/png", "*/*;q=0", "application/*;q=0, application/problem+json;q=0.001",
		"\"", ";;;,,,q=", "application/problem+json;q=NaN", "", strings.Repeat("a/b,", 2000),
	} {
		p := named(fmt.Sprintf("Accept: %s", shorten(accept, 50)), "/errtest-nowhere")
		p.Header = http.Header{"Accept": {accept}}
		probes = append(probes, p)
	}
	for name, values := range map[string][]string{
		"Accept-Language": {"xx-" + strings.Repeat("y", 500) + ";q=2"},
		"Accept-Charset":  {"utf-16, *;q=0"},
		"X-Request-Id":    {"\"><script>"},
		"Origin":          {"null"},
		"Forwarded":       {"for=\"_gazonk\";;proto=errtest"},
	} {
		p := named("a strange "+name, "/errtest-nowhere")
		p.Header = http.Header{name: values}
		probes = append(probes, p)
	}
	slices.SortFunc(probes, func(a, b probe) int { return strings.Compare(a.Name, b.Name) })
	return probes
}
