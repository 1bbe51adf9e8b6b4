package errcatalog

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
	spread := false
	native.walk(func(m *node) {
		switch m.slot {
		case "", slotDocsURL, slotTitle, slotStatus, slotMessage, slotCode, slotRequestID:
		case slotFields:
			spread = true
		default:
			n.members = append(n.members, node{name: free(m.name, n.members), slot: m.slot, optional: m.optional})
		}
	})
	if spread {
		n.members = append(n.members, fields)
	}
	return n
}

// free returns the name, with the prefix error_ if it is taken among the members
// or is one that RFC 9457 keeps.
func free(name string, members []node) string {
	if name == "instance" || taken(name, members) {
		return "error_" + name
	}
	return name
}

func taken(name string, members []node) bool {
	for i := range members {
		if members[i].name == name {
			return true
		}
	}
	return false
}
