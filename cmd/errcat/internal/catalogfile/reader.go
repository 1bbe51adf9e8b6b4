package catalogfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v4"

	"github.com/contrite-go/contrite/errcatalog"
)

// A reader turns YAML nodes into the file's Spec.
type reader struct {
	*File
	open  []string // the files that extend this one
	code  string   // the entry that is read
	field string   // the catalogue's field that is read
}

func (r *reader) wrong(n *yaml.Node, rule, format string, args ...any) {
	problem := fmt.Sprintf(format, args...)
	if r.code != "" {
		problem = r.code + ": " + problem
		r.unread.entries[r.code] = true
	} else {
		r.unread.fields[r.field] = true
	}
	r.fault(at(n), Error, rule, r.code, problem)
}

// fields are the keys of a mapping, each with what reads its value.
type fields map[string]func(n *yaml.Node)

// object reads a mapping whose keys are known.
func (r *reader) object(n *yaml.Node, what string, known fields) {
	for _, p := range r.pairs(n, what) {
		read := known[p.key.Value]
		if read == nil {
			r.wrong(p.key, ruleKey, "%s has no key %.40q%s", what, p.key.Value, suggest(p.key.Value, known))
			continue
		}
		if r.code == "" {
			r.field = p.key.Value
		}
		read(p.value)
		if r.code == "" {
			r.field = ""
		}
	}
}

func suggest(name string, known fields) string {
	names := slices.Sorted(maps.Keys(known))
	nearest, distance := "", 1+len(name)/3
	for _, candidate := range names {
		if len(name) > 2*len(candidate) {
			continue
		}
		if d := levenshtein.ComputeDistance(name, candidate); d <= distance {
			nearest, distance = candidate, d-1
		}
	}
	if nearest == "" {
		return "; the keys are " + strings.Join(names, ", ")
	}
	return "; did you mean " + nearest + "?"
}

// pairs returns the keys and values of a mapping. Each key stands once.
func (r *reader) pairs(n *yaml.Node, what string) []pair {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, ruleValue, "%s must be a mapping, with a key: value a line", what)
		return nil
	}
	pairs := make([]pair, 0, len(n.Content)/2)
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := pair{n.Content[i], n.Content[i+1]}
		switch {
		case !r.plain(p.key):
		case p.key.Kind != yaml.ScalarNode || p.key.Value == "" || p.key.Tag == "!!merge":
			r.wrong(p.key, ruleYAML, "a key must be a plain name; merge keys and the like are not part of the grammar")
		case seen[p.key.Value]:
			r.wrong(p.key, ruleKey, "the key %.40q stands twice in %s", p.key.Value, what)
		case r.plain(p.value):
			pairs = append(pairs, p)
			seen[p.key.Value] = true
		}
	}
	return pairs
}

// named returns the pairs of a mapping whose keys are names of the author's choice,
// which every YAML parser must read as they look.
func (r *reader) named(n *yaml.Node, what string) []pair {
	return slices.DeleteFunc(r.pairs(n, what), func(p pair) bool {
		k := p.key
		switch {
		case k.Tag != "!!str" && !decimal.MatchString(k.Value):
			r.wrong(k, ruleTrap, "YAML reads the key %s as %s; put it in quotes", k.Value, reading(k))
		case k.Style == 0 && isOldBoolean(k.Value):
			r.wrong(k, ruleTrap, "older YAML reads the key %s as true or false; put it in quotes", k.Value)
		default:
			return false
		}
		return true
	})
}

// items returns the items of a list.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, ruleValue, "%s must be a list: [a, b], or a line with - for each", what)
		return nil
	}
	var items []*yaml.Node
	for _, item := range n.Content {
		if r.plain(item) {
			items = append(items, item)
		}
	}
	return items
}

// plain reports whether a node is what it looks like.
func (r *reader) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		r.wrong(n, ruleYAML, "anchors and aliases are not part of the grammar; write the value out")
	case n.Style&yaml.TaggedStyle != 0 || n.Tag == "!":
		r.wrong(n, ruleYAML, "tags such as %s are not part of the grammar; leave it out", n.Tag)
	default:
		return true
	}
	return false
}

