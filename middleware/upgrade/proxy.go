package upgrade

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/onerror"
)

// ProxyError returns an ErrorHandler for httputil.ReverseProxy, whose failures it
// names: an upstream server that takes too long is errcatalog.UpstreamTimeout (504), one
// that can't be connected to errcatalog.Unavailable (503), and any other failure of it
// errcatalog.UpstreamInvalid (502). A client that left is errcatalog.ClientClosed, a
// request body over its limit errcatalog.PayloadTooLarge, and a contract error, such as
// that of ModifyResponse, is answered as it is.
//
// An error that the upstream server itself answers is no failure of the proxy: see
// [ProxyResponse].
func ProxyError(onError OnError) func(http.ResponseWriter, *http.Request, error) {
	onError = onerror.OrScope(onError)
	return func(w http.ResponseWriter, r *http.Request, err error) {
		onError(w, r, proxyError(r.Context(), err))
	}
}

// proxyError names the failure of a request to an upstream server.
func proxyError(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(ctx.Err(), context.Canceled) {
		if cause != context.Canceled {
			return fmt.Errorf("upgrade: %w: %w", cause, err)
		}
		return errcatalog.ClientClosed.Because(err)
	}
	if isContract(err) {
		return err
	}
	var timeout interface{ Timeout() bool }
	var op *net.OpError
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return errcatalog.UpstreamTimeout.Because(err)
	case errors.As(err, &op) && op.Op == "dial":
		return errcatalog.Unavailable.Because(err)
	}
	return errcatalog.UpstreamInvalid.Because(err)
}

// isContract reports whether a writer knows err by itself.
func isContract(err error) bool {
	var e *errcatalog.Error
	var kind errcatalog.Kind
	var code errcatalog.Code
	var tooLarge *http.MaxBytesError
	return errors.As(err, &e) || errors.As(err, &kind) || errors.As(err, &code) || errors.As(err, &tooLarge)
}

// ProxyResponse is a ModifyResponse for httputil.ReverseProxy that makes contract
// errors of the error replies of an upstream server, whatever their type, for a
// [ProxyError] to answer. Without it they are replies like any other: text is
// upgraded, JSON passes.
//
// A 504 is errcatalog.UpstreamTimeout, a 503 errcatalog.Unavailable and any other 5xx
// errcatalog.UpstreamInvalid (502): the upstream server's fault, not this one's. A 4xx
// stays what it is. The private cause is a [*ReplyError] with up to 64 KiB of the body.
func ProxyResponse(resp *http.Response) error {
	if resp.StatusCode < 400 {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, defaultLimit)) // what arrived will do for a log
	e := &ReplyError{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if resp.Request != nil {
		e.head = resp.Request.Method == http.MethodHead
	}
	kind := e.kind()
	switch {
	case e.Status == http.StatusGatewayTimeout:
		kind = errcatalog.UpstreamTimeout
	case e.Status >= 500 && e.Status != http.StatusServiceUnavailable:
		kind = errcatalog.UpstreamInvalid
	}
	return kind.With(e.params(time.Now())...).Because(e)
}
