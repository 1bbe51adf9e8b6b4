package errcatalog_test

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// faultsOf returns everything that New finds wrong with the spec.
func faultsOf(t testing.TB, spec Spec) []*errcatalog.Fault {
	t.Helper()
	c, err := errcatalog.New(spec)
	if err == nil {
		t.Fatal("New found no fault")
	}
	if c != nil {
		t.Error("New returned a catalogue with the error")
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("the error joins nothing: %v", err)
	}
	var faults []*errcatalog.Fault
	for _, err := range joined.Unwrap() {
		f, ok := err.(*errcatalog.Fault)
		if !ok {
			t.Fatalf("%T is no fault: %v", err, err)
		}
		faults = append(faults, f)
	}
	return faults
}

// with returns the shop's spec with a thing that was changed.
func with(change func(*Entry)) Spec {
	e := thing()
	change(&e)
	return extend(e)
}

// withParam returns the shop's spec with a thing that has the param.
func withParam(p Param) Spec { return with(func(e *Entry) { e.Params = []Param{p} }) }

// withTexts returns the shop's spec with a thing that has the messages, and the
// string param name.
func withTexts(texts ...string) Spec {
	return with(func(e *Entry) {
		e.Params = []Param{{Name: "name", Type: errcatalog.String}, {Name: "parts", Type: errcatalog.Object}}
		e.Messages = nil
		for _, text := range texts {
			e.Messages = append(e.Messages, Message{Text: text})
		}
	})
}

// whole returns the shop's spec, changed as a whole.
func whole(change func(*Spec)) Spec {
	s := extend(thing())
	change(&s)
	return s
}

