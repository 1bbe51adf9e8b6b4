package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
)

// curl is a call as a line for a shell. It prints the response with its headers.
func (s *mounted) curl(base string, c system.Call) string {
	line := "curl -si"
	if c.Method != http.MethodGet {
		line += " -X " + c.Method
	}
	header := maps.Clone(c.Header)
	if header == nil {
		header = http.Header{}
	}
	if c.Key != "" {
		name, value := s.Credential(c.Key)
		header.Set(name, value)
	}
	if c.Body != "" && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		line += " -H " + quote(strings.ToLower(name)+": "+header.Get(name))
	}
	if c.Body != "" {
		line += " -d " + long(c.Body)
	}
	line += " " + long(base+s.prefix+c.Path)
	if c.Times > 1 {
		line = fmt.Sprintf("for i in $(seq %d); do %s; done", c.Times, line)
	}
	return line
}

// quote has a shell take s as it is.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// longest is how long a text may be that is shown as it is.
const longest = 2000

// long is quote of a text that, if it is too long to show, ends in a letter again and
// again: the shell repeats it.
func long(s string) string {
	if len(s) <= longest {
		return quote(s)
	}
	body := strings.TrimRight(s, s[len(s)-1:])
	return fmt.Sprintf(`%s"$(printf '%%%ds' | tr ' ' %s)"`, quote(body), len(s)-len(body), quote(s[len(s)-1:]))
}
