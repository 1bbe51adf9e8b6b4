package listener_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/contrite-go/contrite/middleware/listener"
)

func TestAHandlerMaySendTheSameBytes(t *testing.T) {
	t.Parallel()
	hijack := func(send func(c net.Conn, image string)) func(string) http.HandlerFunc {
		return func(image string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				c, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					panic(err)
				}
				send(c, image)
			}
		}
	}
	for name, handler := range map[string]func(image string) http.HandlerFunc{
		"on a hijacked connection": hijack(func(c net.Conn, image string) {
			_, _ = c.Write([]byte(image))
			c.Close()
		}),
		"as net/http prints it": hijack(func(c net.Conn, image string) {
			fmt.Fprint(c, image)
			c.Close()
		}),
		"on another goroutine": hijack(func(c net.Conn, image string) {
			go func() {
				_, _ = io.WriteString(c, image)
				c.Close()
			}()
		}),
		"in two halves": hijack(func(c net.Conn, image string) {
			_, _ = io.WriteString(c, image[:len(image)/2])
			_, _ = io.WriteString(c, image[len(image)/2:])
			c.Close()
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, image := range listener.Images() {
				var log logbook
				addr := serve(t, handler(image), wrapped(log.writer()))
				if got := exchange(t, addr, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); got != image || len(log.all()) > 0 {
					t.Errorf("sent %q, and %q arrived", image, got)
				}
			}
		})
	}
}

// An own 417 of a handler is the only reply that comes out of a ResponseWriter with
// the bytes of a refusal.
func TestAHandlersOwn417IsItsOwn(t *testing.T) {
	t.Parallel()
	var log logbook
	addr := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusExpectationFailed)
	}), wrapped(log.writer()))
	for _, method := range []string{"GET", "HEAD"} {
		got := exchange(t, addr, method+" / HTTP/1.1\r\nHost: a\r\n\r\n")
		refused := false
		for _, image := range listener.Images() {
			refused = refused || listener.Dateless([]byte(got)) == image
		}
		if !refused || len(log.all()) > 0 {
			t.Errorf("got %q, want the very bytes of a refusal", got)
		}
	}
}

func TestAHookOfTheServersMaySendTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, image := range listener.Images() {
		var log logbook
		addr := serve(t, http.NotFoundHandler(), wrapped(log.writer()), func(s *httptest.Server) {
			s.Config.ConnState = func(c net.Conn, state http.ConnState) {
				if state == http.StateActive {
					_, _ = io.WriteString(c, image)
					c.Close()
				}
			}
		})
		if got := exchange(t, addr, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); got != image || len(log.all()) > 0 {
			t.Errorf("sent %q, and %q arrived", image, got)
		}
	}
}
