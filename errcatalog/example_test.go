package errcatalog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/httprate"

	"github.com/contrite-go/contrite/errcatalog"
)

// teaShop is a small catalogue: what it does not say is as in errcatalog.Standard.
var teaShop = errcatalog.Must(errcatalog.New(errcatalog.Spec{
	Name:     "shop",
	Extends:  errcatalog.Standard,
	Docs:     "https://shop.example/errors",
	Envelope: `{"code": $code, "message": $message, "docs": $docs_url, ...$fields}`,
	Errors: []errcatalog.Entry{
		{
			Code:   "sold_out",
			Status: http.StatusConflict,
			Params: []errcatalog.Param{
				{Name: "item", Type: errcatalog.String, Public: true},
				{Name: "back_at", Type: errcatalog.Time, Public: true, Optional: true},
			},
			Messages: []errcatalog.Message{
				{Text: "{item} is sold out until {back_at}"},
				{Text: "{item} is sold out"},
				{Text: "The item is sold out"},
			},
		},
		{
			Code:     "slow_down",
			Covers:   []errcatalog.Kind{errcatalog.RateLimited},
			Status:   http.StatusTooManyRequests,
			Messages: []errcatalog.Message{{Text: "Please slow down"}},
			Retry:    errcatalog.RetryAfter,
			Wait:     time.Second,
		},
	},
}))

const codeSoldOut errcatalog.Code = "sold_out"

// answer sends one GET to h and prints the status and the body.
func answer(h http.Handler, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	fmt.Println(w.Code, w.Body)
}

func Example() {
	errs := &errcatalog.Writer{Catalog: teaShop}
	mux := http.NewServeMux()
	mux.Handle("GET /items/{item}", errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		if item := r.PathValue("item"); item != "tea" {
			return codeSoldOut.With(slog.String("item", item))
		}
		return errcatalog.WriteJSON(w, http.StatusOK, map[string]int{"price": 4})
	}))
	answer(mux, "/items/tea")
	answer(mux, "/items/coffee")
	// Output:
	// 200 {"price":4}
	// 409 {"code":"sold_out","message":"coffee is sold out","docs":"https://shop.example/errors#sold_out","item":"coffee"}
}

func ExampleNew() {
	_, err := errcatalog.New(errcatalog.Spec{
		Name:    "shop",
		Extends: errcatalog.Standard,
		Errors: []errcatalog.Entry{{
			Code:     "sold_out",
			Covers:   []errcatalog.Kind{"conflct"},
			Status:   200,
			Messages: []errcatalog.Message{{Text: "{item} is sold out"}},
		}},
	})
	fmt.Println(err)
	// Output:
	// shop: sold_out: covers: "conflct" is not a kind; did you mean conflict?
	// shop: sold_out: status: 200 is not an error's status; use 400 to 599
	// shop: sold_out: messages[0]: the hole {item} is not a declared param
	// shop: sold_out: messages[0]: is the last, so it must be for every occurrence; add one without when and holes
}

func ExampleMust() {
	catalog := errcatalog.Must(errcatalog.New(errcatalog.Spec{Name: "shop", Extends: errcatalog.Standard}))
	fmt.Println(catalog.Name())
	// Output: shop
}

func ExampleCatalog_Resolve() {
	err := fmt.Errorf("charging the card: %w", codeSoldOut.With(slog.String("item", "coffee")))
	resolved := teaShop.Resolve(err)
	fmt.Println(resolved.Status(), resolved.Code(), "-", resolved.Message())

	resolved = teaShop.Resolve(errors.New("dial tcp 10.0.3.7:5432: connection refused"))
	fmt.Println(resolved.Status(), resolved.Code(), "-", resolved.Message())
	// Output:
	// 409 sold_out - coffee is sold out
	// 500 internal_error - Something went wrong on the server.
}

func ExampleCatalog_Lookup() {
	entry, ok := teaShop.Lookup("slow_down")
	fmt.Println(entry.Status, entry.Retry, ok)
	// Output: 429 after true
}

func ExampleCatalog_Errors() {
	for _, entry := range teaShop.Errors()[:3] {
		fmt.Println(entry.Status, entry.Code)
	}
	// Output:
	// 409 sold_out
	// 429 slow_down
	// 400 bad_request
}

func ExampleError_Because() {
	err := codeSoldOut.With(slog.String("item", "coffee")).
		Because(errors.New("warehouse: row 17 is gone"))
	fmt.Println(errors.Is(err, codeSoldOut))
	fmt.Println(teaShop.Resolve(err)) // the cause is for the log alone
	// Output:
	// true
	// sold_out: coffee is sold out
}

