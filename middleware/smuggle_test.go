package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// TestTheRestOfABodyIsNeverARequest has handlers that limit their bodies themselves, and
// clients whose bodies go on as requests.
func TestTheRestOfABodyIsNeverARequest(t *testing.T) {
	t.Parallel()
	const limit = 1000
	smuggled := strings.Repeat(get("/smuggled", ""), 1<<16) // 2 MiB
	bodies := map[string]string{
		"a little too long": strings.Repeat("x", limit) + smuggled[:len(get("/smuggled", ""))],
		"MiBs too long":     strings.Repeat("x", limit) + smuggled,
	}
	for _, status := range []int{0, 200, 400, 413} {
		for which, s := range stacks() {
			var hits atomic.Int32
			mux := http.NewServeMux()
			mux.HandleFunc("/smuggled", func(http.ResponseWriter, *http.Request) { hits.Add(1) })
			mux.HandleFunc("/next", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "next") })
			mux.HandleFunc("POST /upload", func(w http.ResponseWriter, r *http.Request) {
				r.Body = http.MaxBytesReader(w, r.Body, limit)
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					t.Error("the body is not too long")
				}
				switch {
				case status == 200:
					_, _ = io.WriteString(w, "fine")
				case status != 0:
					http.Error(w, "too long", status)
				}
			})
			s.MaxBody = 0
			addr := serveRaw(t, s, mux)
			for size, body := range bodies {
				for _, chunk := range []int{0, 100, 1 << 20} {
					t.Run(fmt.Sprintf("%d, %s, %s, chunks of %d", status, which, size, chunk), func(t *testing.T) {
						t.Parallel()
						replies := exchange(t, addr, post("/upload", "", body, chunk)+last("/next"))
						if !s.KeepReplies {
							judge(t, replies)
						}
						// A client that is still sending may lose the reply: RFC 9112, section 9.6.
						if len(replies) == 0 && strings.HasPrefix(size, "MiBs") {
							return
						}
						if len(replies) == 0 || len(replies) > 2 || replies[0].StatusCode != max(status, 200) {
							t.Fatalf("got %v", statuses(replies))
						}
						if len(replies) == 2 && (replies[1].body != "next" || replies[0].Close || status == 413 && !s.KeepReplies) {
							t.Errorf("got %v, the first closing: %v", statuses(replies), replies[0].Close)
						}
						if hits.Load() > 0 {
							t.Errorf("%d requests were smuggled", hits.Load())
						}
					})
				}
			}
		}
	}
}
