package main

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A page shows systems: their keys, and each code with the calls that cause it.
type page struct {
	Title   string
	Anchors bool // whether codes are the page's anchors: it has one system
	Systems []pageSystem
}

type pageSystem struct {
	Name, Prefix string
	Keys         map[string]string
	Codes        []pageCode
}

type pageCode struct {
	errcatalog.Entry
	Curl []string
	Why  string // there is none
}

// index is the page of all systems.
func (d *demo) index(w http.ResponseWriter, _ *http.Request) error {
	p := page{Title: "Contrite's demo"}
	for i := range d.systems {
		p.Systems = append(p.Systems, d.describe(&d.systems[i]))
	}
	return p.write(w)
}

// docs is the page that a system's documentation URLs point to.
func (d *demo) docs(w http.ResponseWriter, r *http.Request) error {
	i := slices.IndexFunc(d.systems, func(s mounted) bool { return s.name == chi.URLParam(r, "system") })
	if i < 0 {
		return errcatalog.NotFound
	}
	s := &d.systems[i]
	return page{Title: "Errors of " + s.name, Anchors: true, Systems: []pageSystem{d.describe(s)}}.write(w)
}

func (p page) write(w http.ResponseWriter) error {
	var text bytes.Buffer
	if err := pageTemplate.Execute(&text, p); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write(text.Bytes())
	return err
}

// describe has each code of the system's catalogue.
func (d *demo) describe(s *mounted) pageSystem {
	ps := pageSystem{Name: s.name, Prefix: s.prefix, Keys: s.Credentials()}
	for _, e := range s.Errors.Catalog.Errors() {
		c := pageCode{Entry: e}
		if i := slices.IndexFunc(s.lines, func(l system.Line) bool { return l.Code == e.Code }); i >= 0 {
			c.Curl = s.curls(d.base, s.lines[i])
		} else {
			c.Why = unreached[e.Code]
		}
		ps.Codes = append(ps.Codes, c)
	}
	return ps
}

// curls are the lines of a shell that cause the line's code.
func (s *mounted) curls(base string, l system.Line) []string {
	var lines []string
	for _, c := range slices.Concat(l.Before, []system.Call{l.Call}, l.After) {
		lines = append(lines, s.curl(base, c))
	}
	return lines
}
