package catalogfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// contract reports what keeps the catalogue from being built, but for what may
// come of the parts that could not be read: entries by code, "" for the rest.
func (f *File) contract(err error, unread map[string]bool) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	var uncovered []*errcatalog.Fault
	for _, err := range joined.Unwrap() {
		var fault *errcatalog.Fault
		switch {
		case !errors.As(err, &fault) || follows(fault, unread):
		case fault.Field == "errors":
			uncovered = append(uncovered, fault)
		default:
			f.refuse(fault)
		}
	}
	if len(uncovered) > 0 {
		fault := *uncovered[0]
		if others := len(uncovered) - 1; others > 0 {
			fault.Problem += fmt.Sprintf(" (so it is with %d other kinds)", others)
		}
		f.refuse(&fault)
	}
}

// follows reports whether a fault may come of what could not be read.
func follows(fault *errcatalog.Fault, unread map[string]bool) bool {
	switch {
	case unread[string(fault.Code)]:
		return true
	case fault.Field == "errors": // no entry covers a kind
		return len(unread) > 0
	case fault.Field == "challenge" || fault.Field == "type" || fault.Field == "envelope":
		return unread[""] // the catalogue's may be missing
	}
	return false
}

// refuse reports a fault of the catalogue at its place.
func (f *File) refuse(fault *errcatalog.Fault) {
	code, field, problem := string(fault.Code), fault.Field, fault.Problem
	p := f.find(code, within(fault))
	at := p.at()
	if code == "" && field == "envelope" && p.value != nil {
		at, problem = f.inEnvelope(p.value, problem)
	}
	if field != "" {
		problem = field + ": " + problem
	}
	if code != "" {
		problem = code + ": " + problem
	}
	f.fault(at, Error, ruleContract, code, problem)
}

// within names the part of a fault's field that its text begins with or is about:
// a kind of a list, or a param that the envelope can't take.
func within(fault *errcatalog.Fault) string {
	word, after, _ := strings.Cut(fault.Problem, " ")
	if fault.Code != "" && fault.Field == "envelope" {
		_, name, _ := strings.Cut(after, `"`)
		name, _, _ = strings.Cut(name, `"`)
		return "params." + name
	}
	return fault.Field + "[" + strings.Trim(word, `"`) + "]"
}
