package decode

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

// maxFaults is how many violations are told.
const maxFaults = 100

// A fault is a violation, and the names that are required where it is.
type fault struct {
	errcatalog.Violation
	required []string
	unread   bool // the value could not be read
	beyond   bool // the value is a number that its type does not hold, and was read as the nearest
}

// absence says that an object lacks a field.
func absence(at string, required []string) fault {
	return fault{Violation: errcatalog.Violation{Field: at, Reason: Required}, required: required, unread: true}
}

// covers reports whether the fault is of the value at a pointer, or of one that has
// it inside.
func (f *fault) covers(at string) bool {
	rest, ok := strings.CutPrefix(at, f.Field)
	return ok && (rest == "" || rest[0] == '/')
}

// lack puts absences before the faults from the index first on.
func (w *walk) lack(first int, absences []fault) {
	w.faults = slices.Insert(w.faults, first, absences...)
	w.faults = w.faults[:min(len(w.faults), maxFaults)]
}

// add takes what a validation found in the value being read, of the plan p if that
// is known.
func (w *walk) add(found []errcatalog.Violation, p *plan) {
	if len(found) == 0 {
		return
	}
	at := pointer(w.path)
	unread := len(w.faults)
	for _, v := range found {
		if v.Field != "" && v.Field[0] != '/' {
			v.Field = "/" + escaper.Replace(v.Field)
		}
		f := fault{Violation: v}
		if p != nil && strings.LastIndexByte(v.Field, '/') == 0 {
			f.required = p.required
		}
		f.Field = at + v.Field
		i := slices.IndexFunc(w.faults[:unread], func(known fault) bool {
			return known.unread && known.covers(f.Field)
		})
		switch {
		case i >= 0 && w.faults[i].beyond: // then the validation knows better what is wanted
			w.faults[i] = f
		case i < 0 && len(w.faults) < maxFaults:
			w.faults = append(w.faults, f)
		}
	}
}

// invalid returns the error of what was noted.
func (w *walk) invalid() error {
	if len(w.faults) == 0 {
		return nil
	}
	violations := make([]errcatalog.Violation, len(w.faults))
	for i, f := range w.faults {
		violations[i] = f.Violation
	}
	kind, first, requirement := errcatalog.ValidationFailed, 0, violations[0].Reason
	params := make([]slog.Attr, 0, 4)
	lacking := func(f fault) bool { return f.Reason == Required }
	if i := slices.IndexFunc(w.faults, lacking); i >= 0 {
		kind, first, requirement = errcatalog.FieldsMissing, i, "required"
		if len(w.faults) == 1 {
			kind = errcatalog.FieldMissing
		}
		params = append(params, errcatalog.Strings("required_fields", w.required(i)...))
	}
	if at := short(violations[first].Field); at != "" {
		params = append(params, slog.String("field", at))
	}
	params = append(params, slog.String("requirement", requirement), errcatalog.Invalid("violations", violations...))
	return kind.With(params...)
}

// required returns what the object must have whose absent field is the fault i:
// what its type says, and what a validation found absent besides.
func (w *walk) required(i int) []string {
	object := parent(w.faults[i].Field)
	var fields []string
	for _, name := range w.faults[i].required {
		fields = append(fields, short(object+"/"+escaper.Replace(name)))
	}
	for _, f := range w.faults {
		at := short(f.Field)
		if f.Reason == Required && parent(f.Field) == object && !slices.Contains(fields, at) {
			fields = append(fields, at)
		}
	}
	return fields
}

// malformed returns the error of a text that is no JSON.
func (w *walk) malformed() error {
	line, column := position(w.data, w.pos)
	e := errcatalog.BodyMalformed.With(slog.Int("line", line), slog.Int("column", column))
	if w.problem == "" {
		return e.Because(ErrEmpty)
	}
	return e.Because(fmt.Errorf("decode: line %d, column %d: %s", line, column, w.problem))
}

// position returns the line and the column, in code points, of a byte, from 1.
func position(text []byte, at int) (line, column int) {
	before := text[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[start:]) + 1
}
