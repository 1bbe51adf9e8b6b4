package main

import (
	"bytes"
	"html"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/cmd/demo-server/system"
	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/internal/testutil"
)

// open serves a demo of its own, which knows its address.
func open(t *testing.T) (d *demo, base string) {
	t.Helper()
	var h http.Handler
	s := testutil.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }), false)
	d = newDemo(s.URL, 0)
	t.Cleanup(d.upstreams.Close)
	if err := d.upstreams.Err(); err != nil {
		t.Fatal(err)
	}
	h = d.handler
	return d, s.URL
}

var (
	shown     = regexp.MustCompile(`(?s)<h3 id="([^"]*)">.*?</section>`)
	shellText = regexp.MustCompile(`(?s)<pre><code>(.*?)</code></pre>`)
)

// TestEveryCodeOfThePageHasALineThatCausesIt runs the page's commands in a shell, with
// a server of its own for each code.
func TestEveryCodeOfThePageHasALineThatCausesIt(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatal("curl is missing: install it (Debian: apt-get install curl)")
	}
	d, _ := open(t)
	for _, s := range d.systems {
		for _, e := range s.Errors.Catalog.Errors() {
			t.Run(s.name+"/"+string(e.Code), func(t *testing.T) {
				t.Parallel()
				commands := commandsOf(t, s.name, e.Code)
				if commands == "" {
					if unreached[e.Code] == "" {
						t.Fatal("the page shows neither a line that causes it nor why there is none")
					}
					return
				}
				out, err := exec.Command("bash", "-c", commands).CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s\n%s", err, commands, out)
				}
				if got := lastCode(out); got != string(e.Code) {
					t.Errorf("the code is %q\n%s\n%s", got, commands, out)
				}
			})
		}
	}
}

// commandsOf returns what the page shows below a code, for a server of its own.
func commandsOf(t *testing.T, system string, code errcatalog.Code) string {
	t.Helper()
	_, base := open(t)
	r, _ := http.NewRequest(http.MethodGet, base+"/docs/"+system, nil)
	resp, body := testutil.Do(t, http.DefaultClient, r)
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status, body)
	}
	for _, section := range shown.FindAllStringSubmatch(body, -1) {
		if section[1] != string(code) {
			continue
		}
		if text := shellText.FindStringSubmatch(section[0]); text != nil {
			return html.UnescapeString(text[1])
		}
		return ""
	}
	t.Fatalf("the page has no anchor %s", code)
	return ""
}

// lastCode returns the X-Error-Code of the last error in curl's output.
func lastCode(out []byte) (code string) {
	for line := range bytes.Lines(out) {
		if name, value, _ := strings.Cut(string(line), ": "); strings.EqualFold(name, "X-Error-Code") {
			code = strings.TrimSpace(value)
		}
	}
	return code
}

func TestEveryReasonIsNeeded(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	for code := range unreached {
		if !slices.ContainsFunc(d.systems, func(s mounted) bool {
			_, ok := s.Errors.Catalog.Lookup(code)
			return ok && !slices.ContainsFunc(s.lines, func(l system.Line) bool { return l.Code == code })
		}) {
			t.Errorf("every system has a line for %s, or none has the code", code)
		}
	}
}

func TestTheIndexListsEverySystemAndItsKeys(t *testing.T) {
	t.Parallel()
	d, base := open(t)
	r, _ := http.NewRequest(http.MethodGet, base+"/", nil)
	resp, body := testutil.Do(t, http.DefaultClient, r)
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || got != "text/html; charset=utf-8" {
		t.Fatal(resp.Status, got)
	}
	for _, s := range d.systems {
		for _, key := range s.Keys {
			if !strings.Contains(body, key) {
				t.Errorf("the page lacks a key of %s", s.name)
			}
		}
		for _, e := range s.Errors.Catalog.Errors() {
			if !strings.Contains(body, `href="/docs/`+s.name+"#"+string(e.Code)+`"`) {
				t.Errorf("the page lacks %s's %s", s.name, e.Code)
			}
		}
	}
	if n := strings.Count(body, "<h2>"); n != len(d.systems) || slices.Contains([]byte(body), 0) {
		t.Errorf("the page has %d systems", n)
	}
}

func TestAnUnknownSystemHasNoPage(t *testing.T) {
	t.Parallel()
	_, base := open(t)
	r, _ := http.NewRequest(http.MethodGet, base+"/docs/nobody", nil)
	if resp, body := testutil.Do(t, http.DefaultClient, r); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, `"not_found"`) {
		t.Error(resp.Status, body)
	}
}
