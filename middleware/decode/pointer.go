package decode

import (
	"strconv"
	"strings"
	"unicode"
)

// A step is one token of a JSON Pointer: a member's name or an item's index.
type step struct {
	name    string
	index   int
	item    bool
	foreign bool // the name is the client's
}

// maxName is how many characters of a name of the client's are shown.
const maxName = 64

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// pointer returns the JSON Pointer (RFC 6901) of a path.
func pointer(path []step) string {
	var b []byte
	for _, s := range path {
		b = append(b, '/')
		switch {
		case s.item:
			b = strconv.AppendInt(b, int64(s.index), 10)
		case s.foreign:
			b = append(b, escaper.Replace(tame(s.name))...)
		default:
			b = append(b, escaper.Replace(s.name)...)
		}
	}
	return string(b)
}

// tame returns a name that the client made up as it can be shown.
func tame(name string) string {
	shown, n := name, 0
	for i := range name {
		if n++; n > maxName {
			shown = name[:i] + "…"
			break
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, shown)
}

// short returns the name alone of a pointer to a member of the body itself.
func short(pointer string) string {
	if name, ok := strings.CutPrefix(pointer, "/"); ok && name != "" && !strings.ContainsAny(name, "/~") {
		return name
	}
	return pointer
}

// parent returns the pointer of the object that has the member.
func parent(pointer string) string {
	return pointer[:max(0, strings.LastIndexByte(pointer, '/'))]
}