func TestNewFindsTheOneFault(t *testing.T) {
	t.Parallel()
	type row struct {
		name  string
		spec  Spec
		code  Code
		field string
		says  string
	}
	for group, rows := range map[string][]row{
		"of the whole": {
			{"no name", whole(func(s *Spec) { s.Name = "" }), "", "name", "is empty; name the catalogue"},
			{"no envelope", Spec{Name: "x", Errors: alone("").Errors}, "", "envelope", "is empty; write one"},
			{
				"an envelope that does not parse", whole(func(s *Spec) { s.Envelope = `{"code" $code}` }),
				"", "envelope", "line 1, column 9: a colon must follow",
			},
			{"a root that no entry covers", func() Spec {
				s := alone(`{"code": $code}`)
				s.Errors[0].Covers = slices.DeleteFunc(s.Errors[0].Covers, func(k Kind) bool { return k == errcatalog.Gone })
				return s
			}(), "", "errors", "no entry covers the kind gone; cover it, or extend a catalogue that does"},
			{
				"a header's name that is none", whole(func(s *Spec) { s.Headers = map[string]string{"X Code": "1"} }),
				"", "headers.X Code", "is not a header's name",
			},
			{
				"a header's name that is empty", whole(func(s *Spec) { s.Headers = map[string]string{"": "1"} }),
				"", "headers.", "is not a header's name",
			},
			{
				"a header's value with a line break", whole(func(s *Spec) { s.Headers = map[string]string{"X-A": "a\r\nb"} }),
				"", "headers.X-A", "is not a header's value",
			},
			{
				"a header's value with space around it", whole(func(s *Spec) { s.Headers = map[string]string{"X-A": " a"} }),
				"", "headers.X-A", "is not a header's value",
			},
			{
				"a header with an unknown slot", whole(func(s *Spec) { s.Headers = map[string]string{"X-A": "$cod"} }),
				"", "headers.X-A", "$cod is no slot of a header; did you mean $code?",
			},
			{
				"a header with a slot that headers lack", whole(func(s *Spec) { s.Headers = map[string]string{"X-A": "$message"} }),
				"", "headers.X-A", "$message is no slot of a header",
			},
			{
				"a header of the writer's own", whole(func(s *Spec) { s.Headers = map[string]string{"content-type": "text/html"} }),
				"", "headers.content-type", "is set by the writer itself; leave it out",
			},
			{
				"a header that the status sets", whole(func(s *Spec) { s.Headers = map[string]string{"RETRY-AFTER": "1"} }),
				"", "headers.RETRY-AFTER", "is set by the writer itself; leave it out",
			},
			{
				"a header of what the error is in place of", whole(func(s *Spec) { s.Headers = map[string]string{"etag": "1"} }),
				"", "headers.etag", "speaks of another representation",
			},
			{
				"one header twice", whole(func(s *Spec) { s.Headers = map[string]string{"X-A": "1", "x-a": "2"} }),
				"", "headers.x-a", "stands twice",
			},
			{
				"a type for what is no status", whole(func(s *Spec) { s.Types = map[string]string{"4x": "t"} }),
				"", "types.4x", "is no status of an error; write one such as \"404\"",
			},
			{
				"a type for a signed number", whole(func(s *Spec) { s.Types = map[string]string{"-40": "t"} }),
				"", "types.-40", "is no status",
			},
			{
				"a type for a status of success", whole(func(s *Spec) { s.Types = map[string]string{"200": "t"} }),
				"", "types.200", "is no status",
			},
			{
				"a type for a class of success", whole(func(s *Spec) { s.Types = map[string]string{"2xx": "t"} }),
				"", "types.2xx", "is no status",
			},
			{"a media type that is none", whole(func(s *Spec) { s.MediaType = "json" }), "", "media_type", "is no media type"},
			{"a media type with a line break", whole(func(s *Spec) { s.MediaType = "a/b\n" }), "", "media_type", "is no media type"},
			{"docs with a fragment", whole(func(s *Spec) { s.Docs = "https://a.test/#x" }), "", "docs", "must be a URL without fragment"},
			{"docs with a space", whole(func(s *Spec) { s.Docs = "https://a.test/a b" }), "", "docs", "must be a URL"},
			{"a challenge with a line break", whole(func(s *Spec) {
				s.Challenge = "Bearer\n"
				s.Errors = []Entry{{Code: "who", Covers: []Kind{errcatalog.Unauthenticated}, Status: 401, Messages: say("Who?")}}
			}), "who", "challenge", "is not a header's value"},
		},
		"of an entry": {
			{"no code", with(func(e *Entry) { e.Code = "" }), "", "code", `"" is not a code`},
			{"a code with a space", with(func(e *Entry) { e.Code = "no thing" }), "no thing", "code", `"no thing" is not a code`},
			{"a code that starts with a dot", with(func(e *Entry) { e.Code = ".thing" }), ".thing", "code", "is not a code"},
			{"a code that ends with a dash", with(func(e *Entry) { e.Code = "thing-" }), "thing-", "code", "is not a code"},
			{"a code beyond ASCII", with(func(e *Entry) { e.Code = "ding\u00e9" }), "ding\u00e9", "code", "is not a code"},
			{"a code with a quote", with(func(e *Entry) { e.Code = `a"b` }), `a"b`, "code", "is not a code"},
			{"a code twice", extend(thing(), thing()), "thing", "code", "stands twice; codes are unique"},
			{"no status", with(func(e *Entry) { e.Status = 0 }), "thing", "status", "0 is not an error's status; use 400 to 599"},
			{"a status of success", with(func(e *Entry) { e.Status = 399 }), "thing", "status", "399 is not an error's status"},
			{"a status beyond 599", with(func(e *Entry) { e.Status = 600 }), "thing", "status", "600 is not an error's status"},
			{
				"a kind that is none", with(func(e *Entry) { e.Covers = []Kind{"not_fuond"} }),
				"thing", "covers", `"not_fuond" is not a kind; did you mean not_found?`,
			},
			{"a kind that another covers", func() Spec {
				other := thing()
				other.Code, other.Covers = "other", []Kind{errcatalog.NotFound}
				first := thing()
				first.Covers = []Kind{errcatalog.NotFound}
				return extend(first, other)
			}(), "other", "covers", "not_found is covered by thing too; one of them must give it up"},
			{
				"a retry rule that is none", with(func(e *Entry) { e.Retry = "later" }),
				"thing", "retry", `"later" is no retry rule; use never, backoff or after`,
			},
			{
				"an outcome that is none", with(func(e *Entry) { e.Outcome = "done" }),
				"thing", "outcome", `"done" is no outcome; use unknown, not_processed or processed`,
			},
			{"a negative wait", with(func(e *Entry) { e.Wait = -1 }), "thing", "wait", "is negative"},
			{"a type with a line break", func() Spec {
				s := with(func(e *Entry) { e.Type = "a\nb" })
				s.Headers = map[string]string{"X-Type": "$type"}
				return s
			}(), "thing", "type", "is not a header's value"},
		},
		"of its duties": {
			{"a 401 without challenge", func() Spec {
				s := alone(`{"code": $code}`)
				s.Errors = append(s.Errors, Entry{Code: "who", Status: 401, Messages: say("Who?")})
				return s
			}(), "who", "challenge", "a 401 must have one"},
			{
				"a challenge with a line break", with(func(e *Entry) { e.Status, e.Challenge = 403, "a\nb" }),
				"thing", "challenge", "is not a header's value",
			},
			{"a 405 without Allow", with(func(e *Entry) { e.Status = 405 }), "thing", "covers", "a 405 must have an Allow header"},
			{
				"a 405 with a challenge and without Allow", with(func(e *Entry) { e.Status, e.Challenge = 405, "Bearer" }),
				"thing", "covers", "a 405 must have an Allow header",
			},
			{"a 429 without wait", with(func(e *Entry) { e.Status = 429 }), "thing", "wait", "it promises a Retry-After header"},
			{
				"a 503 to retry without wait", with(func(e *Entry) { e.Status, e.Retry = 503, errcatalog.RetryBackoff }),
				"thing", "wait", "it promises a Retry-After header",
			},
			{
				"a retry after a time without wait", with(func(e *Entry) { e.Status, e.Retry = 500, errcatalog.RetryAfter }),
				"thing", "wait", "set wait, or declare the param retry_after",
			},
		},
		"of a param": {
			{"no name", withParam(Param{Type: errcatalog.String}), "thing", "params.", `"" is not a name`},
			{
				"a name with a capital", withParam(Param{Name: "Name", Type: errcatalog.String}),
				"thing", "params.Name", `"Name" is not a name; use a-z, 0-9 and _`,
			},
			{
				"a name twice", with(func(e *Entry) { e.Params = []Param{{Name: "limit"}, {Name: "limit"}} }),
				"thing", "params.limit", "stands twice",
			},
			{"no type", withParam(Param{Name: "agent_id"}), "thing", "params.agent_id.type", "is missing, and agent_id is no standard param"},
			{
				"no type, and nearly a standard name", withParam(Param{Name: "limt"}),
				"thing", "params.limt.type", "limt is no standard param; did you mean limit?",
			},
			{
				"no type, and a source that is no standard param", withParam(Param{Name: "limit", From: "quota"}),
				"thing", "params.limit.type", "quota is no standard param",
			},
			{
				"a type that is none", withParam(Param{Name: "a", Type: "strng"}),
				"thing", "params.a.type", `"strng" is no type; did you mean string?`,
			},
			{
				"another type than the standard", withParam(Param{Name: "limit", Type: errcatalog.String}),
				"thing", "params.limit.type", "is string, but limit is always integer",
			},
			{
				"another type than the slot", withParam(Param{Name: "id", From: "$request_id", Type: errcatalog.Integer}),
				"thing", "params.id.type", "is integer, but $request_id is always string",
			},
			{"a slot that is no source", withParam(Param{Name: "a", From: "$code"}), "thing", "params.a.from", "$code is no source"},
			{
				"a form of another type", withParam(Param{Name: "limit", As: errcatalog.Seconds}),
				"thing", "params.limit.as", `"seconds" is no form of an integer`,
			},
			{
				"a form that is none", withParam(Param{Name: "reset", As: "unx"}),
				"thing", "params.reset.as", `"unx" is no form of a time; did you mean unix?`,
			},
			{
				"the form label without labels", withParam(Param{Name: "a", Type: errcatalog.String, As: errcatalog.Label}),
				"thing", "params.a.as", "is label, but a declares no labels",
			},
			{
				"labels of a number", withParam(Param{Name: "limit", Labels: map[string]string{"1": "one"}}),
				"thing", "params.limit.labels", "are for strings, and this is an integer",
			},
			{"a negative cap", withParam(Param{Name: "field", Max: -1}), "thing", "params.field.max", "is negative"},
			{
				"a default of another type", withParam(Param{Name: "limit", Default: slog.StringValue("5")}),
				"thing", "params.limit.default", "is not an integer",
			},
			{
				"an example of another type", withParam(Param{Name: "limit", Example: slog.Float64Value(1)}),
				"thing", "params.limit.example", "is not an integer",
			},
		},
		"of a message": {
			{"none at all", withTexts(), "thing", "messages", "are missing; give at least one, without holes"},
			{"an empty one", withTexts(""), "thing", "messages[0]", "is empty"},
			{"one of white space", withTexts("{name}", " \t"), "thing", "messages[1]", "is empty"},
			{
				"the last has a hole", withTexts("There is no {name}."), "thing", "messages[0]",
				"is the last, so it must be for every occurrence; add one without when and holes",
			},
			{
				"the last has a when", with(func(e *Entry) { e.Messages[0].When = []Kind{errcatalog.NotFound} }),
				"thing", "messages[0]", "is the last, so it must be for every occurrence",
			},
			{
				"an earlier one is for every occurrence", withTexts("No.", "No {name}.", "None."), "thing", "messages[0]",
				"is for every occurrence, so those behind it are never used; move it to the end",
			},
			{
				"a hole that is no param", withTexts("No {nme}.", "No."), "thing", "messages[0]",
				"the hole {nme} is not a declared param; did you mean name?",
			},
			{"a hole that is no param, at the end", withTexts("No {nme}", "No."), "thing", "messages[0]", "the hole {nme} is not"},
			{"a hole without name", withTexts("No {}.", "No."), "thing", "messages[0]", "the hole {} names no param"},
			{"a hole in capitals", withTexts("No {NAME}.", "No."), "thing", "messages[0]", "the hole {NAME} names no param"},
			{"a hole without end", withTexts("No {name", "No."), "thing", "messages[0]", "the hole at byte 3 has no end; write {{ for a brace"},
			{"a brace too many", withTexts("No {name}}", "No."), "thing", "messages[0]", "a } at byte 9 closes no hole; write }} for a brace"},
			{
				"a form that the param lacks", withTexts("No {name:seconds}.", "No."), "thing", "messages[0]",
				`"seconds" is no form of a string`,
			},
			{"a form that needs labels", withTexts("No {name:label}.", "No."), "thing", "messages[0]", "is label, but name declares no labels"},
			{"a hole of a param without type", with(func(e *Entry) {
				e.Params, e.Messages = []Param{{Name: "a"}}, []Message{{Text: "{a:words}"}, {Text: "No."}}
			}), "thing", "params.a.type", "is missing"},
			{"a hole of an object", withTexts("No {parts}.", "No."), "thing", "messages[0]", "the hole {parts} is of type object, which has no text"},
			{"a when that is no kind", with(func(e *Entry) {
				e.Messages = []Message{{When: []Kind{"not_fund"}, Text: "None."}, {Text: "No."}}
			}), "thing", "messages[0].when", `"not_fund" is not a kind; did you mean not_found?`},
		},
		"of the envelope's names": {
			{"a param named as a member beside the spread", func() Spec {
				s := withParam(Param{Name: "code", Type: errcatalog.String, Public: true})
				s.Envelope = `{"code": $code, ...$fields}`
				return s
			}(), "thing", "envelope", `would show two members "code"; rename the param`},
			{"a param named as a member behind the spread", func() Spec {
				s := withParam(Param{Name: "message", Type: errcatalog.String, Public: true})
				s.Envelope = `{...$fields, "message": $message}`
				return s
			}(), "thing", "envelope", `would show two members "message"; rename the param`},
			{"no type where the envelope shows one", func() Spec {
				s := alone(`{"code": $code, "type": $type}`)
				return s
			}(), "any", "envelope", "has no type, which the envelope shows; set one, or write $type? there"},
		},
	} {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, test := range rows {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					faults := faultsOf(t, test.spec)
					for _, f := range faults {
						if f.Catalog != test.spec.Name || f.Code != test.code || f.Field != test.field || !strings.Contains(f.Problem, test.says) {
							t.Errorf("found\n%v\nand wanted %q, %q, %q", f, test.code, test.field, test.says)
						}
					}
					if len(faults) != 1 {
						t.Errorf("%d faults are found for one", len(faults))
					}
				})
			}
		})
	}
}

func TestNewFindsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	spec := Spec{
		Name: "shop", Extends: errcatalog.Standard, MediaType: "json", Docs: "#",
		Headers: map[string]string{"X-B": "$b", "X-A": "$a", "X-C": "$c"},
		Types:   map[string]string{"b": "", "a": ""},
		Errors: []Entry{
			{Code: "one", Status: 1, Params: []Param{{Name: "A"}, {Name: "b"}}},
			{Code: "two", Status: 429, Retry: "x", Outcome: "x", Messages: []Message{{Text: "{"}, {Text: "{a}"}}},
			{Code: "thr ee", Status: 200, Messages: []Message{{Text: "three"}}},
		},
	}
	want := []string{
		"shop: headers.X-A: ", "shop: headers.X-B: ", "shop: headers.X-C: ", "shop: types.a: ", "shop: types.b: ",
		"shop: media_type: ", "shop: docs: ", "shop: thr ee: code: ",
		"shop: one: status: ", "shop: one: params.A: ", "shop: one: params.A.type: ", "shop: one: params.b.type: ", "shop: one: messages: ",
		"shop: two: messages[0]: ", "shop: two: messages[1]: ", "shop: two: messages[1]: ", "shop: two: retry: ", "shop: two: outcome: ", "shop: two: wait: ",
		"shop: thr ee: status: ",
	}
	for range 10 { // the order does not hang on that of maps
		faults := faultsOf(t, spec)
		if len(faults) != len(want) {
			t.Fatalf("%d faults are found, want %d: %v", len(faults), len(want), faults)
		}
		for i, f := range faults {
			if !strings.HasPrefix(f.Error(), want[i]) {
				t.Errorf("fault %d is %q, want %q…", i, f, want[i])
			}
		}
	}
}

