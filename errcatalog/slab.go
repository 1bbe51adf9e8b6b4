package errcatalog

import "strings"

// A slab hands out small slices of large ones: a catalogue of many entries is made
// of few allocations.
type slab[T any] struct {
	free []T
	size int // of the next large one, at least
}

// take returns n zero values.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.free = make([]T, max(n, s.size))
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// keep returns a copy of values.
func (s *slab[T]) keep(values []T) []T {
	kept := s.take(len(values))
	copy(kept, values)
	return kept
}

// A textSlab is a slab of strings.
type textSlab struct{ text strings.Builder }

// keep returns text as a string.
func (s *textSlab) keep(text []byte) string {
	if s.text.Cap()-s.text.Len() < len(text) {
		s.text = strings.Builder{}
		s.text.Grow(max(len(text), 4<<10))
	}
	from := s.text.Len()
	s.text.Write(text)
	return s.text.String()[from:]
}