// file reads the whole document.
func (r *reader) file(n *yaml.Node) {
	if !r.plain(n) {
		return
	}
	s := &r.Spec
	r.object(n, "a catalogue", fields{
		"name":       r.text(&s.Name),
		"doc":        r.text(&s.Doc),
		"extends":    r.extends,
		"docs":       r.text(&s.Docs),
		"headers":    r.texts(&s.Headers, "headers"),
		"envelope":   r.text((*string)(&s.Envelope)),
		"media_type": r.text(&s.MediaType),
		"types":      r.texts(&s.Types, "types"),
		"challenge":  r.text(&s.Challenge),
		"errors":     r.errors,
	})
}

func (r *reader) errors(n *yaml.Node) {
	pairs := r.named(n, "errors")
	r.Spec.Errors = make([]errcatalog.Entry, len(pairs))
	for i, p := range pairs {
		r.code = p.key.Value
		if p.key.Tag != "!!str" {
			r.wrong(p.key, ruleTrap, "YAML reads the code as a number, not as text; begin it with a letter")
		}
		r.entries[r.code] = p
		r.entry(p.value, &r.Spec.Errors[i])
		r.code = ""
	}
}

func (r *reader) entry(n *yaml.Node, e *errcatalog.Entry) {
	e.Code = errcatalog.Code(r.code)
	r.object(n, "an error", fields{
		"covers":    func(n *yaml.Node) { e.Covers = r.kinds(n, "covers") },
		"status":    r.integer(&e.Status),
		"type":      r.text(&e.Type),
		"params":    func(n *yaml.Node) { e.Params = r.params(n) },
		"messages":  func(n *yaml.Node) { e.Messages = r.messages(n) },
		"challenge": r.text(&e.Challenge),
		"retry":     r.text((*string)(&e.Retry)),
		"wait":      r.duration(&e.Wait),
		"outcome":   r.text((*string)(&e.Outcome)),
		"cause":     r.text(&e.Cause),
		"fix":       func(n *yaml.Node) { e.Fix = r.strings(n, "fix") },
	})
}

func (r *reader) kinds(n *yaml.Node, what string) []errcatalog.Kind {
	var kinds []errcatalog.Kind
	for _, item := range r.items(n, what) {
		name, ok := r.str(item)
		kind := errcatalog.Kind(name)
		switch {
		case !ok:
		case slices.Contains(kinds, kind):
			r.wrong(item, ruleKey, "the kind %s stands twice in %s", name, what)
		default:
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (r *reader) messages(n *yaml.Node) []errcatalog.Message {
	items := r.items(n, "messages")
	messages := make([]errcatalog.Message, len(items))
	for i, item := range items {
		m := &messages[i]
		switch {
		case item.Kind != yaml.MappingNode:
			r.text(&m.Text)(item)
		case len(item.Content) == 2 && strings.Contains(item.Content[0].Value, " "):
			r.wrong(item, ruleTrap, "YAML reads a text with a colon and a blank in it as a mapping; put it in quotes")
		default:
			r.object(item, "a message", fields{
				"name": r.text(&m.Name),
				"when": func(n *yaml.Node) { m.When = r.kinds(n, "when") },
				"text": r.text(&m.Text),
			})
		}
	}
	return messages
}

func (r *reader) params(n *yaml.Node) []errcatalog.Param {
	pairs := r.named(n, "params")
	params := make([]errcatalog.Param, len(pairs))
	for i, p := range pairs {
		params[i].Name = p.key.Value
		if p.value.Tag != "!!null" { // else it says nothing of itself
			r.param(p.value, &params[i])
		}
	}
	return params
}

func (r *reader) param(n *yaml.Node, p *errcatalog.Param) {
	var def, example *yaml.Node
	r.object(n, "a param", fields{
		"from":     r.text(&p.From),
		"type":     r.text((*string)(&p.Type)),
		"as":       r.text((*string)(&p.As)),
		"public":   r.boolean(&p.Public),
		"optional": r.boolean(&p.Optional),
		"max":      r.integer(&p.Max),
		"labels":   r.texts(&p.Labels, "labels"),
		"default":  func(n *yaml.Node) { def = n },
		"example":  func(n *yaml.Node) { example = n },
		"doc":      r.text(&p.Doc),
	})
	typ := p.Type
	if typ == "" {
		typ = errcatalog.StandardType(source(p))
	}
	if def != nil {
		p.Default = r.value(def, "default", typ)
	}
	if example != nil {
		p.Example = r.value(example, "example", typ)
	}
}

// source is the name that an occurrence gives the param.
func source(p *errcatalog.Param) string {
	if p.From != "" {
		return p.From
	}
	return p.Name
}
