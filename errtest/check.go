package errtest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// Check returns what is wrong with a reply by the rules of this package: nil if it
// is in the contract of c, which is errcatalog.Standard if nil. It reads nothing from
// resp.Body: body is what was in there. The request's method and Accept header are
// taken from resp.Request, GET and none if that is nil. None of the canaries may
// stand in the reply.
//
// A body that is packed as Content-Encoding says, in gzip or deflate, is judged by what
// is in it. Other codings, and a body that is not what the header says, are faults.
//
// Of a reply of less than 400 only the request ID is asked.
func Check(c *errcatalog.Catalog, resp *http.Response, body []byte, canaries ...string) []*Fault {
	return newContract(c).check(resp, body, canaries)
}

// A judge looks at one reply.
type judge struct {
	*contract
	resp      *http.Response
	body      []byte // unpacked
	method    string
	accept    []string
	requestID string
	mediaType string // that the body is judged by
	value     any    // the body, if decoded
	decoded   bool
	faults    []*Fault

	acceptEncoding []string
	encodingFault  error // what is wrong about Content-Encoding
}

func (k *contract) judge(resp *http.Response, body []byte) *judge {
	j := &judge{contract: k, resp: resp, body: body, method: http.MethodGet}
	if r := resp.Request; r != nil {
		j.accept, j.acceptEncoding = r.Header["Accept"], r.Header["Accept-Encoding"]
		if r.Method != "" {
			j.method = r.Method
		}
	}
	j.unpack()
	return j
}

func (k *contract) check(resp *http.Response, body []byte, canaries []string) []*Fault {
	j := k.judge(resp, body)
	j.checkRequestID()
	if resp.StatusCode < 400 {
		return j.faults
	}
	j.checkMediaType()
	j.decode()
	e, known := j.entry()
	if known {
		j.checkEntry(e)
	}
	j.checkEveryError()
	j.checkDuties(e)
	j.checkCanaries(canaries)
	return j.faults
}

// codeOf returns the code that a reply shows, and whether the catalogue has it.
func (k *contract) codeOf(resp *http.Response, body []byte) (errcatalog.Code, bool) {
	j := k.judge(resp, body)
	j.checkMediaType()
	j.decode()
	if e, ok := j.entry(); ok {
		return e.Code, true
	}
	if codes := j.shown(); len(codes) > 0 {
		return codes[0].code, false
	}
	return "", false
}

func (j *judge) fault(rule Rule, format string, args ...any) {
	j.faults = append(j.faults, faultf(rule, format, args...))
}

func (j *judge) checkRequestID() {
	switch ids := j.resp.Header["X-Request-Id"]; {
	case len(ids) == 0 || ids[0] == "":
		j.fault(RuleRequestID, "there is no X-Request-Id")
	case len(ids) > 1:
		j.fault(RuleRequestID, "there are several X-Request-Id: %q", ids)
	default:
		j.requestID = ids[0]
	}
}

func (j *judge) checkMediaType() {
	want := j.contract.mediaType(j.accept)
	j.mediaType = want
	got := j.resp.Header.Get("Content-Type")
	if got == want {
		return
	}
	j.fault(RuleMediaType, "Content-Type is %q, and to Accept: %q the catalogue has %q", got, strings.Join(j.accept, ", "), want)
	if len(j.codePaths(got)) > 0 {
		j.mediaType = got
	}
}

func (j *judge) decode() {
	if j.method == http.MethodHead {
		return
	}
	v, err := decode(j.body)
	if err != nil {
		j.fault(RuleJSON, "the body is not JSON: %v", err)
		return
	}
	j.value, j.decoded = v, true
}

// A shown is a code as a reply shows it.
type shown struct {
	where string
	code  errcatalog.Code
}

// shown returns the codes that the reply shows, those of the headers first.
func (j *judge) shown() (codes []shown) {
	for _, name := range j.codeHeaders {
		for _, value := range j.resp.Header[name] {
			codes = append(codes, shown{name, errcatalog.Code(value)})
		}
	}
	if !j.decoded {
		return codes
	}
	for _, path := range j.codePaths(j.mediaType) {
		if v, ok := lookup(j.value, path); ok {
			if text, ok := v.(string); ok {
				codes = append(codes, shown{"/" + strings.Join(path, "/"), errcatalog.Code(text)})
			}
		}
	}
	return codes
}

