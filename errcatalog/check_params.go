package errcatalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (b *builder) params(e *entry) {
	e.params = make([]param, len(e.Params))
	for i := range e.Params {
		d := &e.Params[i]
		switch {
		case !isName(d.Name):
			b.fault(e.Code, d.field(""), strconv.Quote(d.Name)+" is not a name; use a-z, 0-9 and _")
		case slices.ContainsFunc(e.Params[:i], func(p Param) bool { return p.Name == d.Name }):
			b.fault(e.Code, d.field(""), "stands twice")
		}
		e.params[i] = param{Param: d}
		b.param(e, &e.params[i])
	}
}

// field is where a fault of the param is.
func (p *Param) field(part string) string { return "params." + p.Name + part }

// param fills in the param's source and type. An inherited one has them, and is not
// written to.
func (b *builder) param(e *entry, p *param) {
	if p.From == "" {
		p.From = p.Name
	}
	inferred := standardTypes[p.From]
	if strings.HasPrefix(p.From, "$") {
		p.slot = p.From
		if inferred = slotTypes[p.From]; inferred == "" {
			b.fault(e.Code, p.field(".from"), p.From+" is no source; use a param's name, $request_id, $retryable or $timestamp")
			p.Type = ""
			return
		}
	}
	if problem := typeProblem(p.From, p.Type, inferred); problem != "" {
		b.fault(e.Code, p.field(".type"), problem)
		p.Type = ""
		return
	}
	if p.Type == "" {
		p.Type = inferred
	}
	b.values(e, p.Param)
}

// typeProblem says what is wrong with the type that a param declares, if its source
// is of the inferred one.
func typeProblem(source string, declared, inferred ParamType) string {
	switch {
	case declared == "" && inferred == "":
		return "is missing, and " + source + " is no standard param" + instead(source, slices.Sorted(maps.Keys(standardTypes)))
	case declared != "" && inferred != "" && declared != inferred:
		return fmt.Sprintf("is %s, but %s is always %s", declared, source, inferred)
	case forms[cmp.Or(declared, inferred)] == nil:
		return strconv.Quote(string(declared)) + " is no type" + instead(string(declared), slices.Sorted(maps.Keys(forms)))
	}
	return ""
}

var slotTypes = map[string]ParamType{slotRequestID: String, slotRetryable: Boolean, slotTimestamp: Time}

// values checks what a param's declaration says of its values.
func (b *builder) values(e *entry, p *Param) {
	if problem := p.refuses(p.As); problem != "" {
		b.fault(e.Code, p.field(".as"), problem)
	}
	if p.Max < 0 {
		b.fault(e.Code, p.field(".max"), "is negative")
	}
	if len(p.Labels) > 0 && p.Type != String {
		b.fault(e.Code, p.field(".labels"), "are for strings, and this is "+article(string(p.Type)))
	}
	if !isZero(p.Default) && !p.Type.accepts(p.Default) {
		b.fault(e.Code, p.field(".default"), "is not "+article(string(p.Type)))
	}
	if !isZero(p.Example) && !p.Type.accepts(p.Example) {
		b.fault(e.Code, p.field(".example"), "is not "+article(string(p.Type)))
	}
}

// refuses says why the param can't be shown in the form, if that is so.
func (p *Param) refuses(as Form) string {
	switch {
	case as == "":
	case !slices.Contains(forms[p.Type], as):
		return fmt.Sprintf("%q is no form of %s%s", as, article(string(p.Type)), instead(string(as), forms[p.Type]))
	case as == Label && len(p.Labels) == 0:
		return "is label, but " + p.Name + " declares no labels"
	}
	return ""
}
