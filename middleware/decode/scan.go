package decode

// maxDepth is how deep arrays and objects may nest.
const maxDepth = 100

// A scanner reads a JSON text (RFC 8259). Its methods return false, with pos where
// reading stopped, when the text is none.
type scanner struct {
	data    []byte // UTF-8
	pos     int
	depth   int
	problem string // what was wrong at pos
	scratch []byte
}

func (s *scanner) fail(problem string) bool {
	s.problem = problem
	return false
}

// peek returns the next byte that is not blank, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// object reads an object. It calls member with each name, to read the value. The
// name is valid until more is read.
func (s *scanner) object(member func(name []byte) bool) bool {
	if !s.enter() {
		return false
	}
	if s.peek() == '}' {
		return s.leave()
	}
	for {
		name, ok := s.name()
		if !ok || !member(name) {
			return false
		}
		switch s.peek() {
		case ',':
			s.pos++
		case '}':
			return s.leave()
		default:
			return s.fail("a comma or a closing brace is wanted")
		}
	}
}

// name reads a member's name and the colon.
func (s *scanner) name() ([]byte, bool) {
	if s.peek() != '"' {
		return nil, s.fail("a member's name is wanted")
	}
	name, escaped, ok := s.text()
	if !ok {
		return nil, false
	}
	if escaped {
		s.scratch = appendUnescaped(s.scratch[:0], name)
		name = s.scratch
	}
	if s.peek() != ':' {
		return nil, s.fail("a colon is wanted")
	}
	s.pos++
	return name, true
}

// array reads an array. It calls item with each index, to read the value.
func (s *scanner) array(item func(i int) bool) bool {
	if !s.enter() {
		return false
	}
	if s.peek() == ']' {
		return s.leave()
	}
	for i := 0; ; i++ {
		if !item(i) {
			return false
		}
		switch s.peek() {
		case ',':
			s.pos++
		case ']':
			return s.leave()
		default:
			return s.fail("a comma or a closing bracket is wanted")
		}
	}
}

func (s *scanner) enter() bool {
	if s.depth++; s.depth > maxDepth {
		return s.fail("arrays and objects nest too deep")
	}
	s.pos++
	return true
}

func (s *scanner) leave() bool {
	s.depth--
	s.pos++
	return true
}

// skip reads any value.
func (s *scanner) skip() bool {
	switch c := s.peek(); c {
	case '{':
		return s.object(func([]byte) bool { return s.skip() })
	case '[':
		return s.array(func(int) bool { return s.skip() })
	case '"':
		_, _, ok := s.text()
		return ok
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	_, _, ok := s.number()
	return ok
}

// literal reads the literal, of which the first byte is seen.
func (s *scanner) literal(want string) bool {
	for i := range len(want) {
		if s.pos == len(s.data) || s.data[s.pos] != want[i] {
			return s.fail("a value is wanted")
		}
		s.pos++
	}
	return true
}

// number reads a number, and says whether it has neither fraction nor exponent.
func (s *scanner) number() (text []byte, integral, ok bool) {
	start := s.pos
	s.take('-', '-')
	switch {
	case s.take('0', '0'):
	case !s.digits():
		return nil, false, s.fail("a value is wanted")
	}
	integral = true
	if s.take('.', '.') {
		if integral = false; !s.digits() {
			return nil, false, s.fail("a digit is wanted")
		}
	}
	if s.take('e', 'E') {
		integral = false
		s.take('+', '-')
		if !s.digits() {
			return nil, false, s.fail("a digit is wanted")
		}
	}
	return s.data[start:s.pos], integral, true
}

// take reads a byte that is a or b.
func (s *scanner) take(a, b byte) bool {
	if s.pos < len(s.data) && (s.data[s.pos] == a || s.data[s.pos] == b) {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && s.data[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos > start
}