func TestASuggestionIsTheNearestName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, kind, says string }{
		{"one letter wrong", "rate_limitet", "did you mean rate_limited?"},
		{"letters swapped", "uprgade_required", "did you mean upgrade_required?"},
		{"a letter missing", "conflit", "did you mean conflict?"},
		{"a letter too many", "conflictt", "did you mean conflict?"},
		{"the nearer of two", "timeout_", "did you mean timeout?"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := faultsOf(t, with(func(e *Entry) { e.Covers = []Kind{Kind(test.kind)} }))
			wantHas(t, f[0].Problem, test.says)
		})
	}
	f := faultsOf(t, with(func(e *Entry) {
		e.Params = []Param{{Name: "ab", Type: errcatalog.String}, {Name: "cd", Type: errcatalog.String}}
		e.Messages = []Message{{Text: "{ad}"}, {Text: "No."}}
	}))
	wantHas(t, f[0].Problem, "did you mean ab?")
	for _, far := range []Kind{"", "x", "something_else", Kind(strings.Repeat("x", 10000))} {
		f := faultsOf(t, with(func(e *Entry) { e.Covers = []Kind{far} }))
		if strings.Contains(f[0].Problem, "did you mean") {
			t.Errorf("there is a suggestion for %.20q: %s", far, f[0].Problem[max(0, len(f[0].Problem)-60):])
		}
	}
}

