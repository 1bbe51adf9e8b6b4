package errcatalog

import "slices"

// problem derives the RFC 9457 form of an envelope. It says what the native one
// says: the slots that RFC 9457 has a member for under that name, the code and the
// request ID always, every other slot as an extension member under its own name,
// and the params if the native one shows them. A name that is taken gets the
// prefix error_.
func problem(native node) node {
	n, err := ProblemDetails.parse()
	if err != nil {
		panic(err)
	}
	fields := n.members[len(n.members)-1]
	n.members = n.members[:len(n.members)-1]
	spread, seen := false, []node(nil)
	native.walk(func(m *node) {
		switch m.slot {
		case "", slotDocsURL, slotTitle, slotStatus, slotMessage, slotCode, slotRequestID:
		case slotFields:
			spread = true
		default:
			if !lists(seen, m.name, m.slot) {
				seen = append(seen, *m)
				name := free(m.name, n.members)
				n.members = append(n.members, node{name: name, quoted: quotedName(name), slot: m.slot, param: m.param, optional: m.optional})
			}
		}
	})
	if spread {
		n.members = append(n.members, fields)
	}
	return n
}

// free returns the name, with the prefix error_ as often as it takes to be free.
func free(name string, members []node) string {
	for kept(name, members) {
		name = "error_" + name
	}
	return name
}

// kept reports whether the name is taken among the members or is one that RFC 9457
// keeps.
func kept(name string, members []node) bool { return name == "instance" || taken(name, members) }

// lists reports whether a member of the name shows the slot.
func lists(members []node, name, slot string) bool {
	return slices.ContainsFunc(members, func(m node) bool { return m.name == name && m.slot == slot })
}

func taken(name string, members []node) bool {
	return slices.ContainsFunc(members, func(m node) bool { return m.name == name })
}
