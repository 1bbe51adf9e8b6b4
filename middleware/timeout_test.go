package middleware_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/internal/testutil"
	"github.com/contrite-go/contrite/middleware"
)

// TestAHandlerThatOutlivesItsDeadlineRacesNobody has handlers that reach a Writer at
// about the time when http.TimeoutHandler gives them up.
func TestAHandlerThatOutlivesItsDeadlineRacesNobody(t *testing.T) {
	t.Parallel()
	errs := &errcatalog.Writer{Report: new(reports).add}
	inner := errs.Handle(func(http.ResponseWriter, *http.Request) error { return errcatalog.Conflict })
	s := testutil.Serve(t, middleware.Stack{Errors: errs}.Handler(http.TimeoutHandler(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			inner.ServeHTTP(w, r)
		}), time.Millisecond, "")), false)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 10 {
				if resp, err := s.Client().Get(s.URL); err == nil {
					resp.Body.Close()
				}
			}
		})
	}
	wg.Wait()
}

// TestALateHandlerHasARequestOfItsOwn is about the maps and pointers in it, which a copy of
// the request shares.
func TestALateHandlerHasARequestOfItsOwn(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	h := middleware.Stack{Timeout: time.Millisecond}.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		r.Header.Set("Accept", "application/problem+json")
		for {
			select {
			case <-stop:
				return
			default:
				r.Header.Set("X-Step", "1")
				r.URL.Path = "/step"
			}
		}
	}))
	s := testutil.Serve(t, h, false)
	for range 3 {
		if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != 504 || resp.Header.Get("Content-Type") != "application/json" {
			t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
		}
	}
}

// net/http sets the trailers of a request that is answered before its body was read.
func TestTheTrailersOfARequestAreItsHandlersOwn(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"in time": false, "late": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stop := make(chan struct{})
			d := time.Minute
			if late {
				d = time.Millisecond
			}
			h := middleware.Stack{Timeout: d, Errors: silent}.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for late {
					select {
					case <-stop:
						return
					default:
						r.Trailer.Set("Sum", r.Trailer.Get("Sum"))
					}
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(w, r.Trailer.Get("Sum"))
			}))
			s := testutil.Serve(t, h, false)
			defer close(stop)
			for range 3 {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, io.MultiReader(strings.NewReader("body")))
				if err != nil {
					t.Fatal(err)
				}
				r.Trailer = http.Header{"Sum": {"7"}}
				if resp, body := testutil.Do(t, s.Client(), r); (body == "7") == late || (resp.StatusCode == 504) != late {
					t.Errorf("got %d %s", resp.StatusCode, body)
				}
			}
		})
	}
}

// blind is a wrapper without Unwrap.
type blind struct{ http.ResponseWriter }

func TestAPanicBehindABlindWrapperIsAnsweredByItsScope(t *testing.T) {
	t.Parallel()
	quiet := new(reports).add
	scoped := (&errcatalog.Writer{Catalog: onecli.Catalog, Report: quiet}).Scope(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }))
	for name, h := range map[string]http.Handler{
		"a wrapper without Unwrap": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			scoped.ServeHTTP(blind{w}, r)
		}),
		"http.TimeoutHandler": http.TimeoutHandler(scoped, time.Minute, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := testutil.Serve(t, middleware.Stack{Errors: &errcatalog.Writer{Report: quiet}}.Handler(h), false)
			if resp, body := testutil.Get(t, s, "/"); resp.StatusCode != 500 || body != `{"error":"Internal server error"}` {
				t.Errorf("got %d %s", resp.StatusCode, body)
			}
		})
	}
}
