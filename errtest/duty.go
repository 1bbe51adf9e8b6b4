package errtest

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// stale are headers of a representation that an error has replaced.
var stale = []string{"Etag", "Last-Modified", "Content-Disposition", "Accept-Ranges", "Expires"}

// checkEveryError checks the headers that every error has, and those that none has.
func (j *judge) checkEveryError() {
	h := j.resp.Header
	if !lists(h, "Cache-Control", "no-store") {
		j.fault(RuleCache, "Cache-Control is %q, and lacks no-store", h["Cache-Control"])
	}
	if values := h["X-Content-Type-Options"]; len(values) != 1 || !strings.EqualFold(values[0], "nosniff") {
		j.fault(RuleSniff, "X-Content-Type-Options is %q, not nosniff", values)
	}
	for _, name := range stale {
		if values := h[name]; len(values) > 0 {
			j.fault(RuleStale, "%s is %q", name, values)
		}
	}
	if j.encodingFault != nil {
		j.fault(RuleStale, "Content-Encoding is %q, and %v", h["Content-Encoding"], j.encodingFault)
	}
}

// checkDuties checks what the protocol asks of the status (RFC 9110, section 15;
// RFC 6585).
func (j *judge) checkDuties(e errcatalog.Entry) {
	h := j.resp.Header
	switch j.resp.StatusCode {
	case http.StatusUnauthorized:
		if !challenged(h["Www-Authenticate"]) {
			j.fault(RuleChallenge, "WWW-Authenticate is %q in a 401", h["Www-Authenticate"])
		}
	case http.StatusMethodNotAllowed:
		j.checkAllow()
	case http.StatusRequestEntityTooLarge:
		if j.resp.ProtoMajor < 2 && !j.resp.Close && !lists(h, "Connection", "close") {
			j.fault(RuleClose, "a 413 leaves the connection open, for the rest of the body")
		}
	case http.StatusUnsupportedMediaType:
		if h.Get("Accept") == "" && h.Get("Accept-Encoding") == "" && h.Get("Accept-Patch") == "" && h.Get("Accept-Post") == "" {
			j.fault(RuleAccept, "a 415 without Accept")
		}
	case http.StatusRequestedRangeNotSatisfiable:
		if values := h["Content-Range"]; len(values) != 1 || !unsatisfied.MatchString(values[0]) {
			j.fault(RuleRange, `Content-Range is %q in a 416, not such as "bytes */1234"`, values)
		}
	}
	j.checkRetry(e)
}

var (
	unsatisfied = regexp.MustCompile(`^[a-z]+ \*/[0-9]+$`)
	scheme      = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+( |$)`)
)

// challenged reports whether there is a challenge, and each begins with a scheme.
func challenged(values []string) bool {
	for _, value := range values {
		if !scheme.MatchString(value) {
			return false
		}
	}
	return len(values) > 0
}

func (j *judge) checkAllow() {
	h := j.resp.Header
	switch {
	case len(h["Allow"]) == 0:
		j.fault(RuleAllow, "a 405 without Allow")
	case allows(h, j.method):
		j.fault(RuleAllow, "Allow is %q, which has the method %s that was refused", h["Allow"], j.method)
	case allows(h, http.MethodGet) && !allows(h, http.MethodHead) && j.method != http.MethodHead:
		j.fault(RuleAllow, "Allow is %q, which has GET and lacks HEAD", h["Allow"])
	}
}

// allows reports whether Allow has a method. Those are told apart by their case.
func allows(h http.Header, method string) bool {
	for _, value := range h["Allow"] {
		for part := range strings.SplitSeq(value, ",") {
			if strings.TrimSpace(part) == method {
				return true
			}
		}
	}
	return false
}

func (j *judge) checkRetry(e errcatalog.Entry) {
	values := j.resp.Header["Retry-After"]
	switch {
	case len(values) == 0:
		if e.Retry == errcatalog.RetryAfter || e.Wait > 0 || j.resp.StatusCode == http.StatusTooManyRequests {
			j.fault(RuleRetry, "there is no Retry-After")
		}
	case len(values) > 1 || !isWait(values[0]):
		j.fault(RuleRetry, "Retry-After is %q, neither seconds nor a date", values)
	}
}

func isWait(value string) bool {
	if _, err := strconv.ParseUint(value, 10, 63); err == nil {
		return true
	}
	_, err := http.ParseTime(value)
	return err == nil
}
