package bench

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rounds is how often each server is measured, in turn with the others.
const rounds = 7

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
	rates := make([][]float64, len(all))
	for b.Loop() {
		for range rounds {
			for i, c := range all {
				rates[i] = append(rates[i], load(b, wrk, c))
			}
		}
	}
	for i, c := range all {
		shares := make([]float64, len(rates[i])) // of the bare server in the same round
		for n := range shares {
			shares[n] = rates[i][n] / rates[0][n]
		}
		slices.Sort(shares)
		name := strings.ReplaceAll(strings.ReplaceAll(c.name, ",", ""), " ", "-")
		b.ReportMetric(shares[len(shares)/2], name+"-share")
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
