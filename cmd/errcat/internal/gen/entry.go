package gen

import (
	"strconv"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

func itoa(n int) string { return strconv.Itoa(n) }

func (w *writer) table(entries []errcatalog.Entry) {
	if len(entries) == 0 {
		w.put("var entries = []errcatalog.Entry{}\n")
		return
	}
	w.put("var entries = []errcatalog.Entry{\n")
	f := fields{writer: w, indent: "\t\t"}
	for i := range entries {
		w.put("\t{\n")
		f.entry(&entries[i])
		w.put("\t},\n")
	}
	w.put("}\n")
}

func (f *fields) entry(e *errcatalog.Entry) {
	f.add("Code", constant(e.Code))
	if len(e.Covers) > 0 {
		f.add("Covers", kinds(e.Covers))
	}
	f.add("Status", itoa(e.Status))
	f.text("Type", e.Type)
	if len(e.Params) > 0 {
		f.list("Params", "errcatalog.Param")
		for i := range e.Params {
			f.put("\t\t\t{", f.param(&e.Params[i]), "},\n")
		}
		f.end()
	}
	f.list("Messages", "errcatalog.Message")
	for i := range e.Messages {
		f.put("\t\t\t{", message(&e.Messages[i]), "},\n")
	}
	f.end()
	f.text("Challenge", e.Challenge)
	f.constant("Retry", string(e.Retry))
	if e.Wait != 0 {
		f.imports["time"] = true
		f.add("Wait", duration(e.Wait))
	}
	f.constant("Outcome", string(e.Outcome))
	f.text("Cause", e.Cause)
	if len(e.Fix) > 0 {
		f.add("Fix", list("[]string", e.Fix))
	}
	f.flush()
}

// constant adds a field whose value is a constant of errcatalog, unless it is empty.
func (f *fields) constant(name, value string) {
	if value != "" {
		f.add(name, "errcatalog."+name+exported(value))
	}
}

func kinds(list []errcatalog.Kind) string {
	names := make([]string, len(list))
	for i, k := range list {
		names[i] = "errcatalog." + exported(string(k))
	}
	return "[]errcatalog.Kind{" + strings.Join(names, ", ") + "}"
}

// param returns the fields of a param, which stand on one line.
func (w *writer) param(p *errcatalog.Param) string {
	fields := []string{"Name: " + quote(p.Name)}
	add := func(name, value string) { fields = append(fields, name+": "+value) }
	if p.From != "" {
		add("From", quote(p.From))
	}
	if p.Type != "" {
		add("Type", "errcatalog."+exported(string(p.Type)))
	}
	if p.As != "" {
		add("As", "errcatalog."+exported(string(p.As)))
	}
	if p.Public {
		add("Public", "true")
	}
	if p.Optional {
		add("Optional", "true")
	}
	if p.Max != 0 {
		add("Max", itoa(p.Max))
	}
	if p.Labels != nil {
		add("Labels", stringMap(p.Labels))
	}
	if !isZero(p.Default) {
		add("Default", w.value(p.Default))
	}
	if !isZero(p.Example) {
		add("Example", w.value(p.Example))
	}
	if p.Doc != "" {
		add("Doc", quote(p.Doc))
	}
	return strings.Join(fields, ", ")
}

// message returns the fields of a message, which stand on one line.
func message(m *errcatalog.Message) string {
	s := ""
	if m.Name != "" {
		s += "Name: " + quote(m.Name) + ", "
	}
	if len(m.When) > 0 {
		s += "When: " + kinds(m.When) + ", "
	}
	return s + "Text: " + quote(m.Text)
}
