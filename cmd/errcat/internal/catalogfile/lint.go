package catalogfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/cmd/errcat/internal/gen"
	"github.com/contrite-go/contrite/errcatalog"
)

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// lint reports what a catalogue can be built with and its readers stumble over. It
// leaves out the entries that could not be read whole.
func (f *File) lint() {
	says := map[string]errcatalog.Code{}
	for i := range f.Spec.Errors {
		e := &f.Spec.Errors[i]
		if f.unread.entries[string(e.Code)] {
			continue
		}
		f.lintNames(e)
		f.lintSame(e, says)
		f.lintMessages(e)
		f.lintParams(e)
		f.lintProse(e)
	}
	for _, c := range gen.Clashes(&f.Spec) {
		if code := string(c.Code); !f.unread.entries[code] {
			f.fault(f.find(code, c.Field).at(), Error, ruleGoName, code, code+": "+c.Problem)
		}
	}
}

// complain reports a fault of an entry's field.
func (f *File) complain(e *errcatalog.Entry, field string, severity Severity, rule, format string, args ...any) {
	code := string(e.Code)
	f.fault(f.find(code, field).at(), severity, rule, code, code+": "+fmt.Sprintf(format, args...))
}

func (f *File) lintNames(e *errcatalog.Entry) {
	const want = "is not in snake_case: a-z and 0-9 in words, with _ between them"
	if !snakeCase.MatchString(string(e.Code)) {
		f.complain(e, "", Error, ruleSnakeCase, "the code "+want)
	}
	for i, m := range e.Messages {
		if m.Name != "" && !snakeCase.MatchString(m.Name) {
			f.complain(e, fmt.Sprintf("messages[%d].name", i), Error, ruleSnakeCase, "the name "+want)
		}
	}
}

// lintSame finds entries that no reader can tell apart but by the code.
func (f *File) lintSame(e *errcatalog.Entry, says map[string]errcatalog.Code) {
	if len(e.Messages) == 0 {
		return
	}
	texts := []string{fmt.Sprint(e.Status)}
	for _, m := range e.Messages {
		texts = append(texts, m.Text)
	}
	said := strings.Join(texts, "\x00")
	if other, ok := says[said]; ok {
		f.complain(e, "messages", Error, ruleSameMessage, "says the same as %s, with the same status; merge them, or say what differs", other)
		return
	}
	says[said] = e.Code
}

// lintMessages finds messages that one before them always leaves out: it is for
// any kind, and needs no other params. The last one must be there all the same.
func (f *File) lintMessages(e *errcatalog.Entry) {
	for i, later := range e.Messages[:max(0, len(e.Messages)-1)] {
		filled := append(gen.Holes(later.Text), defaults(e)...)
		for j, m := range e.Messages[:i] {
			holes := gen.Holes(m.Text)
			if len(holes) > 0 && len(m.When) == 0 && subset(holes, filled) {
				f.complain(e, fmt.Sprintf("messages[%d].text", i), Error, ruleNeverUsed,
					"is never used, because message %d fits whenever this one does; move it up, or take it out", j+1)
				break
			}
		}
	}
}

// defaults returns the params that no occurrence needs to bring.
func defaults(e *errcatalog.Entry) []string {
	var names []string
	for _, p := range e.Params {
		if !isZero(p.Default) {
			names = append(names, p.Name)
		}
	}
	return names
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// duties are the params that the writer makes headers of, whether an entry shows
// them or not.
var duties = []string{"accept", "allow", "challenge", "complete_length", "retry_after"}

func (f *File) lintParams(e *errcatalog.Entry) {
	var said []string
	for _, m := range e.Messages {
		said = append(said, gen.Holes(m.Text)...)
	}
	for i := range e.Params {
		p := &e.Params[i]
		field := "params." + p.Name
		if !p.Public && !slices.Contains(said, p.Name) && !slices.Contains(duties, source(p)) && !misspelt(e, said) {
			f.complain(e, field, Error, ruleUnusedParam, "%s is neither public nor in a message; use it, or take it out", field)
		}
		if isZero(p.Example) && isZero(p.Default) && !strings.HasPrefix(p.From, "$") {
			f.complain(e, field, Warning, ruleExample, "%s has no example", field)
		}
	}
}

// misspelt reports whether a hole is none of the entry's params, which is a fault
// already, and may mean the one that seems unused.
func misspelt(e *errcatalog.Entry, holes []string) bool {
	return slices.ContainsFunc(holes, func(hole string) bool {
		return !slices.ContainsFunc(e.Params, func(p errcatalog.Param) bool { return p.Name == hole })
	})
}

func (f *File) lintProse(e *errcatalog.Entry) {
	if e.Cause == "" {
		f.complain(e, "", Warning, ruleCause, "has no cause: say why it happens")
	}
	if len(e.Fix) == 0 {
		f.complain(e, "", Warning, ruleFix, "has no fix: say what the reader can do")
	}
}
