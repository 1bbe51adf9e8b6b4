package requestid

import "net/http"

// A Transport is an http.RoundTripper that passes the ID of the request being served
// on to the next service: an outbound request whose context has an ID is sent with
// X-Request-Id. The context is the one given to http.NewRequestWithContext, so it
// must be the served request's, or made from it.
//
// The ID takes the place of one that the request has: a proxy that copies its
// caller's headers sends the ID that Handler chose, and not what the caller claimed.
// A nil value is the way to send none: req.Header[requestid.Header] = nil.
//
// The zero Transport sends through http.DefaultTransport. A Transport is safe for
// concurrent use if its Base is.
type Transport struct {
	// Base sends the requests. Nil is http.DefaultTransport.
	Base http.RoundTripper
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

// RoundTrip sends r, or a copy of r that has the header.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	id := FromContext(r.Context())
	if values, has := r.Header[Header]; id == "" || has && values == nil {
		return t.base().RoundTrip(r)
	}
	out := r.Clone(r.Context())
	if out.Header == nil {
		out.Header = make(http.Header, 1)
	}
	out.Header[Header] = []string{id}
	return t.base().RoundTrip(out)
}

// CloseIdleConnections closes the idle connections of Base, if it can. It is what
// http.Client.CloseIdleConnections calls.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
