package main

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"sync/atomic"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/requestid"
)

// front returns the server in front of the replicas at these addresses. What it can't
// have answered by one of them it answers itself, in their contract.
func front(log *slog.Logger, addrs ...string) http.Handler {
	errs := &errcatalog.Writer{Catalog: faos.Catalog}
	// The replicas speak the contract already: nothing of theirs is to be upgraded.
	return middleware.Stack{Errors: errs, Logger: log, KeepReplies: true}.Handler(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetXForwarded()
			r.Out.URL.Scheme, r.Out.URL.Host = "http", "replicas" // whose address the pool puts there
			r.Out.Host = r.In.Host
		},
		Transport: &requestid.Transport{Base: &pool{addrs: addrs, base: new(http.Transport)}},
		ModifyResponse: func(resp *http.Response) error {
			delete(resp.Header, requestid.Header) // the front sends it already
			return nil
		},
		ErrorHandler: upgrade.ProxyError(errs.WriteError),
	})
}

// answeredBy is the header that tells which replica answered, from 1.
const answeredBy = "X-Answered-By"

// A pool sends requests to its replicas in turn, and to the next one if a replica does
// not answer.
type pool struct {
	addrs []string
	base  http.RoundTripper
	turn  atomic.Uint64
}

// RoundTrip implements http.RoundTripper.
func (p *pool) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	turn := p.turn.Add(1) - 1
	for range p.addrs {
		i := turn % uint64(len(p.addrs))
		if resp, err = p.base.RoundTrip(to(r, p.addrs[i])); err == nil {
			resp.Header[answeredBy] = []string{strconv.FormatUint(i+1, 10)}
			return resp, nil
		}
		if r.Context().Err() != nil || !repeatable(r, err) {
			break
		}
		turn++
	}
	return nil, err
}

// to returns r as it is sent to an address. Its body stays open for the next attempt;
// the proxy closes it.
func to(r *http.Request, addr string) *http.Request {
	out := r.Clone(r.Context())
	out.URL.Host = addr
	if r.Body != nil {
		out.Body = io.NopCloser(r.Body)
	}
	return out
}

// repeatable reports whether a request that failed may be sent again: if it was not sent
// at all, or changes nothing.
func repeatable(r *http.Request, err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	return r.Body == nil && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}
