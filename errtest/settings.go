package errtest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// faults says what is wrong with the settings that all probes share, and with which none
// can be sent.
func (s Suite) faults() (faults []string) {
	if p := s.Prefix; p != "" && (!isTarget(p) || strings.HasSuffix(p, "/") || strings.Contains(p, "?")) {
		faults = append(faults, fmt.Sprintf("the prefix %q is not a path without a slash or a query at its end, such as /v1", p))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Header)) {
		if !isToken(name) || strings.ContainsAny(strings.Join(s.Header[name], ""), "\r\n\x00") {
			faults = append(faults, fmt.Sprintf("the header %q can't be sent: its name is not of letters, digits and -, or a value has a line break", name))
		}
	}
	return faults
}

// mine returns the probes that are not built in.
func (s Suite) mine() (all []probe, problems []string) {
	for _, p := range s.Probes {
		if p.Name == "" {
			p.Name = "a probe without a name"
		}
		target := s.Prefix + p.Target
		switch {
		case p.Raw != "":
		case target != "" && !isTarget(target):
			problems = append(problems, fmt.Sprintf("the probe %q has the target %q, which is not a path, such as /agents/agt_1; what is none goes in Raw", p.Name, target))
			continue
		case p.Method != "" && !isToken(p.Method):
			problems = append(problems, fmt.Sprintf("the probe %q has the method %q, which is none; what is none goes in Raw", p.Name, p.Method))
			continue
		}
		p.Target = target
		all = append(all, probe{Probe: p, http1: p.Raw != ""})
	}
	return all, problems
}

// without takes out what the suite skips.
func (s Suite) without(all []probe) (kept []probe, problems []string) {
	names := map[string]bool{}
	for _, p := range all {
		names[p.Name] = true
		if _, skip := s.Skip[p.Name]; !skip {
			kept = append(kept, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Skip)) {
		if !names[name] {
			problems = append(problems, fmt.Sprintf("Skip has %q, and there is no such probe; take it out", name))
		}
	}
	return kept, problems
}

// routes reads the suite's routes.
func (s Suite) routes() (routes []route, problems []string) {
	if s.Routes == nil {
		return []route{{"GET", "/"}, {"POST", "/"}}, nil
	}
	for _, text := range s.Routes {
		method, target, _ := strings.Cut(text, " ")
		if !isToken(method) || !isTarget(target) {
			problems = append(problems, fmt.Sprintf("the route %q is not a method, a blank and a path, such as GET /agents/agt_1", text))
			continue
		}
		routes = append(routes, route{method, target})
	}
	return routes, problems
}

// isTarget reports whether s is a path, or a path and a query, that net/http takes.
func isTarget(s string) bool {
	_, err := url.ParseRequestURI(s)
	return err == nil && strings.HasPrefix(s, "/") && !strings.Contains(s, " ")
}

// isToken reports whether s can be a method or the name of a header (RFC 9110, section
// 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}
