package gen

import (
	"fmt"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// A Clash is two things of a catalogue that would have one name in Go.
type Clash struct {
	Code    errcatalog.Code // the later thing's entry
	Field   string          // the later thing, as in errcatalog.Fault
	Problem string
}

// Clashes returns what keeps a catalogue from being written as Go.
func Clashes(spec *errcatalog.Spec) []Clash {
	c := claims{names: map[string]string{"Catalog": "the catalogue"}}
	var entries []*errcatalog.Entry
	for i := range spec.Errors {
		e := &spec.Errors[i]
		c.code = e.Code
		if c.claim("code", constant(e.Code), "the code "+string(e.Code)) {
			entries = append(entries, e)
		}
	}
	for _, e := range entries {
		c.entry(e)
	}
	return c.clashes
}

// claims are the names that are taken, each with what took it.
type claims struct {
	names   map[string]string
	code    errcatalog.Code
	clashes []Clash
}

// claim takes a name for a thing, and reports whether it was free.
func (c *claims) claim(field, name, what string) bool {
	other, taken := c.names[name]
	if taken {
		c.clash(field, other, what, name)
	} else {
		c.names[name] = what
	}
	return !taken
}

func (c *claims) clash(field, one, other, name string) {
	mend := "rename one"
	if strings.HasPrefix(other, "message") {
		mend = "give a message a name, or rename one"
	}
	problem := fmt.Sprintf("%s and %s would both be %s in Go; %s", one, other, name, mend)
	c.clashes = append(c.clashes, Clash{c.code, field, problem})
}

// entry claims the names of an entry's functions.
func (c *claims) entry(e *errcatalog.Entry) {
	c.code = e.Code
	for i := range e.Messages {
		field := "messages[" + itoa(i) + "]"
		c.claim(field, constructorName(e, i), "message "+itoa(i+1)+" of "+string(e.Code))
		c.arguments(field, arguments(e, i))
	}
	for i := range e.Params {
		if p := &e.Params[i]; isOption(p) {
			c.claim("params."+p.Name, optionName(e, p), "the param "+p.Name+" of "+string(e.Code))
		}
	}
}

// arguments looks for two of a constructor that would have one name.
func (c *claims) arguments(field string, args []arg) {
	for i, a := range args {
		for _, b := range args[:i] {
			if a.name == b.name {
				c.clash(field, "the params "+b.source, a.source, a.name)
			}
		}
	}
}
