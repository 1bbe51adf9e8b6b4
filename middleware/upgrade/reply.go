package upgrade

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/contrite-go/contrite/internal/reqstate"
)

// Why a reply was sent as it is.
var (
	// ErrTyped is a reply of another type than text/plain.
	ErrTyped = errors.New("upgrade: a foreign reply has a type of its own; map it, or answer with a contract error")
	// ErrTooLong is a reply with a longer body than is held back.
	ErrTooLong = errors.New("upgrade: a foreign error reply is longer than the limit")
	// ErrStreamed is a typed reply that was flushed before its end, or a connection
	// that was hijacked after an error status.
	ErrStreamed = errors.New("upgrade: a foreign error reply was flushed or hijacked before its end")
	// ErrUnanswered is a reply in whose place OnError wrote nothing.
	ErrUnanswered = errors.New("upgrade: OnError did not answer")
)

// A ReplyError is an error reply that a handler, or an upstream server, wrote by
// itself. It is the private cause of the error that was answered in its place, and for
// logs alone: its body can hold anything.
type ReplyError struct {
	Status int
	Header http.Header
	// Body is the body as far as it was held back, of a longer one that much. It is encoded
	// as Header says.
	Body []byte
	// Passed is why the reply was sent as it is, nil if it was not: ErrTyped,
	// ErrTooLong, ErrStreamed or ErrUnanswered.
	Passed error

	head     bool              // of a HEAD
	inCharge *reqstate.OnError // when the reply began
}

// maxText is how much of a body stands in an error's text.
const maxText = 1 << 10

// Error returns the status and the beginning of the body, quoted. What is packed is
// unpacked if it is gzip.
func (e *ReplyError) Error() string {
	text := fmt.Sprintf("upgrade: a handler answered %d", e.Status)
	body, ok := e.plain()
	if !ok {
		return text + fmt.Sprintf(" with %d bytes of %q", len(body), e.Header.Get("Content-Encoding"))
	}
	if len(body) > maxText {
		return text + fmt.Sprintf(" with %q and %d bytes more", body[:maxText], len(body)-maxText)
	}
	return text + fmt.Sprintf(" with %q", body)
}

// Unwrap returns Passed.
func (e *ReplyError) Unwrap() error { return e.Passed }

// LogValue groups the status, the type, the text, and why the reply was sent as it is.
func (e *ReplyError) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Int("status", e.Status)}
	if t := e.Header.Get("Content-Type"); t != "" {
		attrs = append(attrs, slog.String("type", t))
	}
	attrs = append(attrs, slog.String("text", e.Error()))
	if e.Passed != nil {
		attrs = append(attrs, slog.String("passed", e.Passed.Error()))
	}
	return slog.GroupValue(attrs...)
}

// typed reports whether the reply says that it is something else than text.
func (e *ReplyError) typed() bool {
	media := media(e.Header)
	return media != "" && !strings.EqualFold(media, "text/plain")
}

// media returns the media type without its parameters.
func media(h http.Header) string {
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.TrimSpace(media)
}

// upgradable reports whether the whole reply becomes the contract's: one that is no
// other type's, and one without a body, whose type was set before anybody knew of
// the error.
func (e *ReplyError) upgradable() bool {
	return !e.typed() || e.image() || e.empty() && !e.headOf()
}

// empty reports whether there is no body, or only the frame of a gzip.
func (e *ReplyError) empty() bool {
	body, ok := e.plain()
	return len(e.Body) == 0 || ok && len(body) == 0
}

// headOf reports whether the reply is the head of one that has a body.
func (e *ReplyError) headOf() bool {
	length := e.Header.Get("Content-Length")
	return e.head && length != "" && length != "0"
}

// timeoutPage is what http.TimeoutHandler answers unless it was given a text.
const timeoutPage = "<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>"

// image reports whether the body is one of the standard library's, which writes some
// under whatever type was set before.
func (e *ReplyError) image() bool {
	body, _ := e.plain()
	switch strings.TrimSpace(string(body)) {
	case "":
		return false
	case timeoutPage, "404 page not found", http.StatusText(e.Status):
		return true
	}
	return false
}

// A mappedError is what Map made of a reply.
type mappedError struct {
	error
	reply *ReplyError
}

func (e *mappedError) Unwrap() []error { return []error{e.error, e.reply} }
