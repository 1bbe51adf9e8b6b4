package errtest

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/contrite-go/contrite/errcatalog"
)

// A contract is what a catalogue tells of its replies: by the schemas of its codes,
// and by replies that its own writer renders. It is safe for concurrent use.
type contract struct {
	catalog     *errcatalog.Catalog
	writer      errcatalog.Writer
	codeHeaders []string // those that show the code

	mu     sync.Mutex
	shapes map[shapeKey]*shape
	paths  map[string][][]string // where a media type's bodies show the code
}

type shapeKey struct {
	code      errcatalog.Code
	mediaType string
}

// A shape is what a code's bodies look like in one media type.
type shape struct {
	schema     *schema
	requestIDs [][]string // where they show the request ID
	err        error
}

// newContract returns the contract of a catalogue. Nil is errcatalog.Standard.
func newContract(c *errcatalog.Catalog) *contract {
	if c == nil {
		c = errcatalog.Standard
	}
	k := &contract{
		catalog: c,
		writer:  errcatalog.Writer{Catalog: c},
		shapes:  map[shapeKey]*shape{},
		paths:   map[string][][]string{},
	}
	k.codeHeaders = k.findCodeHeaders()
	return k
}

// someID is an ID that no catalogue has as a text of its own.
const someID = "errtest-some-request-id"

// sample is how the catalogue's writer answers with the code alone.
func (k *contract) sample(code errcatalog.Code, requestID string, accept []string) errcatalog.Reply {
	return k.writer.Reply(code, errcatalog.Meta{RequestID: requestID, Accept: accept})
}

// mediaType is the one that a request with that Accept header is answered in.
func (k *contract) mediaType(accept []string) string {
	return k.writer.Reply(errcatalog.Internal, errcatalog.Meta{Accept: accept}).Header.Get("Content-Type")
}

// findCodeHeaders finds the headers that are each entry's code.
func (k *contract) findCodeHeaders() []string {
	var names []string
	for i, e := range k.catalog.Errors() {
		h := k.sample(e.Code, someID, nil).Header
		if i == 0 {
			for name := range h {
				names = append(names, name)
			}
			slices.Sort(names)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return h.Get(name) != string(e.Code) })
	}
	return names
}

// codePaths returns where bodies of that media type show the code: what is each
// entry's code in the bodies of all.
func (k *contract) codePaths(mediaType string) [][]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if paths, ok := k.paths[mediaType]; ok {
		return paths
	}
	var common [][]string
	for i, e := range k.catalog.Errors() {
		paths := k.find(e.Code, mediaType, string(e.Code))
		if i == 0 {
			common = paths
		}
		common = slices.DeleteFunc(common, func(path []string) bool { return !hasPath(paths, path) })
		if len(common) == 0 {
			break
		}
	}
	if len(common) > 0 {
		k.paths[mediaType] = common
	}
	return common
}

// find returns where a code's bodies of that media type show a text, nowhere if the
// catalogue has no such bodies.
func (k *contract) find(code errcatalog.Code, mediaType, text string) (paths [][]string) {
	reply := k.sample(code, someID, []string{mediaType})
	if reply.Header.Get("Content-Type") != mediaType {
		return nil
	}
	if v, err := decode(reply.Body); err == nil {
		texts(v, nil, func(at []string, found string) {
			if found == text {
				paths = append(paths, at)
			}
		})
	}
	return paths
}

func hasPath(paths [][]string, path []string) bool {
	return slices.ContainsFunc(paths, func(p []string) bool { return slices.Equal(p, path) })
}

// shape returns the shape of a code's bodies in a media type, nil if there are none.
func (k *contract) shape(code errcatalog.Code, mediaType string) *shape {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := shapeKey{code, mediaType}
	if s, ok := k.shapes[key]; ok {
		return s
	}
	text := k.catalog.Schema(code, mediaType)
	if text == nil {
		return nil
	}
	s := &shape{requestIDs: k.find(code, mediaType, someID)}
	s.schema, s.err = parseSchema(text)
	k.shapes[key] = s
	return s
}

// guess returns the first entry of the status whose schema a body fits, for
// catalogues that show their codes nowhere.
func (k *contract) guess(status int, mediaType string, body any) (errcatalog.Entry, bool) {
	for _, e := range k.catalog.Errors() {
		if e.Status != status {
			continue
		}
		if s := k.shape(e.Code, mediaType); s != nil && s.err == nil && len(s.schema.check(body, "")) == 0 {
			return e, true
		}
	}
	return errcatalog.Entry{}, false
}

// ownRule reports whether a header has a rule of its own, or none, so that it is not
// compared with the one that the writer would send.
func (k *contract) ownRule(name string) bool {
	switch name {
	case "Content-Type", "Cache-Control", "X-Content-Type-Options", "X-Request-Id",
		"Www-Authenticate", "Allow", "Retry-After", "Connection", "Accept", "Content-Range":
		return true
	}
	return slices.Contains(k.codeHeaders, name)
}

// lists reports whether a header that is a list has an element, in any case.
func lists(h http.Header, name, element string) bool {
	return slices.ContainsFunc(listed(h, name), func(e string) bool { return strings.EqualFold(e, element) })
}

// listed returns the elements of a header that is a list.
func listed(h http.Header, name string) (elements []string) {
	for _, value := range h[name] {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				elements = append(elements, part)
			}
		}
	}
	return elements
}
