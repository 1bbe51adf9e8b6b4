package errcatalog

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// Meta is what a reply shows of the request it answers.
type Meta struct {
	// RequestID is the request's ID. Without one, members that show it are left out.
	RequestID string
	// Time is the time of the reply. Without one, members that show it are left out.
	Time time.Time
	// Accept has the values of the request's Accept header.
	Accept []string

	docsURL string // the Writer's
	shownID string // in the response's header, if any
}

// A Reply is an error's response, rendered. It is the caller's own.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Reply renders err as w would answer it, without sending anything. It does not
// call w.Report.
func (w *Writer) Reply(err error, m Meta) Reply {
	c := w.catalog()
	m.docsURL = w.DocsURL
	o := occurrence{meta: m}
	_ = c.resolve(&o, err, w.Rules, context.Background())
	problem := c.problemFor(m.Accept)
	h := http.Header{}
	o.setHeaders(h, c, problem)
	for name, values := range h {
		h[name] = append([]string(nil), values...)
	}
	return Reply{Status: o.entry.Status, Header: h, Body: o.appendBody(nil, c, problem)}
}

// copy returns the reply by which it is known again, of what its response's header says
// what the catalogue and its status ask for. It marks that header.
func (o *occurrence) copy(h http.Header, c *Catalog, body []byte, problem error) *reqstate.Copy {
	reqstate.Mark(h)
	own := h.Clone()
	maps.DeleteFunc(own, func(name string, _ []string) bool { return name == "Vary" || !o.sets(name) })
	if c.negotiable {
		reqstate.VaryByAccept(own)
	}
	failure := reqstate.Failure{Code: string(o.entry.Code), Err: o.public(), Problem: problem}
	return &reqstate.Copy{Status: o.entry.Status, Header: own, Body: string(body), Failure: failure}
}

// sets reports whether the reply's header of that name says what the catalogue, the status
// or the suite ask for.
func (o *occurrence) sets(name string) bool {
	return slices.Contains(ownHeaders, name) || name == "Accept" || name == "Content-Range" || name == "X-Request-Id" ||
		slices.ContainsFunc(o.entry.headers, func(d header) bool { return d.name == name })
}

// problemFor reports whether a client with that Accept header gets problem details.
func (c *Catalog) problemFor(accept []string) bool {
	return len(accept) > 0 && c.negotiable && prefersProblem(accept)
}

// appendBody appends the body of the reply.
func (o *occurrence) appendBody(b []byte, c *Catalog, problem bool) []byte {
	if problem {
		return o.run(b, c.problemOps(o.entry))
	}
	return o.run(b, o.entry.native)
}

func (o *occurrence) run(b []byte, ops []op) []byte {
	for i := 0; i < len(ops); i++ {
		op := &ops[i]
		switch op.kind {
		case opLiteral:
			b = append(b, op.literal...)
		case opComma:
			b = appendComma(b)
		case opMessage:
			b = o.appendMessage(b, true)
		case opRequestID:
			if o.meta.RequestID != "" {
				b = appendQuoted(append(appendComma(b), op.literal...), o.meta.RequestID)
			}
		case opTimestamp:
			if shownTime(o.meta.Time) {
				b = append(append(appendComma(b), op.literal...), '"')
				b = append(appendTime(b, o.meta.Time), '"')
			}
		case opDocsURL:
			b = o.appendDocsURL(b, op)
		case opTitle:
			if o.meta.docsURL != "" || o.entry.documented {
				b = append(b, op.literal...)
			} else {
				b = append(b, op.other...)
			}
		case opParam:
			b = o.appendParam(b, op)
		case opObject:
			inner := ops[i+1 : i+1+int(op.n)]
			b = o.appendOptional(b, op, inner)
			i += len(inner)
		}
	}
	return b
}

// appendOptional appends an object, unless it stays empty.
func (o *occurrence) appendOptional(b []byte, op *op, inner []op) []byte {
	before := len(b)
	b = append(append(appendComma(b), op.literal...), '{')
	empty := len(b)
	if b = o.run(b, inner); len(b) == empty {
		return b[:before]
	}
	return append(b, '}')
}

// appendParam appends the member of a param: the occurrence's value, else the
// member that was compiled for all who bring none.
func (o *occurrence) appendParam(b []byte, op *op) []byte {
	p := op.param
	v, ok := o.own(p)
	if !ok {
		if op.other == "" {
			return b
		}
		return append(appendComma(b), op.other...)
	}
	if !shows(p.Param, p.As, v) {
		return b
	}
	return appendJSON(append(appendComma(b), op.literal...), p.Param, p.As, v, 0)
}

// appendDocsURL appends the member of the Writer's docs URL, else of the catalogue's.
func (o *occurrence) appendDocsURL(b []byte, op *op) []byte {
	if o.meta.docsURL == "" {
		if op.other == "" {
			return b
		}
		return append(appendComma(b), op.other...)
	}
	b = append(append(appendComma(b), op.literal...), '"')
	b = append(appendEscaped(b, o.meta.docsURL), '#')
	return append(append(b, o.entry.Code...), '"')
}
