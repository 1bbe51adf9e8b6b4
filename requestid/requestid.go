// Package requestid gives every request an ID that the caller, the log and the
// services behind can all name it by.
//
//	mux := http.NewServeMux()
//	http.ListenAndServe(":8080", requestid.Handler(mux))
//
// [Handler] takes the ID from the caller's X-Request-Id header where that is fit
// to be repeated, makes one where it is not, and echoes it on every response.
// Within the handlers there are three ways to use it:
//
//	id := requestid.FromContext(r.Context())
//
//	logger := slog.New(requestid.LogHandler(slog.NewJSONHandler(os.Stderr, nil)))
//	logger.InfoContext(r.Context(), "charged") // {..., "msg": "charged", "request_id": "req_0197..."}
//
//	client := &http.Client{Transport: &requestid.Transport{}} // the next service gets it too
//
// # Whose ID it is
//
// A caller's ID is a claim. It may be repeated or made up, so it serves to find a
// request in a log, not to prove anything. What is adopted is [Valid]: a short run of
// plain characters, which can't break a header, a log line, a URL or a terminal.
// Where callers must not choose at all, remove the header before Handler sees it.
package requestid

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// Header is the header that carries the ID, in requests and in responses.
const Header = "X-Request-Id"

const maxLen = 128

// New returns a new ID: "req_" and a UUID of version 7 (RFC 9562), so that IDs
// sort by the time they were made. An ID is unique, but no secret: it tells when it
// was made. New does not fail, and is safe for concurrent use.
func New() string { return newAt(time.Now()) }

// newAt returns the ID of a request that came then. Its random bits are of the generator
// of math/rand/v2, which is ChaCha8, seeded by the operating system.
func newAt(now time.Time) string {
	var u uuid.UUID
	t := tick(now)
	binary.BigEndian.PutUint64(u[:8], t>>12<<16|0x7000|t&0xfff)
	binary.BigEndian.PutUint64(u[8:], rand.Uint64()>>2|1<<63)
	return format(u)
}

// last is the last tick.
var last atomic.Uint64

// tick returns a time in milliseconds with 12 more bits for their fraction (RFC 9562,
// section 6.2, method 3), larger than any before.
func tick(now time.Time) uint64 {
	ns := uint64(now.UnixNano())
	t := ns/1e6<<12 | ns%1e6>>8
	for {
		before := last.Load()
		if t <= before {
			t = before + 1
		}
		if last.CompareAndSwap(before, t) {
			return t
		}
	}
}

// format is "req_" + u.String(), in one allocation.
func format(u uuid.UUID) string {
	id := [40]byte([]byte("req_00000000-0000-0000-0000-000000000000"))
	second, third := hexadecimal(u[4:8]), hexadecimal(u[8:12])
	binary.BigEndian.PutUint64(id[4:], hexadecimal(u[:4]))
	binary.BigEndian.PutUint32(id[13:], uint32(second>>32))
	binary.BigEndian.PutUint32(id[18:], uint32(second))
	binary.BigEndian.PutUint32(id[23:], uint32(third>>32))
	binary.BigEndian.PutUint32(id[28:], uint32(third))
	binary.BigEndian.PutUint64(id[32:], hexadecimal(u[12:]))
	return string(id[:])
}

// hexadecimal returns the eight digits of four bytes, made all at once.
func hexadecimal(b []byte) uint64 {
	x := uint64(binary.BigEndian.Uint32(b))
	x = (x | x<<16) & 0x0000ffff_0000ffff
	x = (x | x<<8) & 0x00ff00ff_00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f_0f0f0f0f // a digit's value in each byte
	letters := (x + 0x06060606_06060606) >> 4 & 0x01010101_01010101
	return x + 0x30303030_30303030 + letters*('a'-'0'-10)
}

// Valid reports whether id is fit to be repeated: 1 to 128 characters, each an ASCII
// letter, a digit, or one of . _ : -
func Valid(id string) bool {
	if id == "" || len(id) > maxLen {
		return false
	}
	for i := range len(id) {
		if !plain(id[i]) {
			return false
		}
	}
	return true
}

func plain(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return c == '.' || c == '_' || c == ':' || c == '-'
}

// Handler returns a handler that gives each request an ID before next serves it, and
// sets it as the response's X-Request-Id, whatever next makes of that header: on refusals
// and errors too, as long as they are written inside, or outside to the same header.
//
// The ID is the request's own X-Request-Id if there is exactly one and it is [Valid],
// otherwise a [New] one. A request that has an ID already, because a Handler further
// out gave it one, keeps that. The request's headers stay as they came.
//
// The handler is safe for concurrent use if next is.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st, w, r := reqstate.Ensure(w, r)
		arrived := st.Arrived() // whoever made the ID: an access log inside counts from it
		if st.RequestID == "" {
			st.RequestID = choose(arrived, r.Header[Header])
		}
		st.ShowsID, st.IDHeader[0] = true, st.RequestID
		w.Header()[Header] = st.IDHeader[:]
		next.ServeHTTP(w, r)
		if !st.Response().Started() { // net/http sends a 200 then
			reqstate.ShowID(w.Header(), st.RequestID)
		}
	})
}

// choose returns the ID for a request that came then, with these X-Request-Id headers.
func choose(arrived time.Time, inbound []string) string {
	if len(inbound) == 1 && Valid(inbound[0]) {
		return inbound[0]
	}
	return newAt(arrived)
}

// FromContext returns the ID of the request that ctx belongs to, or "" if it has
// none. It may be called from any goroutine, also after the request was served.
func FromContext(ctx context.Context) string {
	if st := reqstate.From(ctx); st != nil {
		return st.RequestID
	}
	return ""
}
