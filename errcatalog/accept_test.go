package errcatalog_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

func TestAClientThatPrefersProblemDetailsGetsThem(t *testing.T) {
	t.Parallel()
	type row struct {
		name   string
		accept []string
		want   bool
	}
	for group, rows := range map[string][]row{
		"one header line": {
			{"none", nil, false},
			{"an empty one", []string{""}, false},
			{"JSON", []string{"application/json"}, false},
			{"problem details", []string{"application/problem+json"}, true},
			{"everything", []string{"*/*"}, false},
			{"everything of application", []string{"application/*"}, false},
			{"a browser", []string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, false},
			{"something else", []string{"text/html"}, false},
			{"problem details in XML", []string{"application/problem+xml"}, false},
			{"another subtype that ends so", []string{"application/vnd.problem+json"}, false},
			{"another type with that subtype", []string{"text/problem+json"}, false},
		},
		"weights": {
			{"both alike", []string{"application/json, application/problem+json"}, false},
			{"both alike, the other way round", []string{"application/problem+json, application/json"}, false},
			{"problem details more", []string{"application/json;q=0.5, application/problem+json"}, true},
			{"problem details less", []string{"application/json, application/problem+json;q=0.9"}, false},
			{"by a thousandth", []string{"application/json;q=0.998, application/problem+json;q=0.999"}, true},
			{"problem details refused", []string{"application/problem+json;q=0"}, false},
			{"JSON refused", []string{"application/json;q=0, application/problem+json;q=0.1"}, true},
			{"both refused", []string{"application/json;q=0, application/problem+json;q=0"}, false},
			{"the least there is", []string{"application/problem+json;q=0.001"}, true},
			{"zero in thousandths", []string{"application/problem+json;q=0.000"}, false},
			{"one in thousandths", []string{"application/json;q=0.999, application/problem+json;q=1.000"}, true},
			{"a point and nothing behind it", []string{"application/json;q=0., application/problem+json;q=1."}, true},
			{"a capital Q", []string{"application/problem+json;Q=0.9, application/json;q=0.5"}, true},
		},
		"specificity": {
			{"problem details and everything less", []string{"application/problem+json, */*;q=0.5"}, true},
			{"problem details less than everything", []string{"*/*, application/problem+json;q=0.5"}, false},
			{"JSON less than everything", []string{"*/*, application/json;q=0.5"}, true},
			{"JSON less than application", []string{"application/*, application/json;q=0.5"}, true},
			{"JSON less than application, by everything", []string{"*/*;q=0.1, application/*;q=0.9, application/json;q=0.2"}, true},
			{"application counts more than everything", []string{"*/*;q=1, application/*;q=0, application/problem+json;q=0.1"}, true},
			{"the order makes no difference", []string{"application/problem+json;q=0.1, application/*;q=0, */*;q=1"}, true},
			{"JSON refused among everything", []string{"application/json;q=0, */*"}, true},
			{"problem details refused among everything", []string{"application/problem+json;q=0, */*"}, false},
			{"the better of two alike", []string{"application/problem+json;q=0.1, application/problem+json;q=0.9, application/json;q=0.5"}, true},
		},
		"letters and spaces": {
			{"capitals", []string{"APPLICATION/PROBLEM+JSON"}, true},
			{"spaces and tabs", []string{" \tapplication/problem+json\t; q=1 ,\t application/json ; q=0.1 "}, true},
			{"empty elements", []string{", ,application/problem+json,,"}, true},
			{"empty parameters", []string{"application/problem+json;;q=0.5;"}, true},
		},
		"several header lines": {
			{"one each", []string{"application/json;q=0.5", "application/problem+json"}, true},
			{"one each, JSON first", []string{"application/json", "application/problem+json;q=0.5"}, false},
			{"an empty one among them", []string{"", "application/problem+json", ""}, true},
			{"a quoted string does not go on in the next", []string{`text/plain;a="`, "application/problem+json"}, true},
		},
		"parameters": {
			{"UTF-8 is what is sent", []string{"application/problem+json;charset=utf-8"}, true},
			{"quoted UTF-8", []string{`application/problem+json; Charset="UTF-8"`}, true},
			{"another charset is not", []string{"application/problem+json;charset=latin1"}, false},
			{"a parameter that we do not send", []string{"application/problem+json;version=1"}, false},
			{"a parameter with a weight", []string{"application/problem+json;version=1;q=1, application/json;q=0.1"}, false},
			{"what follows the weight is no parameter of the type", []string{"application/problem+json;q=0.9;ext=1, application/json;q=0.5"}, true},
			{"a comma in a quoted string", []string{`text/plain;a="x, application/problem+json", application/json`}, false},
			{"a semicolon in a quoted string", []string{`application/json;q=1;a="x;q=0", application/problem+json;q=0.9`}, false},
			{"an escaped quote in a quoted string", []string{`text/plain;a="x\", application/problem+json", application/json;q=0.5`}, false},
			{"and what stands behind it", []string{`text/plain;a="x\"", application/problem+json`}, true},
		},
		"malformed": {
			{"a weight over one", []string{"application/problem+json;q=1.001"}, false},
			{"a weight of two", []string{"application/problem+json;q=2"}, false},
			{"a negative weight", []string{"application/problem+json;q=-1"}, false},
			{"a weight of four decimals", []string{"application/problem+json;q=0.1234"}, false},
			{"a weight with letters", []string{"application/problem+json;q=high"}, false},
			{"a weight without number", []string{"application/problem+json;q="}, false},
			{"a weight without equals sign", []string{"application/problem+json;q"}, false},
			{"a weight with a comma in it", []string{"application/problem+json;q=0,5"}, false},
			{"a weight of hexadecimal digits", []string{"application/problem+json;q=0.a"}, false},
			{"a malformed one among good ones", []string{"application/json;q=x, application/problem+json;q=0.1"}, true},
			{"no subtype", []string{"application"}, false},
			{"a star alone, as old clients send it", []string{"*; q=.2, application/problem+json;q=0.1"}, true},
			{"a star alone says nothing", []string{"*, application/json;q=0.5"}, false},
			{"a type for every one of that subtype", []string{"*/problem+json"}, false},
			{"a quoted string without end", []string{`application/json;a="x, application/problem+json`}, false},
			{"control characters", []string{"application/problem+json\x00"}, false},
		},
	} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, test := range rows {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					w := Writer{}
					reply := w.Reply(errcatalog.Gone, errcatalog.Meta{Accept: test.accept})
					want := "application/json"
					if test.want {
						want = problemJSON
					}
					if got := reply.Header.Get("Content-Type"); got != want {
						t.Errorf("%q gets %s", test.accept, got)
					}
					if reply.Status != http.StatusGone {
						t.Errorf("%q gets the status %d", test.accept, reply.Status)
					}
				})
			}
		})
	}
}

