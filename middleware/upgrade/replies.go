package upgrade

import (
	"net/http"

	"github.com/contrite-go/contrite/internal/onerror"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// Replies says how error replies of wrapped handlers are answered. The zero value
// answers with [errcatalog.Standard].
//
// A reply of status 400 or more becomes the error of the kind [errcatalog.KindOf] the
// status, with what its headers say (Allow, Retry-After, WWW-Authenticate, Accept,
// Upgrade, Content-Range) as params, and a [*ReplyError] as its private cause. The status stays
// the same, as far as the catalogue publishes that kind with its own status: an
// one that no kind has, such as 407 or 460, is answered as 400 or 500, and a 416 without the
// Content-Range that it must have, as net/http answers a malformed Range, as 400. A 415
// that does not say what would do names application/json.
//
// A 413 closes the connection of an HTTP/1.1 request, upgraded or not.
//
// The replies of an [errcatalog.Writer] go out as it wrote them, whatever wrappers between
// make of them: packed, in pieces, late, or with the text that a handler wrote before or
// after one. Of several the first that arrives counts. Each counts more than a foreign reply
// that is held back, as does a panic, and more than a panic after it, which aborts the
// connection as after any reply that has begun. What a wrapper kept is known again by its
// headers and body; what it dropped is no reply. What follows a status below 400 passes,
// whatever it is. What is written after the handler has ended goes nowhere: it would end up
// in another's response.
type Replies struct {
	// OnError answers the upgraded replies, but for those within a Scope of an
	// [errcatalog.Writer].
	OnError OnError
	// Map, if not nil, is asked about every foreign error reply within the limit, typed
	// or not; of one that is flushed before its end it sees the beginning. It returns
	// the error to answer with instead, or nil for what happens without it. It must not
	// change the reply.
	Map func(r *http.Request, e *ReplyError) error
	// Report, if not nil, is told of the replies that were sent as they are, with
	// [ReplyError.Passed] saying why. Nil tells what answers errors, after the
	// response: an [errcatalog.Writer] reports it as errcatalog.ErrStarted, and what
	// anything else writes is dropped. A 5xx to a client that had left is not told.
	Report func(r *http.Request, e *ReplyError)
	// Limit is how many bytes of a reply's body are held back at most; a longer reply
	// is sent as it is. Zero is 64 KiB.
	Limit int
}

const defaultLimit = 64 << 10

// Handler returns next with its error replies upgraded.
func (u Replies) Handler(next http.Handler) http.Handler {
	u.OnError = onerror.OrScope(u.OnError)
	if u.Limit <= 0 {
		u.Limit = defaultLimit
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st, w, r := reqstate.Ensure(w, r)
		uw := &writer{ResponseWriter: w, replies: &u, st: st, r: r}
		st.Push(&uw.front)
		defer uw.end()
		next.ServeHTTP(uw, r)
		uw.finish() // not after a panic, which is answered in a foreign reply's place
	})
}

// Off returns next with its error replies left as they are, whatever upgrades are
// around it, as far as the Unwrap methods of the writers between them lead.
func Off(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		Pass(w)
		next.ServeHTTP(w, r)
	})
}

// Pass leaves the error reply that is written to w as it is, and unreported. It counts
// until the handler ends, the body passes the limit, or w is flushed.
func Pass(w http.ResponseWriter) {
	for w := range reqstate.Unwrapped(w) {
		if uw, ok := w.(*writer); ok {
			uw.off = true
		}
	}
}
