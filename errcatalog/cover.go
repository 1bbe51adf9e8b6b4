package errcatalog

import (
	"strconv"
)

// cover gives every kind its entry: the nearest that covers it or a kind above
// it among the spec's own, and only then among the inherited ones.
func (b *builder) cover() {
	mine, theirs := b.claims(b.entries[:b.own]), b.claims(b.entries[b.own:])
	b.byKind = make(map[Kind]*entry, len(tree))
	answers := map[*entry][]Kind{}
	for _, row := range tree {
		e := nearest(row.kind, mine)
		if e == nil {
			e = nearest(row.kind, theirs)
		}
		if e == nil {
			if row.parent == "" {
				b.fault("", "errors", "no entry covers the kind "+string(row.kind)+"; cover it, or extend a catalogue that does")
			}
			continue
		}
		b.byKind[row.kind] = e
		answers[e] = append(answers[e], row.kind)
	}
	kept := b.entries[:b.own]
	for _, e := range b.entries[b.own:] {
		if len(e.Covers) > 0 && len(answers[e]) == 0 {
			delete(b.byCode, e.Code)
			continue
		}
		kept = append(kept, e)
	}
	b.entries = kept
	for e, kinds := range answers {
		e.Covers = kinds
	}
}

// claims maps each covered kind to the entry that covers it.
func (b *builder) claims(entries []*entry) map[Kind]*entry {
	claims := map[Kind]*entry{}
	for _, e := range entries {
		for _, k := range e.Covers {
			switch other := claims[k]; {
			case byKind[k] == nil:
				b.fault(e.Code, "covers", strconv.Quote(string(k))+" is not a kind"+instead(string(k), Kinds()))
			case other != nil && other != e:
				b.fault(e.Code, "covers", string(k)+" is covered by "+string(other.Code)+" too; one of them must give it up")
			default:
				claims[k] = e
			}
		}
	}
	return claims
}

func nearest(k Kind, claims map[Kind]*entry) *entry {
	for ; k != ""; k = k.Parent() {
		if e := claims[k]; e != nil {
			return e
		}
	}
	return nil
}
