package errcatalog

import (
	"fmt"
	"strings"
)

// A Message is one wording of an entry. Of an entry's messages the first counts
// whose When matches and whose holes are all filled.
type Message struct {
	// Name tells the message from the entry's others, for generated constructors.
	Name string
	// When names the kinds, each with those below it, that the message is for.
	// Empty is all, and occurrences that have no kind.
	When []Kind
	// Text is the message. {name} is a hole for the param of that name,
	// {name:form} one in another form; {{ and }} are braces.
	Text string
}

// A piece is literal text and the hole that follows it, if name is not empty.
type piece struct {
	text string
	name string
	form Form
}

// parseMessage splits a message's text at its holes and appends the pieces.
func parseMessage(pieces []piece, text string) ([]piece, error) {
	lit, from := "", 0 // what stands before from is in lit or in pieces
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c != '{' && c != '}':
		case i+1 < len(text) && text[i+1] == c:
			lit += text[from : i+1]
			i++
			from = i + 1
		case c == '}':
			return nil, fmt.Errorf("a } at byte %d closes no hole; write }} for a brace", i)
		default:
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				return nil, fmt.Errorf("the hole at byte %d has no end; write {{ for a brace", i)
			}
			name, form, _ := strings.Cut(text[i+1:i+end], ":")
			if !isName(name) {
				return nil, fmt.Errorf("the hole {%s} names no param; a name is of a-z, 0-9 and _", text[i+1:i+end])
			}
			pieces = append(pieces, piece{lit + text[from:i], name, Form(form)})
			i += end
			lit, from = "", i+1
		}
	}
	if lit += text[from:]; lit != "" {
		pieces = append(pieces, piece{text: lit})
	}
	return pieces, nil
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
