package errcatalog

import (
	"encoding/json"
	"maps"
	"slices"
)

// Schema returns the JSON Schema (2020-12) of the bodies that the code's replies
// have in a media type: the catalogue's own, or application/problem+json if clients
// can get that. It is nil for other codes and types.
//
// A member is required if every reply has it that is written within the suite,
// where requests have IDs.
func (c *Catalog) Schema(code Code, mediaType string) json.RawMessage {
	s := schemer{compiler{entry: c.byCode[code], docs: c.spec.Docs, pinned: c.pinned}}
	shape := &c.native
	switch {
	case s.entry == nil:
		return nil
	case mediaType == c.spec.MediaType:
	case mediaType == mediaProblem && c.negotiable:
		shape, s.rename = &c.problem, true
	default:
		return nil
	}
	text, err := json.Marshal(s.object(shape.members))
	if err != nil {
		panic(err) // maps of strings, numbers and the like
	}
	return text
}

// A schema is a JSON Schema.
type schema = map[string]any

// A schemer describes what the ops of one entry write.
type schemer struct{ compiler }

// object describes an object of the given members, which may have no others.
func (s *schemer) object(members []node) schema {
	properties, required := schema{}, []string{}
	add := func(name string, value schema, always bool) {
		properties[name] = value
		if always {
			required = append(required, name)
		}
	}
	for i := range members {
		m := &members[i]
		if m.name == "" {
			for name, p := range s.fields(members) {
				add(name, p.schema(), p.always())
			}
			continue
		}
		if value, always := s.member(m); value != nil {
			add(m.name, value, always)
		}
	}
	return schema{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

// member describes a member and says whether every reply has it. It is nil for
// one that the entry never has.
func (s *schemer) member(m *node) (value schema, always bool) {
	switch {
	case m.object:
		return s.object(m.members), !m.optional
	case m.slot == "":
		return schema{"const": json.RawMessage(m.literal)}, true
	case m.slot == slotFields:
		return s.object([]node{{slot: slotFields}}), !m.optional
	case m.param != "":
		p := s.entry.param(m.param)
		if p == nil || !p.Public {
			return nil, false
		}
		return p.schema(), p.always()
	case m.slot == slotType && s.entry.Type == "":
		return nil, false
	}
	return s.slot(m.slot)
}

func (s *schemer) slot(slot string) (schema, bool) {
	switch slot {
	case slotMessage, slotTitle:
		return schema{"type": "string", "minLength": 1}, true
	case slotRequestID:
		return schema{"type": "string", "minLength": 1}, true
	case slotTimestamp:
		return schema{"type": "string", "format": "date-time"}, true
	case slotDocsURL:
		return schema{"type": "string", "format": "uri-reference"}, s.docs != ""
	}
	return schema{"const": json.RawMessage(s.entry.appendConstant(nil, slot))}, true
}

// always reports whether every occurrence within the suite shows the param.
func (p *param) always() bool { return p.slot != "" || !isZero(p.Default) }

// schema describes the param as a member.
func (p *param) schema() schema {
	s := p.shape()
	if p.Doc != "" {
		s["description"] = p.Doc
	}
	return s
}

func (p *param) shape() schema {
	switch p.Type {
	case Integer, Number, Boolean:
		return schema{"type": string(p.Type)}
	case Time:
		if p.As == Unix {
			return schema{"type": "integer"}
		}
		return schema{"type": "string", "format": "date-time"}
	case Duration:
		if p.As == Words || p.As == Unit {
			return schema{"type": "string"}
		}
		return schema{"type": "integer", "minimum": 0}
	case StringList:
		if p.As == First {
			return schema{"type": "string"}
		}
		return schema{"type": "array", "items": schema{"type": "string"}, "maxItems": p.max()}
	case Violations:
		return schema{"type": "array", "items": violationSchema, "maxItems": p.max()}
	case Object:
		return schema{"type": "object", "maxProperties": p.max()}
	case JSON:
		return schema{}
	}
	return p.stringShape()
}

func (p *param) stringShape() schema {
	if p.As != Label {
		return schema{"type": "string", "maxLength": p.max()}
	}
	labels := slices.Sorted(maps.Values(p.Labels))
	return schema{"type": "string", "enum": slices.Compact(labels)}
}

var violationSchema = schema{
	"type": "object",
	"properties": schema{
		"field":  schema{"type": "string"},
		"reason": schema{"type": "string"},
		"path":   schema{"type": "array", "items": schema{"type": "string"}},
	},
	"required":             []string{"field", "reason"},
	"additionalProperties": false,
}
