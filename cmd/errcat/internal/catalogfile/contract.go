package catalogfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// contract reports what keeps the catalogue from being built, but for what may
// come of the parts that could not be read.
func (f *File) contract(err error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	var uncovered []*errcatalog.Fault
	for _, err := range joined.Unwrap() {
		var fault *errcatalog.Fault
		switch {
		case !errors.As(err, &fault) || f.unread.causes(fault):
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

// causes reports whether a fault may come of what could not be read.
func (u unread) causes(fault *errcatalog.Fault) bool {
	field, _, _ := strings.Cut(fault.Field, ".")
	inherits := fault.Code == "" || field == "challenge" || field == "envelope"
	switch {
	case u.entries[string(fault.Code)]:
		return true
	case field == "errors": // no entry covers a kind
		return len(u.entries)+len(u.fields) > 0
	}
	return inherits && (u.fields[""] || u.fields["extends"] || u.fields[field])
}

// refuse reports a fault of the catalogue at its place.
func (f *File) refuse(fault *errcatalog.Fault) {
	code, field, problem := string(fault.Code), fault.Field, fault.Problem
	p := f.find(code, within(fault))
	at := p.at()
	if code == "" && field == "envelope" {
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

// within names the part of a fault's field that it is about: a message's text, the
// kind of a list or the param of the envelope that it names.
func within(fault *errcatalog.Fault) string {
	if strings.HasPrefix(fault.Field, "messages[") && strings.HasSuffix(fault.Field, "]") {
		return fault.Field + ".text"
	}
	word, after, _ := strings.Cut(fault.Problem, " ")
	if fault.Code != "" && fault.Field == "envelope" {
		_, name, _ := strings.Cut(after, `"`)
		name, _, _ = strings.Cut(name, `"`)
		return "params." + name
	}
	return fault.Field + "[" + strings.Trim(word, `"`) + "]"
}
