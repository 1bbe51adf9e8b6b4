package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// serve returns the address of a server.
func serve(t *testing.T, h http.HandlerFunc) (addr string, server *httptest.Server) {
	t.Helper()
	server = httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), server
}

// gone returns an address where nobody listens.
func gone(t *testing.T) string {
	t.Helper()
	addr, server := serve(t, nil)
	server.Close()
	return addr
}

// ask sends a request through a front of the replicas.
func ask(t *testing.T, method, body string, replicas ...string) *http.Response {
	t.Helper()
	server := httptest.NewServer(front(slog.New(slog.DiscardHandler), replicas...))
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func TestAFrontGoesOnWithoutAReplica(t *testing.T) {
	t.Parallel()
	echo, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", r.Header.Get("X-Request-Id"))
		_, _ = io.Copy(w, r.Body)
	})
	for _, method := range []string{"GET", "POST", "DELETE"} {
		resp := ask(t, method, "a body", gone(t), gone(t), echo)
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || string(body) != "a body" || resp.Header.Get(answeredBy) != "3" {
			t.Errorf("%s gets %d %q by %q, %v", method, resp.StatusCode, body, resp.Header.Get(answeredBy), err)
		}
		if ids := resp.Header["X-Request-Id"]; len(ids) != 1 {
			t.Errorf("the IDs of %s are %q", method, ids)
		}
	}
}

func TestAFrontAnswersForReplicasThatAreGone(t *testing.T) {
	t.Parallel()
	resp := ask(t, "GET", "", gone(t), gone(t))
	if code := resp.Header.Get("X-Error-Code"); resp.StatusCode != http.StatusServiceUnavailable || code != "service_unavailable" {
		t.Errorf("it answers %d %s", resp.StatusCode, code)
	}
}

func TestOnlyWhatChangesNothingIsSentAgain(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int{"GET": http.StatusOK, "POST": http.StatusBadGateway} {
		hangsUp, _ := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		other, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
		if resp := ask(t, method, "", hangsUp, other); resp.StatusCode != want {
			t.Errorf("%s gets %d, want %d", method, resp.StatusCode, want)
		}
	}
}