func ExampleKind() {
	err := errcatalog.KeyExpired.With(slog.Time("expires_at", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
	fmt.Println(errors.Is(err, errcatalog.CredentialsInvalid), errors.Is(err, errcatalog.NotFound))
	fmt.Println(errcatalog.Standard.Resolve(err))
	// Output:
	// true false
	// expired_credentials: The credentials expired at 2026-01-02T03:04:05Z.
}

func ExampleKindOf() {
	fmt.Println(errcatalog.KindOf(http.StatusTooManyRequests), errcatalog.KindOf(418), errcatalog.KindOf(599))
	// Output: rate_limited bad_request internal
}

func ExampleWriter_Handle() {
	errs := &errcatalog.Writer{} // of errcatalog.Standard
	h := errs.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return fmt.Errorf("loading the cart: %w", errcatalog.NotFound)
	})
	answer(h, "/cart")
	// Output: 404 {"error":{"code":"not_found","message":"The resource does not exist."}}
}

func ExampleWriter_Always() {
	errs := &errcatalog.Writer{Catalog: teaShop}
	r := chi.NewRouter()
	r.NotFound(errs.Always(errcatalog.RouteNotFound))
	r.With(httprate.LimitBy(1, time.Minute, httprate.Key("*"), httprate.WithLimitHandler(errs.Always(errcatalog.RateLimited)))).
		Get("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("welcome")) })
	answer(r, "/")
	answer(r, "/")
	answer(r, "/nowhere")
	// Output:
	// 200 welcome
	// 429 {"code":"slow_down","message":"Please slow down","docs":"https://shop.example/errors#slow_down"}
	// 404 {"code":"route_not_found","message":"The API has nothing at this path.","docs":"https://shop.example/errors#route_not_found"}
}

func ExampleWriter_Scope() {
	api, site := &errcatalog.Writer{Catalog: teaShop}, &errcatalog.Writer{}
	mux := http.NewServeMux()
	mux.Handle("/shop/", api.Scope(api.Always(errcatalog.NotFound)))
	mux.Handle("/", site.Scope(site.Always(errcatalog.NotFound)))
	answer(mux, "/shop/x")
	answer(mux, "/x")
	// Output:
	// 404 {"code":"not_found","message":"The resource does not exist.","docs":"https://shop.example/errors#not_found"}
	// 404 {"error":{"code":"not_found","message":"The resource does not exist."}}
}

func ExampleWriter_WriteError() {
	errs := &errcatalog.Writer{Catalog: teaShop}
	answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		errs.WriteError(w, r, codeSoldOut.With(slog.String("item", "coffee")))
	}), "/")
	// Output:
	// 409 {"code":"sold_out","message":"coffee is sold out","docs":"https://shop.example/errors#sold_out","item":"coffee"}
}

func ExampleWriter_Reply() {
	errs := &errcatalog.Writer{Catalog: teaShop}
	reply := errs.Reply(errcatalog.RateLimited.With(slog.Duration("retry_after", 1500*time.Millisecond)),
		errcatalog.Meta{RequestID: "req_1", Accept: []string{"application/problem+json"}})
	fmt.Println(reply.Status, reply.Header.Get("Content-Type"), reply.Header.Get("Retry-After"))
	fmt.Println(string(reply.Body))
	// Output:
	// 429 application/problem+json 2
	// {"type":"https://shop.example/errors#slow_down","title":"Please slow down","status":429,"detail":"Please slow down","code":"slow_down","request_id":"req_1"}
}

func ExampleWriter_report() {
	errs := &errcatalog.Writer{Report: func(_ context.Context, e *errcatalog.Error, problem error) {
		fmt.Println("report:", e.Code(), "|", errors.Unwrap(e), "|", problem)
	}}
	answer(errs.Always(errors.New("disk full")), "/")
	// Output:
	// report: internal_error | disk full | errcatalog: no rule recognizes this error
	// 500 {"error":{"code":"internal_error","message":"Something went wrong on the server."}}
}

func ExampleCommonRules() {
	errs := &errcatalog.Writer{Rules: errcatalog.CommonRules()}
	answer(errs.Always(fmt.Errorf("upload: %w", context.DeadlineExceeded)), "/")
	// Output: 504 {"error":{"code":"gateway_timeout","message":"The request took too long."}}
}

func ExampleWriteJSON() {
	answer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = errcatalog.WriteJSON(w, http.StatusCreated, map[string]string{"id": "agt_1"})
	}), "/")
	// Output: 201 {"id":"agt_1"}
}

func ExampleInvalid() {
	err := errcatalog.ValidationFailed.With(errcatalog.Invalid("violations",
		errcatalog.Violation{Field: "/age", Reason: "must be at least 18"}))
	fmt.Println(string(new(errcatalog.Writer).Reply(err, errcatalog.Meta{}).Body))
	// Output:
	// {"error":{"code":"validation_failed","message":"The request has values that are not valid.","details":{"violations":[{"field":"/age","reason":"must be at least 18"}]}}}
}

func ExampleStrings() {
	err := errcatalog.ScopeInsufficient.With(errcatalog.Strings("required_scopes", "read", "write"))
	fmt.Println(errcatalog.Standard.Resolve(err).Message())
	// Output: The credentials lack the scope: read, write.
}

func ExampleRawJSON() {
	fmt.Println(errcatalog.RawJSON("upstream", []byte(`{"status":503}`)).Key)
	// Output: upstream
}
