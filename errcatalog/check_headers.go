package errcatalog

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// common checks what all entries share.
func (b *builder) common() {
	b.commonHeaders()
	for _, status := range slices.Sorted(maps.Keys(b.spec.Types)) {
		if n, _ := strconv.Atoi(status); status != "4xx" && status != "5xx" && (len(status) != 3 || n < 400 || n > 599) {
			b.fault("", "types."+status, `is no status of an error; write one such as "404", or the class "4xx" or "5xx"`)
		}
	}
	if !strings.Contains(b.spec.MediaType, "/") || !isFieldValue(b.spec.MediaType) {
		b.fault("", "media_type", "is no media type; write one such as application/json")
	}
	if b.spec.Docs != "" && (strings.ContainsAny(b.spec.Docs, "# ") || !isFieldValue(b.spec.Docs)) {
		b.fault("", "docs", "must be a URL without fragment; the code is added behind #")
	}
}

func (b *builder) commonHeaders() {
	canonical := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(b.spec.Headers)) {
		value, field, key := b.spec.Headers[name], "headers."+name, http.CanonicalHeaderKey(name)
		if !isToken(name) {
			b.fault("", field, "is not a header's name")
		}
		switch {
		case slices.Contains(ownHeaders, key):
			b.fault("", field, "is set by the writer itself; leave it out")
		case reqstate.Stale(key) && !reqstate.Targeted(key):
			b.fault("", field, "speaks of another representation than the error's; leave it out")
		}
		if canonical[key] {
			b.fault("", field, "stands twice; case makes no difference")
		}
		canonical[key] = true
		slots := []string{slotCode, slotType, slotStatus, slotRetryable, slotRequestID}
		h := header{name: key}
		if slices.Contains(slots, value) {
			h.slot = value
		} else {
			h.fix(value)
		}
		b.shared = append(b.shared, h)
		if strings.HasPrefix(value, "$") && h.slot == "" {
			b.fault("", field, value+" is no slot of a header"+instead(value, slots))
		}
		if !isFieldValue(value) {
			b.fault("", field, "is not a header's value")
		}
	}
}

// headers gives the entry its headers.
func (b *builder) headers(e *entry) {
	e.headers = slices.Clone(b.shared)
	for i := range e.headers {
		switch h := &e.headers[i]; h.slot {
		case slotCode:
			h.fix(string(e.Code))
		case slotType:
			if !isFieldValue(e.Type) {
				b.fault(e.Code, "type", "is not a header's value, and "+h.name+" shows it")
			}
			h.fix(e.Type)
		case slotStatus:
			h.fix(strconv.Itoa(e.Status))
		case slotRetryable:
			h.fix(strconv.FormatBool(e.retryable()))
		}
	}
}

// isToken reports whether s is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s can be a header's value as it stands.
func isFieldValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return strings.TrimSpace(s) == s
}
