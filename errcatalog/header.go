package errcatalog

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// Header values that never change. They are shared: their capacity is 1, so that
// whoever appends to one copies it. Who changes one in place changes it for all.
var (
	noStore     = []string{"no-store"}
	noSniff     = []string{"nosniff"}
	closeConn   = []string{"close"}
	upgradeConn = []string{"Upgrade"}
	noMethods   = []string{""}
	acceptJSON  = []string{"application/json"}
	problemType = []string{mediaProblem}
	ownHeaders  = []string{"Allow", "Cache-Control", "Connection", "Content-Length", "Content-Type", "Retry-After", "Transfer-Encoding", "Upgrade", "Vary", "Www-Authenticate", "X-Content-Type-Options"}
)

// setHeaders sets all headers of the reply: what is stale goes, what the entry and
// its status ask for comes.
func (o *occurrence) setHeaders(h http.Header, c *Catalog, problem bool) {
	for name := range h {
		if reqstate.Stale(name) && (name != "Content-Range" || o.entry.Status != http.StatusRequestedRangeNotSatisfiable) {
			delete(h, name)
		}
	}
	h["Content-Type"] = c.media
	if problem {
		h["Content-Type"] = problemType
	}
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	if c.negotiable {
		reqstate.VaryByAccept(h)
	}
	for i := range o.entry.headers {
		o.entry.headers[i].set(h, &o.meta)
	}
	o.setDuties(h)
}

func (d *header) set(h http.Header, m *Meta) {
	switch {
	case d.slot == "":
		h[d.name] = d.values
	case m.RequestID != "" && isFieldValue(m.RequestID):
		h[d.name] = []string{m.RequestID}
	}
}

// setDuties sets what the protocol asks of the status. The occurrence's own param
// counts first, then what is set already, then the catalogue's default.
func (o *occurrence) setDuties(h http.Header) {
	e := o.entry
	if v, ok := o.given("retry_after"); ok && Duration.accepts(v) {
		h["Retry-After"] = []string{waitOf(v.Duration())}
	} else {
		if set := h["Retry-After"]; len(set) > 0 && !isWait(set) {
			delete(h, "Retry-After")
		}
		setDefault(h, "Retry-After", e.wait)
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		if list := valid(o.list("challenge")); len(list) > 0 {
			h["Www-Authenticate"] = list
		} else {
			setDefault(h, "Www-Authenticate", e.challenge)
		}
	case http.StatusMethodNotAllowed:
		if v, ok := o.given("allow"); ok && StringList.accepts(v) {
			h["Allow"] = []string{strings.Join(valid(o.list("allow")), ", ")}
		} else {
			setDefault(h, "Allow", noMethods)
		}
	case http.StatusRequestEntityTooLarge:
		h["Connection"] = closeConn
	case http.StatusUnsupportedMediaType:
		if list := valid(o.list("accept")); len(list) > 0 {
			h["Accept"] = []string{strings.Join(list, ", ")}
		} else if !says(h["Accept-Encoding"]) && !says(h["Accept-Patch"]) && !says(h["Accept-Post"]) {
			setDefault(h, "Accept", acceptJSON) // as the contract's clients speak
		}
	case http.StatusRequestedRangeNotSatisfiable:
		if v, ok := o.given("complete_length"); ok && Integer.accepts(v) && v.String()[0] != '-' {
			h["Content-Range"] = []string{"bytes */" + v.String()}
		} else if _, ok := reqstate.CompleteLength(h); !ok {
			delete(h, "Content-Range")
		}
	case http.StatusUpgradeRequired:
		if list := valid(o.list("upgrade")); len(list) > 0 {
			h["Upgrade"] = []string{strings.Join(list, ", ")}
			h["Connection"] = upgradeConn
		}
	}
}

// setDefault sets a header that is not set, or to nothing that can be sent.
func setDefault(h http.Header, name string, values []string) {
	if len(values) > 0 && !says(h[name]) {
		h[name] = values
	}
}

// says reports whether one of a header's values says something.
func says(values []string) bool {
	return slices.ContainsFunc(values, func(s string) bool { return s != "" && isFieldValue(s) })
}

// isWait reports whether a Retry-After is a number of seconds or a date (RFC 9110, section
// 10.2.3). What else a handler set, nobody can obey.
func isWait(values []string) bool {
	if len(values) != 1 {
		return false
	}
	if _, err := strconv.ParseUint(values[0], 10, 63); err == nil {
		return true
	}
	_, err := http.ParseTime(values[0])
	return err == nil
}

// list returns the occurrence's string list of that name.
func (o *occurrence) list(name string) []string {
	if v, ok := o.given(name); ok && StringList.accepts(v) {
		return v.Any().([]string)
	}
	return nil
}

// valid returns the strings that can stand in a header.
func valid(list []string) []string {
	var values []string
	for _, s := range list {
		if s != "" && isFieldValue(s) {
			values = append(values, s)
		}
	}
	return values
}
