package upgrade_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/upgrade"
)

// errs reports to nobody, so that the examples print only replies.
var errs = &errcatalog.Writer{Report: quiet}

// show prints the reply to a request.
func show(h http.Handler, method, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
}

func Example() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "pq: relation orders does not exist", http.StatusInternalServerError)
	})
	h := upgrade.Replies{OnError: errs.WriteError}.Handler(mux)

	show(h, "POST", "/orders")
	show(h, "GET", "/orders")
	show(h, "GET", "/nowhere")
	// Output:
	// 500 {"error":{"code":"internal_error","message":"Something went wrong on the server."}}
	// 405 {"error":{"code":"method_not_allowed","message":"The resource does not have this method."}}
	// 404 {"error":{"code":"not_found","message":"The resource does not exist."}}
}

func ExampleReplies() {
	legacy := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"errno":1205}`)
	})
	show(upgrade.Replies{
		OnError: errs.WriteError,
		Map: func(_ *http.Request, e *upgrade.ReplyError) error {
			if strings.Contains(string(e.Body), `"errno":1205`) {
				return errcatalog.Unavailable
			}
			return nil
		},
	}.Handler(legacy), "GET", "/")
	show(upgrade.Replies{
		OnError: errs.WriteError,
		Report: func(_ *http.Request, e *upgrade.ReplyError) {
			fmt.Println(e, errors.Is(e, upgrade.ErrTyped))
		},
	}.Handler(legacy), "GET", "/")
	// Output:
	// 503 {"error":{"code":"service_unavailable","message":"The service is not available."}}
	// upgrade: a handler answered 500 with "{\"errno\":1205}" true
	// 500 {"errno":1205}
}

func ExampleOff() {
	text := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "draining", http.StatusServiceUnavailable)
	})
	mux := http.NewServeMux()
	mux.Handle("/health", upgrade.Off(text))
	mux.Handle("/", text)
	h := upgrade.Replies{OnError: errs.WriteError}.Handler(mux)

	show(h, "GET", "/health")
	show(h, "GET", "/orders")
	// Output:
	// 503 draining
	// 503 {"error":{"code":"service_unavailable","message":"The service is not available."}}
}

func ExamplePass() {
	h := upgrade.Replies{OnError: errs.WriteError}.Handler(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("plain") {
				upgrade.Pass(w)
			}
			http.Error(w, "no coffee", http.StatusForbidden)
		}))
	show(h, "GET", "/?plain")
	show(h, "GET", "/")
	// Output:
	// 403 no coffee
	// 403 {"error":{"code":"forbidden","message":"The caller may not do this."}}
}

func ExampleProxyError() {
	upstream := httptest.NewServer(http.NotFoundHandler())
	target, _ := url.Parse(upstream.URL)
	upstream.Close() // so that nobody listens there
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = upgrade.ProxyError(errs.WriteError)
	show(proxy, "GET", "/")
	// Output:
	// 503 {"error":{"code":"service_unavailable","message":"The service is not available."}}
}

func ExampleProxyResponse() {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"trace":"at db.internal:5432"}`)
	}))
	defer upstream.Close()
	target, _ := url.Parse(upstream.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = upgrade.ProxyError(errs.WriteError)
	proxy.ModifyResponse = upgrade.ProxyResponse
	show(proxy, "GET", "/")
	// Output:
	// 502 {"error":{"code":"bad_gateway","message":"A server that this one depends on gave no usable answer."}}
}