// entry finds the entry that the reply is of, and whether what it shows agrees.
func (j *judge) entry() (found errcatalog.Entry, ok bool) {
	codes := j.shown()
	if len(codes) == 0 {
		return j.codeless()
	}
	for _, s := range codes {
		if e, known := j.catalog.Lookup(s.code); known {
			found, ok = e, true
		} else {
			j.fault(RuleCode, "%s is %q, which the catalogue does not have", s.where, s.code)
		}
		if s.code != codes[0].code {
			j.fault(RuleAgree, "%s is %q, and %s is %q", codes[0].where, codes[0].code, s.where, s.code)
		}
	}
	if !ok {
		return found, false
	}
	for _, name := range j.codeHeaders {
		if len(j.resp.Header[name]) != 1 {
			j.fault(RuleAgree, "%s is %q, and the code is %q", name, j.resp.Header[name], found.Code)
		}
	}
	if j.resp.StatusCode != found.Status {
		j.fault(RuleAgree, "the status is %d, and %q has %d", j.resp.StatusCode, found.Code, found.Status)
	}
	return found, true
}

// codeless is entry for a reply that shows no code, as some catalogues have it.
func (j *judge) codeless() (errcatalog.Entry, bool) {
	paths := j.codePaths(j.mediaType)
	if len(j.codeHeaders) == 0 && len(paths) == 0 {
		if j.decoded {
			if e, ok := j.guess(j.resp.StatusCode, j.mediaType, j.value); ok {
				return e, true
			}
		}
		j.fault(RuleCode, "no entry of the status %d has such a body", j.resp.StatusCode)
		return errcatalog.Entry{}, false
	}
	where := slices.Clone(j.codeHeaders)
	for _, path := range paths {
		where = append(where, "/"+strings.Join(path, "/"))
	}
	j.fault(RuleCode, "there is no code in %s", strings.Join(where, " or "))
	return errcatalog.Entry{}, false
}

// checkEntry compares the reply with what its entry describes.
func (j *judge) checkEntry(e errcatalog.Entry) {
	j.checkHeaders(e)
	s := j.shape(e.Code, j.mediaType)
	if !j.decoded || s == nil {
		return
	}
	if s.err != nil {
		j.fault(RuleShape, "%v", s.err)
		return
	}
	codes := j.codePaths(j.mediaType)
	for _, f := range s.schema.check(j.value, "") {
		if !j.told(f, codes) {
			j.faults = append(j.faults, f)
		}
	}
	for _, path := range s.requestIDs {
		if v, ok := lookup(j.value, path); ok && j.requestID != "" && v != j.requestID {
			j.fault(RuleRequestID, "/%s is %s, and X-Request-Id is %q", strings.Join(path, "/"), show(v), j.requestID)
		}
	}
}

// told reports whether f is about a code in the body that entry has judged.
func (j *judge) told(f *Fault, codes [][]string) bool {
	if f.at == "" {
		return false
	}
	path := strings.Split(f.at[1:], "/")
	v, _ := lookup(j.value, path)
	_, isText := v.(string)
	return isText && hasPath(codes, path)
}

// checkHeaders compares the headers that the catalogue declares, and Vary.
func (j *judge) checkHeaders(e errcatalog.Entry) {
	want := j.sample(e.Code, j.requestID, j.accept).Header
	for name, values := range want {
		switch {
		case j.ownRule(name):
		case name == "Vary":
			if !lists(j.resp.Header, name, "Accept") && !lists(j.resp.Header, name, "*") {
				j.fault(RuleHeader, "Vary is %q, and lacks Accept", j.resp.Header[name])
			}
		case !slices.Equal(j.resp.Header[name], values):
			j.fault(RuleHeader, "%s is %q, and the catalogue has %q", name, j.resp.Header[name], values)
		}
	}
}
