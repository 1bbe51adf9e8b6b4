package bench

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var perSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

// BenchmarkLoopback is what share of bare net/http's requests a second a whole server
// answers, by wrk over the loopback interface. It is one run of some minutes:
//
//	go -C bench test -run '^$' -bench Loopback -benchtime 1x
func BenchmarkLoopback(b *testing.B) {
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		b.Skip("wrk is not installed")
	}
	all := chains(b)
	for b.Loop() {
		found := rounds(7, all, func(c chain) float64 { return load(b, wrk, c) })
		for i, c := range all {
			report(b, c, shares(found[i], found[0]), "share")
		}
	}
}

// load returns how many requests a second the server answers.
func load(b *testing.B, wrk string, c chain) float64 {
	s := httptest.NewServer(c.h)
	defer s.Close()
	r, _ := http.NewRequest(http.MethodGet, s.URL+"/v1/agents/agt_1", nil)
	r.Header.Set("Authorization", "Bearer "+c.credential)
	resp, err := s.Client().Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b.Fatal(c.name, resp.Status)
	}
	out, err := exec.Command(wrk, "-t1", "-c32", "-d2s", "-H", "Authorization: "+r.Header.Get("Authorization"), r.URL.String()).Output()
	if err != nil {
		b.Fatal(err)
	}
	match := perSecond.FindSubmatch(out)
	if match == nil || strings.Contains(string(out), "Non-2xx") {
		b.Fatalf("%s: %s", c.name, out)
	}
	rate, _ := strconv.ParseFloat(string(match[1]), 64)
	return rate
}
