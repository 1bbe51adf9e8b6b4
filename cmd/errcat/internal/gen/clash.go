package gen

import (
	"fmt"

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
	for i := range spec.Errors {
		e := &spec.Errors[i]
		c.code = e.Code
		c.claim("code", constant(e.Code), "the code "+string(e.Code))
	}
	for i := range spec.Errors {
		c.entry(&spec.Errors[i])
	}
	return c.clashes
}

// claims are the names that are taken, each with what took it.
type claims struct {
	names   map[string]string
	code    errcatalog.Code
	clashes []Clash
}

func (c *claims) claim(field, name, what string) {
	if other, ok := c.names[name]; ok {
		c.clash(field, other, what, name)
		return
	}
	c.names[name] = what
}

func (c *claims) clash(field, one, other, name string) {
	problem := fmt.Sprintf("%s and %s would both be %s in Go; rename one", one, other, name)
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
	sources := make(map[string]string, len(args))
	for _, a := range args {
		if other, ok := sources[a.name]; ok {
			c.clash(field, "the params "+other, a.source, a.name)
		}
		sources[a.name] = a.source
	}
}
