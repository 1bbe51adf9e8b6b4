package ratelimit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/reqstate"
)

// What a request can lack that a key asks for. They are private causes, which no client
// sees: ErrNoClientIP of a 400, of which slog.Default is told once, the others of a 500,
// which is in the log.
var (
	ErrNoClientIP  = errors.New("ratelimit: the request has no client IP; put one of chi's middleware.ClientIPFrom… before the limiter, and see whether it trusts the proxies that there are")
	ErrNoPrincipal = errors.New("ratelimit: the request has no principal; put an auth.Guard before the limiter")
	ErrNoRoute     = errors.New("ratelimit: the request has no route yet; put the limiter behind the router, such as with chi's With")
)

// A Key says by what a policy counts: requests with equal keys share a limit. Make one
// with [ByIP] and its like, and join several with [Join]. The zero Key is the same for
// all requests.
type Key struct {
	class  string
	append func(b []byte, r *http.Request) ([]byte, error)
}

// Class names what the key is made of: "ip", or "principal+route" for a joined one.
func (k Key) Class() string {
	if k.class == "" {
		return "all"
	}
	return k.class
}

// ByIP counts by the client's IP address, as one of chi's middleware.ClientIPFrom…
// found it; of an IPv6 address by its first 64 bits, as httprate.CanonicalizeIP does.
// A request without one is answered as errcatalog.BadRequest: it came with a header of
// addresses that does not parse, or there is no such middleware. The first one is told to
// slog.Default with [ErrNoClientIP].
func ByIP() Key {
	var told sync.Once
	return Key{"ip", func(b []byte, r *http.Request) ([]byte, error) {
		ip := middleware.GetClientIPAddr(r.Context())
		if !ip.IsValid() {
			told.Do(func() { slog.WarnContext(r.Context(), "requests are refused", "error", ErrNoClientIP) })
			return b, errcatalog.BadRequest.Because(ErrNoClientIP)
		}
		return appendIP(b, ip), nil
	}}
}

func appendIP(b []byte, ip netip.Addr) []byte {
	switch {
	case ip.Is4() || ip.Is4In6():
		four := ip.As4()
		return append(append(b, '4'), four[:]...)
	case ip.Zone() != "":
		return ip.AppendTo(append(b, 'z'))
	}
	return appendNetwork(b, ip)
}

// appendNetwork appends the first 64 bits of an IPv6 address.
func appendNetwork(b []byte, ip netip.Addr) []byte {
	sixteen := ip.As16()
	return append(append(b, '6'), sixteen[:8]...)
}

// ByPrincipal counts by the quota of the request's auth.Principal, which is that of its
// credential unless it shares one with others. A request without a principal is
// answered as errcatalog.Internal: the limiter stands before the guard.
func ByPrincipal() Key { return Key{"principal", appendPrincipal} }

func appendPrincipal(b []byte, r *http.Request) ([]byte, error) {
	if st := reqstate.From(r.Context()); st != nil {
		if p, ok := st.Principal.(interface{ QuotaID() string }); ok {
			return append(b, p.QuotaID()...), nil
		}
	}
	return b, ErrNoPrincipal
}

// ByRoute counts by the method and the pattern of the route, of chi or of an
// http.ServeMux, whatever the path's parameters are. A HEAD counts as a GET, and all
// methods that RFC 9110 and RFC 5789 do not define as one. A request that no router has
// seen is answered as errcatalog.Internal.
func ByRoute() Key { return Key{"route", appendRoute} }

func appendRoute(b []byte, r *http.Request) ([]byte, error) {
	b = appendPart(b, method(r.Method))
	if rc := chiContext(r.Context()); rc != nil && len(rc.RoutePatterns) > 0 {
		for _, pattern := range rc.RoutePatterns {
			b = appendPart(b, pattern)
		}
		return b, nil
	}
	if r.Pattern == "" {
		return b, ErrNoRoute
	}
	return appendPart(b, r.Pattern), nil
}

func chiContext(ctx context.Context) *chi.Context {
	rc, _ := ctx.Value(chi.RouteCtxKey).(*chi.Context)
	return rc
}

// method returns the method as it is counted: else each new name had a limit of its own.
func method(name string) string {
	switch name {
	case http.MethodHead:
		return http.MethodGet
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return name
	}
	return ""
}

// ByHeader counts by all values of a request header. Requests without it share a limit.
// Use it for headers that a client can't choose at will.
func ByHeader(name string) Key {
	name = http.CanonicalHeaderKey(name)
	return Key{"header " + strings.ToLower(name), func(b []byte, r *http.Request) ([]byte, error) {
		for _, value := range r.Header[name] {
			b = appendPart(b, value)
		}
		return b, nil
	}}
}

// By counts by what f returns. A kind or an *errcatalog.Error among its error's causes
// is what the request is answered with; any other error is errcatalog.Internal. The
// class is what observers see of the key.
func By(class string, f httprate.KeyFunc) Key {
	return Key{class, func(b []byte, r *http.Request) ([]byte, error) {
		key, err := f(r)
		return append(b, key...), err
	}}
}

// Join counts by several keys at once. Each stands in it with its length, so that no
// two different requests have one key.
func Join(keys ...Key) Key {
	classes := make([]string, len(keys))
	for i, k := range keys {
		classes[i] = k.Class()
	}
	return Key{strings.Join(classes, "+"), func(b []byte, r *http.Request) ([]byte, error) {
		var err error
		for _, k := range keys {
			if b, err = k.appendSized(b, r); err != nil {
				return b, err
			}
		}
		return b, nil
	}}
}

// appendSized appends the key with its length before it.
func (k Key) appendSized(b []byte, r *http.Request) ([]byte, error) {
	if k.append == nil {
		return appendPart(b, ""), nil
	}
	start := len(b)
	b, err := k.append(append(b, 0, 0, 0, 0), r)
	if err == nil {
		binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	}
	return b, err
}

// appendPart appends a string with its length before it.
func appendPart(b []byte, part string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
}

// maxKey is how long a key is kept as it is.
const maxKey = 256

// appendTo appends the key as a store gets it: whole, or its hash if it is long.
func (k Key) appendTo(b []byte, r *http.Request) (_ []byte, err error) {
	start := len(b)
	b = append(b, 'k')
	if k.append != nil {
		b, err = k.append(b, r)
	}
	if err != nil || len(b)-start <= maxKey {
		return b, err
	}
	hash := sha256.Sum256(b[start:])
	return append(append(b[:start], 'h'), hash[:]...), nil
}
