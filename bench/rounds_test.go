package bench

import (
	"slices"
	"strings"
	"testing"
)

// rounds measures all chains in turn, n times, and returns what each round found of each
// chain. The machine's pace, which others share, is the same for all in a round.
func rounds(n int, all []chain, measure func(chain) float64) [][]float64 {
	found := make([][]float64, len(all))
	for range n {
		for i, c := range all {
			found[i] = append(found[i], measure(c))
		}
	}
	return found
}

// shares returns what part of another chain's each round found.
func shares(found, of []float64) []float64 {
	shares := make([]float64, len(found))
	for i := range found {
		shares[i] = found[i] / of[i]
	}
	return shares
}

// report reports the median of what the rounds found of a chain.
func report(b *testing.B, c chain, found []float64, unit string) {
	sorted := slices.Sorted(slices.Values(found))
	name := strings.ReplaceAll(strings.ReplaceAll(c.name, ",", ""), " ", "-")
	b.ReportMetric(sorted[len(sorted)/2], name+"-"+unit)
}