func TestTheAcceptHeaderOfARequestIsRead(t *testing.T) {
	t.Parallel()
	r := get()
	r.Header["Accept"] = []string{"application/json;q=0.1", "application/problem+json"}
	rec, _ := respond(Writer{}, r, errcatalog.Gone)
	if got := rec.Header().Get("Content-Type"); got != problemJSON {
		t.Errorf("it is sent as %s", got)
	}
	if got := decode(t, rec.Body.Bytes())["code"]; got != "gone" {
		t.Errorf("the code is %v", got)
	}
}

func TestRepliesVaryByAccept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		old, want []string
	}{
		{"none is there", nil, []string{"Accept"}},
		{"an empty one is there", []string{""}, []string{"", "Accept"}},
		{"it is there", []string{"Accept"}, []string{"Accept"}},
		{"it is there in small letters", []string{"accept"}, []string{"accept"}},
		{"it is there among others", []string{"Origin,  Accept , Cookie"}, []string{"Origin,  Accept , Cookie"}},
		{"it is there in another line", []string{"Origin", "Accept"}, []string{"Origin", "Accept"}},
		{"a star is there", []string{"*"}, []string{"*"}},
		{"a star is there among others", []string{"Origin, *"}, []string{"Origin, *"}},
		{"another is there", []string{"Origin"}, []string{"Origin", "Accept"}},
		{"one with a longer name is there", []string{"Accept-Encoding"}, []string{"Accept-Encoding", "Accept"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			old := append(make([]string, 0, 4), test.old...)
			w := Writer{}
			rec := serve(w.Handle(func(rw http.ResponseWriter, _ *http.Request) error {
				if len(old) > 0 {
					rw.Header()["Vary"] = old
				}
				return errcatalog.Gone
			}), get())
			if got := rec.Header()["Vary"]; !slices.Equal(got, test.want) {
				t.Errorf("Vary is %q, want %q", got, test.want)
			}
			if got := old[:cap(old)]; !slices.Equal(got[:len(old)], test.old) || got[len(old)] != "" {
				t.Errorf("the handler's own slice became %q", got)
			}
		})
	}
}

func TestAMediaTypeOfItsOwnIsNotNegotiated(t *testing.T) {
	t.Parallel()
	spec := extend()
	spec.MediaType = "application/vnd.shop+json"
	reply := (&Writer{Catalog: build(t, spec)}).Reply(errcatalog.Gone, errcatalog.Meta{Accept: []string{problemJSON}})
	if got := reply.Header.Get("Content-Type"); got != "application/vnd.shop+json" || reply.Header["Vary"] != nil {
		t.Errorf("it is sent as %s, with Vary %q", got, reply.Header["Vary"])
	}
}

func TestAMediaTypeWithParametersStillNegotiates(t *testing.T) {
	t.Parallel()
	c := errcatalog.Must(errcatalog.New(errcatalog.Spec{
		Name: "charset", Extends: errcatalog.Standard, MediaType: "application/json; charset=utf-8",
	}))
	w := &errcatalog.Writer{Catalog: c}
	for accept, want := range map[string]string{
		"":                         "application/json; charset=utf-8",
		"application/problem+json": "application/problem+json",
	} {
		got := w.Reply(errcatalog.NotFound, errcatalog.Meta{Accept: []string{accept}}).Header.Get("Content-Type")
		if got != want {
			t.Errorf("Accept: %q gets %q, want %q", accept, got, want)
		}
	}
}
