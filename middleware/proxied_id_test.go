package middleware_test

import (
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
	"github.com/contrite-go/contrite/requestid"
)

func TestAGatewaysReplyHasOneID(t *testing.T) {
	t.Parallel()
	for name, upstream := range map[string]http.HandlerFunc{
		"a success":          succeed,
		"a contract's error": new(errcatalog.Writer).Always(errcatalog.Gone),
		"a hint, and a success": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			succeed(w, r)
		},
	} {
		for _, same := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				quiet := slog.New(slog.DiscardHandler)
				behind := testutil.Serve(t, middleware.Stack{Logger: quiet}.Handler(upstream), false)
				target, _ := url.Parse(behind.URL)
				proxy := httputil.NewSingleHostReverseProxy(target)
				if !same {
					direct := proxy.Director
					proxy.Director = func(r *http.Request) {
						direct(r)
						r.Header.Del(requestid.Header)
					}
				}
				gateway := testutil.Serve(t, middleware.Stack{Logger: quiet, Errors: silent}.Handler(proxy), false)
				hasOne := func(h textproto.MIMEHeader) error {
					if ids := h[requestid.Header]; len(ids) != 1 || ids[0] != "gateways" {
						t.Errorf("it has %q", ids)
					}
					return nil
				}
				hints := &httptrace.ClientTrace{Got1xxResponse: func(_ int, h textproto.MIMEHeader) error { return hasOne(h) }}
				r, _ := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), hints), http.MethodGet, gateway.URL, nil)
				r.Header.Set(requestid.Header, "gateways")
				resp, err := gateway.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				_ = hasOne(textproto.MIMEHeader(resp.Header))
			})
		}
	}
}
