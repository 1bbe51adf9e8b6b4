package errtest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
	"github.com/contrite-go/contrite/errtest"
)

var moment = time.Date(2025, 12, 21, 10, 0, 0, 0, time.UTC)

var published = map[string]*errcatalog.Catalog{
	"so1": so1.Catalog, "agenthuman": agenthuman.Catalog, "onecli": onecli.Catalog, "faos": faos.Catalog,
}

// A golden is a reply from errcatalog's golden files.
type golden struct {
	name   string
	accept string
	reply  errcatalog.Reply
}

// goldens reads a golden file: for each reply its name, its status and headers, its
// body, and its body as problem details.
func goldens(t testing.TB, system string) (all []golden) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "errcatalog", "testdata", "golden", system+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		lines := strings.Split(block, "\n")
		if len(lines) != 4 {
			t.Fatalf("%s: a golden has %d lines: %s", system, len(lines), block)
		}
		for i, mediaType := range []string{"application/json", problemJSON} {
			fields := strings.Split(lines[1], " | ")
			status, err := strconv.Atoi(fields[0])
			if err != nil {
				t.Fatal(err)
			}
			h := http.Header{
				"Content-Type": {mediaType}, "Vary": {"Accept"}, "Cache-Control": {"no-store"},
				"X-Content-Type-Options": {"nosniff"}, "X-Request-Id": {"req_abc123"},
			}
			for _, field := range fields[1:] {
				name, value, _ := strings.Cut(field, ":")
				h[name] = []string{strings.TrimPrefix(value, " ")}
			}
			accept := ""
			if i == 1 {
				accept = problemJSON
			}
			all = append(all, golden{lines[0], accept, errcatalog.Reply{Status: status, Header: h, Body: []byte(lines[2+i])}})
		}
	}
	return all
}

func TestEveryGoldenReplyIsInItsContract(t *testing.T) {
	t.Parallel()
	for system, c := range published {
		all := goldens(t, system)
		if len(all) < 100 {
			t.Errorf("%s has %d goldens", system, len(all))
		}
		for _, g := range all {
			var want []errtest.Rule
			// The golden files do not have these headers.
			switch g.reply.Status {
			case http.StatusUnsupportedMediaType:
				want = []errtest.Rule{errtest.RuleAccept}
			case http.StatusRequestedRangeNotSatisfiable:
				want = []errtest.Rule{errtest.RuleRange}
			}
			faults := errtest.Check(c, response(g.reply, "GET", g.accept), g.reply.Body)
			if got := rulesOf(faults); !slices.Equal(got, want) {
				t.Errorf("%s: %s: %v\n%s", system, g.name, faults, g.reply.Body)
			}
		}
	}
}