func TestMustPanicsWithTheFault(t *testing.T) {
	t.Parallel()
	if c := errcatalog.Must(errcatalog.New(extend(thing()))); c.Name() != "shop" {
		t.Errorf("the catalogue is named %q", c.Name())
	}
	defer func() {
		err, ok := recover().(error)
		var f *errcatalog.Fault
		if !ok || !errors.As(err, &f) || f.Field != "name" {
			t.Errorf("it panicked with %v", err)
		}
	}()
	errcatalog.Must(errcatalog.New(whole(func(s *Spec) { s.Name = "" })))
}

func TestWhatNewAccepts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		spec Spec
	}{
		{"a code of one letter", with(func(e *Entry) { e.Code = "x" })},
		{"a code with capitals, dots and dashes", with(func(e *Entry) { e.Code = "Agent.not-found_2" })},
		{"the statuses at both ends", extend(
			Entry{Code: "a", Status: 400, Messages: say("a")}, Entry{Code: "z", Status: 599, Messages: say("z")})},
		{"a 405 with the param allow", with(func(e *Entry) { e.Status, e.Params = 405, []Param{{Name: "allow"}} })},
		{"a 405 that covers the kind", with(func(e *Entry) { e.Status, e.Covers = 405, []Kind{errcatalog.MethodNotAllowed} })},
		{"a 429 with the param retry_after under another name", with(func(e *Entry) {
			e.Status, e.Params = 429, []Param{{Name: "wait", From: "retry_after"}}
		})},
		{"a 503 that is never to be retried", with(func(e *Entry) { e.Status = 503 })},
		{"a challenge of its own without the catalogue's", func() Spec {
			s := alone(`{"code": $code}`)
			s.Errors = append(s.Errors, Entry{Code: "who", Status: 401, Challenge: "Basic", Messages: say("Who?")})
			return s
		}()},
		{"types by status and by class", whole(func(s *Spec) { s.Types = map[string]string{"404": "a", "4xx": "b", "5xx": "c"} })},
		{"a parameter of the media type", whole(func(s *Spec) { s.MediaType = "application/json; charset=utf-8" })},
		{"braces in a message", withTexts("A {{brace}} and {name}.", "}}{{")},
		{"a hole alone", withTexts("{name}", "No.")},
		{"no entry of its own", extend()},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			build(t, test.spec)
		})
	}
}
