// Package dump writes a catalogue down, to be compared with another.
package dump

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// Catalog is the catalogue in words: its entries, and what it answers to each code.
func Catalog(c *errcatalog.Catalog) string {
	var b strings.Builder
	w := &errcatalog.Writer{Catalog: c}
	fmt.Fprintf(&b, "%q\n", c.Name())
	for _, e := range c.Errors() {
		e.Params = slices.Clone(e.Params) // they are the catalogue's
		for i := range e.Params {
			p := &e.Params[i]
			fmt.Fprintf(&b, "%s: default %s, example %s\n", p.Name, value(p.Default), value(p.Example))
			p.Default, p.Example = slog.Value{}, slog.Value{}
		}
		reply := w.Reply(e.Code, errcatalog.Meta{})
		fmt.Fprintf(&b, "%#v\n%d %q %q\n", e, reply.Status, reply.Header, reply.Body)
	}
	return b.String()
}

func value(v slog.Value) string {
	if v.Kind() != slog.KindGroup {
		return fmt.Sprintf("%v %#v", v.Kind(), v.Any())
	}
	s := "group"
	for _, a := range v.Group() {
		s += fmt.Sprintf(" %q=%s", a.Key, value(a.Value))
	}
	return "(" + s + ")"
}
