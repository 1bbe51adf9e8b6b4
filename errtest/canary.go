package errtest

import (
	"html"
	"net/url"
	"strings"
)

// What the probes plant in their requests, for no reply to repeat.
const (
	canaryQuery      = "errtest-canary-in-the-query"
	canaryHeader     = "errtest-canary-in-a-header"
	canaryCookie     = "errtest-canary-in-a-cookie"
	canaryBody       = "errtest-canary-in-the-body"
	canaryCredential = "errtest-canary-in-the-credential"
)

var ownCanaries = []string{canaryQuery, canaryHeader, canaryCookie, canaryBody, canaryCredential}

// checkCanaries looks for each canary in every header and the body, whatever its
// case: as it is, and behind the escapes of JSON, HTML and URLs.
func (j *judge) checkCanaries(canaries []string) {
	for _, canary := range canaries {
		if canary == "" {
			continue
		}
		if where := j.showing(strings.ToLower(canary)); where != "" {
			j.fault(RuleCanary, "%s shows the planted text %q", where, shorten(canary, 60))
		}
	}
}

// showing says where the reply shows a text in lower case, "" if nowhere.
func (j *judge) showing(text string) string {
	for _, h := range []map[string][]string{j.resp.Header, j.resp.Trailer} {
		for name, values := range h {
			if shows(name+"\n"+strings.Join(values, "\n"), text) {
				return name
			}
		}
	}
	if shows(string(j.body), text) {
		return "the body"
	}
	where := ""
	texts(j.value, nil, func(at []string, s string) {
		if where == "" && shows(s, text) {
			where = "/" + strings.Join(at, "/")
		}
	})
	return where
}

// shows reports whether s has the text, which is in lower case.
func shows(s, text string) bool {
	s = strings.ToLower(s)
	if strings.Contains(s, text) || strings.Contains(html.UnescapeString(s), text) {
		return true
	}
	plain, err := url.QueryUnescape(s)
	return err == nil && strings.Contains(plain, text)
}
