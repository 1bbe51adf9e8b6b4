package errcatalog_test

import (
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// headersAfter returns the headers of an error that came after the handler had set some.
func headersAfter(w Writer, r *http.Request, set http.Header, err error) http.Header {
	silence(&w)
	return serve(w.Handle(func(rw http.ResponseWriter, _ *http.Request) error {
		maps.Copy(rw.Header(), set)
		return err
	}), r).Header()
}

func TestEveryReplyHasTheHeadersOfAnError(t *testing.T) {
	t.Parallel()
	for _, k := range errcatalog.Kinds() {
		h := headersAfter(Writer{}, get(), http.Header{"Cache-Control": {"max-age=60"}, "Content-Type": {"text/csv"}, "X-Own": {"kept"}}, k)
		want := errcatalog.Standard.Resolve(k)
		for name, value := range map[string]string{
			"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Vary": "Accept", "X-Error-Code": string(want.Code()), "X-Own": "kept",
		} {
			if got := h[name]; !slices.Equal(got, []string{value}) {
				t.Errorf("%s: %s is %q, want %q", k, name, got, value)
			}
		}
	}
}

func TestTheCataloguesHeaders(t *testing.T) {
	t.Parallel()
	spec := extend(Entry{Code: "p", Status: 503, Type: "server", Retry: errcatalog.RetryBackoff, Wait: time.Second, Messages: say("It failed.")})
	spec.Headers = map[string]string{"x-code": "$code", "X-Type": "$type", "X-Status": "$status", "X-Retry": "$retryable", "X-Id": "$request_id", "X-Text": "as it is", "X-Empty": ""}
	w := Writer{Catalog: build(t, spec)}
	h := w.Reply(Code("p"), errcatalog.Meta{RequestID: "r1"}).Header
	for name, want := range map[string]string{
		"X-Code": "p", "X-Type": "server", "X-Status": "503", "X-Retry": "true", "X-Id": "r1", "X-Text": "as it is", "X-Empty": "",
	} {
		if got := h[name]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got, ok := w.Reply(errcatalog.Gone, errcatalog.Meta{}).Header["X-Id"]; ok {
		t.Errorf("without an ID, X-Id is %q", got)
	}
}

func TestDutiesOfTheStatus(t *testing.T) {
	t.Parallel()
	const authenticate, allow, after = "Www-Authenticate", "Allow", "Retry-After"
	challenged := errcatalog.Strings("challenge", "Bearer", `Basic realm="a"`)
	limit := func(d time.Duration) error { return errcatalog.RateLimited.With(slog.Duration("retry_after", d)) }
	for _, test := range []struct {
		name string
		err  error
		set  http.Header
		head string
		want []string
	}{
		{"401: the occurrence's challenges, a line each", errcatalog.CredentialsInvalid.With(challenged), nil, authenticate, []string{"Bearer", `Basic realm="a"`}},
		{"401: they count more than what is set", errcatalog.CredentialsInvalid.With(challenged), http.Header{authenticate: {"Digest"}}, authenticate, []string{"Bearer", `Basic realm="a"`}},
		{"401: what is set counts more than the entry's", errcatalog.CredentialsInvalid, http.Header{authenticate: {"Digest"}}, authenticate, []string{"Digest"}},
		{"401: an empty challenge that is set is none", errcatalog.CredentialsMissing, http.Header{authenticate: {""}}, authenticate, []string{"Bearer"}},
		{"401: a challenge with a line break that is set is none", errcatalog.CredentialsMissing, http.Header{authenticate: {"Basic\r\nX-Evil: 1"}}, authenticate, []string{"Bearer"}},
		{"401: one of those that are set is enough", errcatalog.CredentialsMissing, http.Header{authenticate: {"", "Digest"}}, authenticate, []string{"", "Digest"}},
		{"401: the entry's", errcatalog.CredentialsInvalid, nil, authenticate, []string{`Bearer error="invalid_token"`}},
		{"401: the catalogue's", errcatalog.CredentialsMissing, nil, authenticate, []string{"Bearer"}},
		{"401: a challenge with a line break is no challenge", errcatalog.CredentialsMissing.With(errcatalog.Strings("challenge", "a\r\nSet-Cookie: b")), nil, authenticate, []string{"Bearer"}},
		{"401: the good ones among them are", errcatalog.CredentialsMissing.With(errcatalog.Strings("challenge", "\n", "", "Digest")), nil, authenticate, []string{"Digest"}},
		{"401: no challenges are as none", errcatalog.CredentialsMissing.With(errcatalog.Strings("challenge")), nil, authenticate, []string{"Bearer"}},
		{"401: a challenge of another type is as none", errcatalog.CredentialsMissing.With(slog.String("challenge", "Digest")), nil, authenticate, []string{"Bearer"}},
		{"403: the occurrence's challenge", errcatalog.Forbidden.With(errcatalog.Strings("challenge", "Digest")), nil, authenticate, []string{"Digest"}},
		{"403: the entry's", errcatalog.ScopeInsufficient, nil, authenticate, []string{`Bearer error="insufficient_scope"`}},
		{"403: what is set", errcatalog.Forbidden, http.Header{authenticate: {"Digest"}}, authenticate, []string{"Digest"}},
		{"403: none", errcatalog.Forbidden, nil, authenticate, nil},
		{"404: a challenge is nothing for it", errcatalog.NotFound.With(challenged), nil, authenticate, nil},

		{"405: the occurrence's methods", errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", "GET", "PUT")), nil, allow, []string{"GET, PUT"}},
		{"405: they count more than what is set", errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", "GET")), http.Header{allow: {"POST"}}, allow, []string{"GET"}},
		{"405: what is set", errcatalog.MethodNotAllowed, http.Header{allow: {"POST"}}, allow, []string{"POST"}},
		{"405: nothing known is an empty list", errcatalog.MethodNotAllowed, nil, allow, []string{""}},
		{"405: no methods at all are an empty list", errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow")), http.Header{allow: {"POST"}}, allow, []string{""}},
		{"405: a method with a line break is none", errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", "GET", "A\r\nB")), nil, allow, []string{"GET"}},
		{"404: methods are nothing for it", errcatalog.NotFound.With(errcatalog.Strings("allow", "GET")), nil, allow, nil},

		{"413: the connection closes", errcatalog.PayloadTooLarge, nil, "Connection", []string{"close"}},
		{"400: the connection stays", errcatalog.BadRequest, nil, "Connection", nil},

		{"415: what would do", errcatalog.UnsupportedMediaType.With(errcatalog.Strings("accept", "application/json", "text/csv")), nil, "Accept", []string{"application/json, text/csv"}},
		{"415: what is set", errcatalog.UnsupportedMediaType, http.Header{"Accept": {"text/csv"}}, "Accept", []string{"text/csv"}},
		{"415: nothing known is JSON", errcatalog.UnsupportedMediaType, nil, "Accept", []string{"application/json"}},
		{"415: a type with a line break is none", errcatalog.UnsupportedMediaType.With(errcatalog.Strings("accept", "a\nb")), nil, "Accept", []string{"application/json"}},
		{"415: a coding that would do is all", errcatalog.UnsupportedMediaType, http.Header{"Accept-Encoding": {"gzip"}}, "Accept", nil},
		{"415: a patch that would do is all", errcatalog.UnsupportedMediaType, http.Header{"Accept-Patch": {"text/csv"}}, "Accept", nil},
		{"415: a post that would do is all", errcatalog.UnsupportedMediaType, http.Header{"Accept-Post": {"text/csv"}}, "Accept", nil},
		{"415: an empty list says nothing", errcatalog.UnsupportedMediaType, http.Header{"Accept-Encoding": {""}, "Accept": {""}}, "Accept", []string{"application/json"}},

		{"416: the length", errcatalog.RangeNotSatisfiable.With(slog.Int("complete_length", 1234)), nil, "Content-Range", []string{"bytes */1234"}},
		{"416: the length, unsigned", errcatalog.RangeNotSatisfiable.With(slog.Uint64("complete_length", 1234)), nil, "Content-Range", []string{"bytes */1234"}},
		{"416: a length of nothing", errcatalog.RangeNotSatisfiable.With(slog.Int("complete_length", 0)), nil, "Content-Range", []string{"bytes */0"}},
		{"416: a negative length is none", errcatalog.RangeNotSatisfiable.With(slog.Int("complete_length", -1)), nil, "Content-Range", nil},
		{"416: a length of another type is none", errcatalog.RangeNotSatisfiable.With(slog.String("complete_length", "5")), nil, "Content-Range", nil},
		{"426: the protocols", errcatalog.UpgradeRequired.With(errcatalog.Strings("upgrade", "websocket", "a\r\nb", "h2c")), nil, "Upgrade", []string{"websocket, h2c"}},
		{"426: their connection option", errcatalog.UpgradeRequired.With(errcatalog.Strings("upgrade", "websocket")), nil, "Connection", []string{"Upgrade"}},
		{"426: none of them", errcatalog.UpgradeRequired, nil, "Connection", nil},
		{"416: what is set stays", errcatalog.RangeNotSatisfiable, http.Header{"Content-Range": {"bytes */5"}}, "Content-Range", []string{"bytes */5"}},
		{"416: the part of a success goes", errcatalog.RangeNotSatisfiable, http.Header{"Content-Range": {"bytes 0-4/5"}}, "Content-Range", nil},
		{"416: a length that is none goes", errcatalog.RangeNotSatisfiable, http.Header{"Content-Range": {"bytes */many"}}, "Content-Range", nil},
		{"404: what is set goes", errcatalog.NotFound, http.Header{"Content-Range": {"bytes 0-1/5"}}, "Content-Range", nil},

		{"429: the occurrence's wait", limit(3 * time.Second), nil, after, []string{"3"}},
		{"429: it is rounded up", limit(2*time.Second + 1), nil, after, []string{"3"}},
		{"429: a nanosecond is a second", limit(1), nil, after, []string{"1"}},
		{"429: no wait is zero", limit(0), nil, after, []string{"0"}},
		{"429: the longest wait", limit(math.MaxInt64), nil, after, []string{"9223372037"}},
		{"429: it counts more than what is set", limit(3 * time.Second), http.Header{after: {"9"}}, after, []string{"3"}},
		{"429: what is set counts more than the default", errcatalog.RateLimited, http.Header{after: {"9"}}, after, []string{"9"}},
		{"429: the default", errcatalog.RateLimited, nil, after, []string{"1"}},
		{"429: a negative wait is none", limit(-time.Second), nil, after, []string{"1"}},
		{"429: a wait of another type is none", errcatalog.RateLimited.With(slog.Int("retry_after", 7)), nil, after, []string{"1"}},
		{"503: the occurrence's wait", errcatalog.Maintenance.With(slog.Duration("retry_after", time.Minute)), nil, after, []string{"60"}},
		{"503: the default", errcatalog.Maintenance, nil, after, []string{"30"}},
		{"503: what is set", errcatalog.Overloaded, http.Header{after: {"Fri, 13 Nov 2026 10:00:00 GMT"}}, after, []string{"Fri, 13 Nov 2026 10:00:00 GMT"}},
		{"503: what is set and is no wait", errcatalog.Overloaded, http.Header{after: {"soon"}}, after, []string{"30"}},
		{"504: none", errcatalog.Timeout, nil, after, nil},
		{"500: a wait that is set", errcatalog.Internal, http.Header{after: {"9"}}, after, []string{"9"}},
		{"500: a negative one is none", errcatalog.Internal, http.Header{after: {"-1"}}, after, nil},
		{"500: an empty one is none", errcatalog.Internal, http.Header{after: {""}}, after, nil},
		{"500: two are none", errcatalog.Internal, http.Header{after: {"1", "2"}}, after, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := headersAfter(Writer{}, get(), test.set, test.err)[test.head]
			if !slices.Equal(got, test.want) || ok != (test.want != nil) {
				t.Errorf("%s is %q, want %q", test.head, got, test.want)
			}
		})
	}
}

func TestADefaultWaitIsRoundedUp(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{1: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Hour: "3600"} {
		spec := with(func(e *Entry) { e.Status, e.Wait = 429, wait })
		if got := (&Writer{Catalog: build(t, spec)}).Reply(Code("thing"), errcatalog.Meta{}).Header.Get("Retry-After"); got != want {
			t.Errorf("%v is %s, want %s", wait, got, want)
		}
	}
}

func TestHeadersOfTheAbandonedResponseAreDropped(t *testing.T) {
	t.Parallel()
	stale := []string{
		"Content-Length", "Content-Encoding", "Content-Range", "Content-Disposition", "Content-Language", "Content-Location",
		"Content-Digest", "Content-Md5", "Repr-Digest", "Digest", "Accept-Ranges", "Age", "Cdn-Cache-Control", "Surrogate-Control", "X-Accel-Expires", "Signature", "Signature-Input", "Etag", "Expires", "Last-Modified", "Location", "Trailer",
		"Transfer-Encoding",
		http.TrailerPrefix + "X-End",
	}
	kept := []string{"Set-Cookie", "X-Request-Id", "Access-Control-Allow-Origin", "Strict-Transport-Security", "Link", "X-Ratelimit-Limit"}
	set := http.Header{}
	for _, name := range append(slices.Clone(stale), kept...) {
		set[name] = []string{"5"}
	}
	h := headersAfter(Writer{}, get(), set, errcatalog.Internal)
	for _, name := range stale {
		if got, ok := h[name]; ok {
			t.Errorf("%s is %q", name, got)
		}
	}
	for _, name := range kept {
		if got := h.Get(name); got != "5" {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// A cache that heeds a header of its own (RFC 9213) is to be told there, too.
func TestACatalogueMaySpeakToCaches(t *testing.T) {
	t.Parallel()
	c := build(t, Spec{Name: "cdn", Extends: errcatalog.Standard, Headers: map[string]string{"CDN-Cache-Control": "no-store"}})
	h := headersAfter(Writer{Catalog: c}, get(), http.Header{"Cdn-Cache-Control": {"max-age=60"}}, errcatalog.Internal)
	if got := h["Cdn-Cache-Control"]; !slices.Equal(got, []string{"no-store"}) {
		t.Errorf("it is %q", got)
	}
}

func TestHeadersOfAnyCaseAreTheSame(t *testing.T) {
	t.Parallel()
	h := headersAfter(Writer{}, get(), http.Header{
		"ETag": {"5"}, "content-length": {"5"}, "content-type": {"text/plain"}, "cache-control": {"public"},
		"x-error-code": {"mine"}, "vary": {"Cookie"}, "Vary": {"Origin"}, "x-ratelimit-limit": {"5"},
	}, errcatalog.Internal)
	want := http.Header{
		"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}, "X-Content-Type-Options": {"nosniff"},
		"X-Error-Code": {"internal_error"}, "Vary": {"Origin", "Cookie", "Accept"}, "X-Ratelimit-Limit": {"5"},
	}
	if fmt.Sprint(h) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", h, want)
	}
}

func TestAppendingToAHeaderOfOneReplyLeavesTheNextAlone(t *testing.T) {
	t.Parallel()
	w := Writer{}
	for range 2 {
		rec := serve(w.Always(errcatalog.ScopeInsufficient), get())
		for name, want := range map[string]int{"Content-Type": 1, "Cache-Control": 1, "Vary": 1, "X-Error-Code": 1, "Www-Authenticate": 1} {
			if got := rec.Header()[name]; len(got) != want {
				t.Errorf("%s is %q", name, got)
			}
			rec.Header().Add(name, "more")
		}
	}
}
