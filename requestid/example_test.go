package requestid_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/contrite-go/contrite/requestid"
)

func Example() {
	charge := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "charged in %s", requestid.FromContext(r.Context()))
	})
	h := requestid.Handler(charge)

	r := httptest.NewRequest("POST", "/charges", nil)
	r.Header.Set("X-Request-Id", "checkout-7f3a")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)

	fmt.Println(w.Header().Get("X-Request-Id"))
	fmt.Println(w.Body)
	// Output:
	// checkout-7f3a
	// charged in checkout-7f3a
}

// An ID that could do harm where it is repeated is not adopted.
func ExampleHandler() {
	h := requestid.Handler(http.NotFoundHandler())

	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Request-Id", `"><script>alert(1)</script>`)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)

	id := w.Header().Get("X-Request-Id")
	fmt.Println(w.Code, id[:4], len(id))
	// Output: 404 req_ 40
}

func ExampleValid() {
	fmt.Println(requestid.Valid("req_0197a1c2-7b1e-7c3d-9f00-2b6d5f0c9a11"))
	fmt.Println(requestid.Valid("two words"))
	// Output:
	// true
	// false
}

func ExampleLogHandler() {
	logger := slog.New(requestid.LogHandler(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: withoutTime,
	})))

	h := requestid.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		logger.InfoContext(r.Context(), "charged", "cents", 1200)
		logger.WithGroup("card").InfoContext(r.Context(), "stored", "last4", "4242")
	}))

	r := httptest.NewRequest("POST", "/charges", nil)
	r.Header.Set("X-Request-Id", "checkout-7f3a")
	h.ServeHTTP(httptest.NewRecorder(), r)
	// Output:
	// {"level":"INFO","msg":"charged","cents":1200,"request_id":"checkout-7f3a"}
	// {"level":"INFO","msg":"stored","request_id":"checkout-7f3a","card":{"last4":"4242"}}
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func ExampleTransport() {
	stock := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("stock was asked in", r.Header.Get("X-Request-Id"))
	}))
	defer stock.Close()

	client := &http.Client{Transport: &requestid.Transport{}}
	ask := func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, "GET", stock.URL, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}

	shop := requestid.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := ask(r.Context()); err != nil {
			fmt.Println(err)
		}
	}))

	r := httptest.NewRequest("POST", "/orders", nil)
	r.Header.Set("X-Request-Id", "checkout-7f3a")
	shop.ServeHTTP(httptest.NewRecorder(), r)
	// Output: stock was asked in checkout-7f3a
}
