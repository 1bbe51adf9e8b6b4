package errcatalog

import "fmt"

// A Fault is one thing that is wrong with a [Spec].
type Fault struct {
	Catalog string // the Spec's name
	Code    Code   // the entry, empty for a fault of the whole Spec
	Field   string // where in it: "status", "messages[1]", "params.agent_id"
	Problem string // what is wrong, and how to mend it
}

// Error names the catalogue, the entry and the field, and says what is wrong.
func (f *Fault) Error() string {
	where := f.Catalog
	if f.Code != "" {
		where += ": " + string(f.Code)
	}
	if f.Field != "" {
		where += ": " + f.Field
	}
	return where + ": " + f.Problem
}

// instead suggests the candidate that a misspelt name comes nearest to, as the
// end of a fault's text.
func instead[S ~string](name string, candidates []S) string {
	best, distance := "", 1+len(name)/3
	for _, c := range candidates {
		if d := editDistance(name, string(c)); d <= distance {
			best, distance = string(c), d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// editDistance is how many bytes must be inserted, deleted or replaced to make a of b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
