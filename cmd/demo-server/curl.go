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
	switch {
	case len(c.Body) > longest: // a shell can't pass it as an argument
		line = repeat(c.Body) + " | " + line + " --data-binary @-"
	case c.Body != "":
		line += " -d " + quote(c.Body)
	}
	if target := base + s.prefix + c.Path; len(target) > longest {
		line += ` "$(` + repeat(target) + `)"`
	} else {
		line += " " + quote(target)
	}
	if c.Times > 1 {
		line = fmt.Sprintf("for i in $(seq %d); do %s; done", c.Times, line)
	}
	return line
}

// quote has a shell take s as it is.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// longest is how long a text may be that is shown as it is.
const longest = 2000

// repeat is a command that prints a text whose end is one letter again and again.
func repeat(s string) string {
	last := s[len(s)-1:]
	start := strings.TrimRight(s, last)
	return fmt.Sprintf("{ printf %%s %s; printf '%%%ds' '' | tr ' ' %s; }", quote(start), len(s)-len(start), quote(last))
}
