package catalogfile

import (
	"cmp"
	"fmt"
	"slices"
)

// A Severity says whether a fault keeps a catalogue from being used.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Fault is one thing that is wrong in a file, at its place.
type Fault struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // from 1, in Unicode code points
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`
	Code     string   `json:"code,omitempty"` // the entry
	Problem  string   `json:"problem"`        // what is wrong, and how to mend it
}

// Error is the fault in the form of a compiler: file:line:column: severity: problem.
func (f Fault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s [%s]", f.File, f.Line, f.Column, f.Severity, f.Problem, f.Rule)
}

// HasErrors reports whether one of the faults is an error.
func HasErrors(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return f.Severity == Error })
}

// sortFaults puts the faults in the order of the file.
func sortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// The rules that faults name.
const (
	ruleYAML        = "yaml"
	ruleKey         = "key"
	ruleValue       = "value"
	ruleTrap        = "yaml-trap"
	ruleContract    = "contract"
	ruleSnakeCase   = "snake-case"
	ruleGoName      = "go-name"
	ruleSameMessage = "same-message"
	ruleNeverUsed   = "never-used"
	ruleUnusedParam = "unused-param"
	ruleCause       = "no-cause"
	ruleFix         = "no-fix"
	ruleExample     = "no-example"
)

// Rules are all rules, with what their faults are about.
var Rules = []struct{ ID, About string }{
	{ruleYAML, "The file is not one YAML document without anchors, aliases and tags."},
	{ruleKey, "A key is unknown, or stands twice."},
	{ruleValue, "A value is not of its key's type."},
	{ruleTrap, "YAML reads a value as something else than it looks like."},
	{ruleContract, "The catalogue does not build."},
	{ruleSnakeCase, "A code or a message's name is not in snake_case."},
	{ruleGoName, "Two things would have one name in Go."},
	{ruleSameMessage, "Two codes say the same."},
	{ruleNeverUsed, "A message is never used, because one before it always fits."},
	{ruleUnusedParam, "A param is neither public nor in a message."},
	{ruleCause, "An entry does not say why it happens."},
	{ruleFix, "An entry does not say what the reader can do."},
	{ruleExample, "A param has no example."},
}
