package upgrade

import (
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// contract returns the error that the reply stands for.
func (e *ReplyError) contract(now time.Time) error {
	return e.kind().With(e.params(now)...).Because(e)
}

// kind returns the kind of the status. A 416 without a length, which it must have, is
// what net/http answers to a Range that it can't read.
func (e *ReplyError) kind() errcatalog.Kind {
	if _, ok := reqstate.CompleteLength(e.Header); !ok && e.Status == http.StatusRequestedRangeNotSatisfiable {
		return errcatalog.BadRequest
	}
	return errcatalog.KindOf(e.Status)
}

// params returns what the reply's headers say.
func (e *ReplyError) params(now time.Time) []slog.Attr {
	var params []slog.Attr
	if wait, ok := retryAfter(e.Header, now); ok {
		params = append(params, slog.Duration("retry_after", wait))
	}
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		if challenges := e.Header["Www-Authenticate"]; len(challenges) > 0 {
			params = append(params, errcatalog.Strings("challenge", challenges...))
		}
	case http.StatusMethodNotAllowed:
		if methods, ok := e.Header["Allow"]; ok {
			params = append(params, errcatalog.Strings("allow", e.allow(methods)...))
		}
	case http.StatusUnsupportedMediaType:
		if types := list(e.Header["Accept"]); len(types) > 0 {
			params = append(params, errcatalog.Strings("accept", types...))
		}
	case http.StatusUpgradeRequired:
		if protocols := list(e.Header["Upgrade"]); len(protocols) > 0 {
			params = append(params, errcatalog.Strings("upgrade", protocols...))
		}
	case http.StatusRequestedRangeNotSatisfiable:
		if length, ok := reqstate.CompleteLength(e.Header); ok {
			params = append(params, slog.Int64("complete_length", length))
		}
	}
	return params
}

// allow returns the methods of an Allow header, HEAD among them where GET is: a
// router that lacks it has a server that answers it all the same, or should.
func (e *ReplyError) allow(values []string) []string {
	methods := list(values)
	if slices.Contains(methods, http.MethodGet) && !slices.Contains(methods, http.MethodHead) && !e.head {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods) // chi has them in any order
	return methods
}

// list returns the elements of a header that is a list.
func list(values []string) []string {
	var elements []string
	for _, value := range values {
		for element := range strings.SplitSeq(value, ",") {
			if element = strings.Trim(element, " \t"); element != "" && !slices.Contains(elements, element) {
				elements = append(elements, element)
			}
		}
	}
	return elements
}

// maxWait is the longest Retry-After that is taken for one, in seconds.
const maxWait = math.MaxInt32

// retryAfter returns the wait of a Retry-After, which is a number of seconds or a
// date (RFC 9110, section 10.2.3).
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	value := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, maxWait)) * time.Second, true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return min(max(date.Sub(now), 0), maxWait*time.Second), true
}
