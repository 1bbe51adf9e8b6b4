package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// goTypes are the types of a constructor's arguments, and how each becomes a param.
var goTypes = map[errcatalog.ParamType]struct {
	typ, attr string
	imports   []string
}{
	errcatalog.String:     {"string", "slog.String(%s, %s)", []string{"log/slog"}},
	errcatalog.Integer:    {"int", "slog.Int(%s, %s)", []string{"log/slog"}},
	errcatalog.Number:     {"float64", "slog.Float64(%s, %s)", []string{"log/slog"}},
	errcatalog.Boolean:    {"bool", "slog.Bool(%s, %s)", []string{"log/slog"}},
	errcatalog.Time:       {"time.Time", "slog.Time(%s, %s)", []string{"log/slog", "time"}},
	errcatalog.Duration:   {"time.Duration", "slog.Duration(%s, %s)", []string{"log/slog", "time"}},
	errcatalog.StringList: {"[]string", "errcatalog.Strings(%s, %s...)", nil},
	errcatalog.Violations: {"[]errcatalog.Violation", "errcatalog.Invalid(%s, %s...)", nil},
	errcatalog.Object:     {"[]slog.Attr", "slog.Attr{Key: %s, Value: slog.GroupValue(%s...)}", []string{"log/slog"}},
	errcatalog.JSON:       {"json.RawMessage", "errcatalog.RawJSON(%s, %s)", []string{"encoding/json"}},
}

// An arg is an argument of a constructor: a source that one or more params show.
type arg struct {
	source string
	name   string
	typ    errcatalog.ParamType
	doc    string
}

// constructors writes a function for each message of the entry, and one for each
// param that an occurrence may do without.
func (w *writer) constructors(e *errcatalog.Entry) {
	for i := range e.Messages {
		w.constructor(e, i)
	}
	for i := range e.Params {
		if p := &e.Params[i]; isOption(p) {
			w.option(e, p)
		}
	}
}

func (w *writer) constructor(e *errcatalog.Entry, i int) {
	m := &e.Messages[i]
	name, args := constructorName(e, i), arguments(e, i)
	w.comment("", name+" is "+itoa(e.Status)+" "+string(e.Code)+". "+e.Cause)
	w.put("//\n//\t", oneLine(m.Text), "\n")
	for _, a := range args {
		if a.doc != "" {
			w.put("//\n")
			w.comment("", a.name+": "+a.doc)
		}
	}
	w.put("func ", name, "(")
	for j, a := range args {
		if j > 0 {
			w.put(", ")
		}
		w.put(a.name, " ", w.typeOf(a))
	}
	w.put(") *errcatalog.Error {\n\treturn ", constant(e.Code), ".With(")
	for j, a := range args {
		if j > 0 {
			w.put(", ")
		}
		w.attr(a)
	}
	w.put(")")
	if len(m.When) > 0 {
		w.put(".Of(errcatalog.", exported(string(m.When[0])), ")")
	}
	w.put("\n}\n\n")
}

// option writes the function that makes an optional param, for Error.With.
func (w *writer) option(e *errcatalog.Entry, p *errcatalog.Param) {
	name, a := optionName(e, p), argumentOf(p)
	w.comment("", name+" is the param "+p.Name+", which "+string(e.Code)+" may do without. "+p.Doc)
	w.imports["log/slog"] = true
	w.put("func ", name, "(", a.name, " ", w.typeOf(a), ") slog.Attr {\n\treturn ")
	w.attr(a)
	w.put("\n}\n\n")
}

// typeOf returns the type of an argument, whose use needs imports.
func (w *writer) typeOf(a arg) string {
	for _, path := range goTypes[a.typ].imports {
		w.imports[path] = true
	}
	return goTypes[a.typ].typ
}

// attr writes the param that an argument becomes.
func (w *writer) attr(a arg) {
	fmt.Fprintf(w, goTypes[a.typ].attr, quote(a.source), a.name)
}

// arguments returns what the constructor of a message takes: what the message
// says, and what every occurrence has, but for what would choose another message.
func arguments(e *errcatalog.Entry, i int) []arg {
	mine := Holes(e.Messages[i].Text)
	var said []string // by any message
	for _, m := range e.Messages {
		said = append(said, Holes(m.Text)...)
	}
	var args []arg
	for j := range e.Params {
		p := &e.Params[j]
		always := !p.Optional && isZero(p.Default) && !slices.Contains(said, p.Name)
		if !isGiven(p) || !always && !slices.Contains(mine, p.Name) {
			continue
		}
		a := argumentOf(p)
		if !slices.ContainsFunc(args, func(b arg) bool { return b.source == a.source }) {
			args = append(args, a)
		}
	}
	return args
}

func argumentOf(p *errcatalog.Param) arg {
	a := arg{source: p.Name, typ: p.Type, doc: p.Doc}
	if p.From != "" {
		a.source = p.From
	}
	a.name = argument(a.source)
	if a.typ == "" {
		a.typ = errcatalog.StandardType(a.source)
	}
	return a
}

// isGiven reports whether an occurrence brings the param, rather than the request.
func isGiven(p *errcatalog.Param) bool { return !strings.HasPrefix(p.From, "$") }

// isOption reports whether the param has a function of its own.
func isOption(p *errcatalog.Param) bool { return p.Optional && isGiven(p) }

// Holes returns the names of the params that a message's text has holes for.
func Holes(text string) []string {
	var names []string
	for {
		_, after, found := strings.Cut(text, "{")
		if !found {
			return names
		}
		if rest, brace := strings.CutPrefix(after, "{"); brace {
			text = rest
			continue
		}
		hole, rest, closed := strings.Cut(after, "}")
		if !closed {
			return names
		}
		name, _, _ := strings.Cut(hole, ":")
		names = append(names, name)
		text = rest
	}
}
