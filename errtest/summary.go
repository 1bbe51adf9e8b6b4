package errtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/contrite-go/contrite/errcatalog"
)

// A Summary is what a [Coverage] has seen until now. It is the caller's own.
type Summary struct {
	// Seen has how often each code was the answer, by route: the method and the
	// router's pattern. From Report alone the method is not known.
	Seen map[string]map[errcatalog.Code]int
	// Unseen are the codes of the catalogue that no reply had, sorted.
	Unseen []errcatalog.Code
	// Outside counts the replies that were not in the contract, by route and fault.
	Outside map[string]int
	// Problems counts what was wrong with errors that still were answered in the
	// contract, or not at all.
	Problems map[string]int
}

// Summary returns what c has seen until now.
func (c *Coverage) Summary() Summary {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Summary{Seen: map[string]map[errcatalog.Code]int{}, Outside: maps.Clone(c.outside), Problems: maps.Clone(c.problems)}
	found := map[errcatalog.Code]bool{}
	for route, codes := range c.seen {
		s.Seen[route] = maps.Clone(codes)
		for code := range codes {
			found[code] = true
		}
	}
	for _, e := range c.contract.catalog.Errors() {
		if !found[e.Code] {
			s.Unseen = append(s.Unseen, e.Code)
		}
	}
	slices.Sort(s.Unseen)
	return s
}

// String is the summary as lines for people.
func (s Summary) String() string {
	var b strings.Builder
	for _, route := range slices.Sorted(maps.Keys(s.Seen)) {
		for _, code := range slices.Sorted(maps.Keys(s.Seen[route])) {
			fmt.Fprintf(&b, "seen      %s: %s, %d times\n", route, code, s.Seen[route][code])
		}
	}
	for _, code := range s.Unseen {
		fmt.Fprintf(&b, "unseen    %s\n", code)
	}
	for _, text := range slices.Sorted(maps.Keys(s.Outside)) {
		fmt.Fprintf(&b, "outside   %s, %d times\n", text, s.Outside[text])
	}
	for _, text := range slices.Sorted(maps.Keys(s.Problems)) {
		fmt.Fprintf(&b, "problem   %s, %d times\n", text, s.Problems[text])
	}
	return b.String()
}

// Check calls t.Errorf for each code of the catalogue that was neither seen nor is
// excepted, for each exception that was seen or is no code, and for each fault of a
// reply that was not in the contract. An exception says why the tests can't see the
// code. Problems are logged. Call it when all tests are done, such as in a Cleanup of
// their parent.
func (c *Coverage) Check(t TB, except map[errcatalog.Code]string) {
	t.Helper()
	s := c.Summary()
	for _, code := range s.Unseen {
		if _, ok := except[code]; !ok {
			t.Errorf("errtest: no test saw the code %q; test it, take it out of the catalogue unless it is inherited, or except it with the reason", code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(except)) {
		switch _, known := c.contract.catalog.Lookup(code); {
		case !known:
			t.Errorf("errtest: the exception %q (%s) is no code of the catalogue; take it out", code, except[code])
		case !slices.Contains(s.Unseen, code):
			t.Errorf("errtest: the exception %q (%s) was seen; take it out", code, except[code])
		}
	}
	for _, text := range slices.Sorted(maps.Keys(s.Outside)) {
		t.Errorf("errtest: outside the contract, %d times: %s", s.Outside[text], text)
	}
	for _, text := range slices.Sorted(maps.Keys(s.Problems)) {
		t.Logf("errtest: problem, %d times: %s", s.Problems[text], text)
	}
}
