package requestid_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/requestid"
)

var hostile = []string{
	"", "a", "azAZ09._:-", "req_0197a1c2-7b1e-7c3d-9f00-2b6d5f0c9a11", "a b", `a"b`, "a,b", "a\r\nb: c", "a\x00", "\u202e", "é", "\xff",
	strings.Repeat("a", 128), strings.Repeat("a", 129),
}

var grammar = regexp.MustCompile(`\A[A-Za-z0-9._:-]{1,128}\z`)

func FuzzValid(f *testing.F) {
	for _, id := range hostile {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if got, want := requestid.Valid(id), grammar.MatchString(id); got != want {
			t.Errorf("Valid(%q) = %v, want %v", id, got, want)
		}
	})
}

func FuzzHandler(f *testing.F) {
	for _, id := range hostile {
		f.Add(id, "", false)
		f.Add(id, id, true)
	}
	f.Fuzz(func(t *testing.T, first, second string, two bool) {
		inbound := []string{first}
		if two {
			inbound = append(inbound, second)
		}
		var seen string
		w := serve(func(w http.ResponseWriter, r *http.Request) {
			seen = requestid.FromContext(r.Context())
		}, inbound...)
		if !requestid.Valid(seen) || !slices.Equal(w.Header()[requestid.Header], []string{seen}) {
			t.Errorf("inbound %q: the context has %q, echoed %q", inbound, seen, w.Header()[requestid.Header])
		}
		if adopt := !two && grammar.MatchString(first); adopt && seen != first || !adopt && !isNew(seen) {
			t.Errorf("inbound %q became %q", inbound, seen)
		}
	})
}
