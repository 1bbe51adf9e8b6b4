package errcatalog_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// codes returns the codes of c in their order.
func codes(c *errcatalog.Catalog) []Code {
	var codes []Code
	for _, e := range c.Errors() {
		codes = append(codes, e.Code)
	}
	return codes
}

// covers returns what the entry of a code answers.
func covers(t *testing.T, c *errcatalog.Catalog, code Code) []Kind {
	t.Helper()
	e, ok := c.Lookup(code)
	if !ok {
		t.Fatalf("there is no %s", code)
	}
	return e.Covers
}

func wantKinds(t *testing.T, got []Kind, want ...Kind) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("it covers %v, want %v", got, want)
	}
}

func TestTheCataloguesOwnEntriesComeFirst(t *testing.T) {
	t.Parallel()
	b, a := thing(), thing()
	b.Code, a.Code = "b", "a"
	got, standard := codes(build(t, extend(b, a))), codes(errcatalog.Standard)
	if want := append([]Code{"b", "a"}, standard...); !slices.Equal(got, want) {
		t.Errorf("the codes are %v", got)
	}
}

func TestEveryKindHasTheNearestEntry(t *testing.T) {
	t.Parallel()
	c := errcatalog.Standard
	for _, test := range []struct {
		kind Kind
		code Code
	}{
		{errcatalog.FieldMissing, "validation_failed"},
		{errcatalog.CredentialsMissing, "missing_credentials"},
		{errcatalog.KeyRevoked, "invalid_credentials"},
		{errcatalog.TokenExpired, "expired_credentials"},
		{errcatalog.Overloaded, "service_unavailable"},
		{errcatalog.UpstreamTimeout, "gateway_timeout"},
	} {
		if got := c.Resolve(test.kind).Code(); got != test.code {
			t.Errorf("%s is answered with %s, want %s", test.kind, got, test.code)
		}
	}
	counted := 0
	for _, e := range c.Errors() {
		counted += len(e.Covers)
	}
	if want := len(errcatalog.Kinds()); counted != want {
		t.Errorf("the entries cover %d kinds together, want %d", counted, want)
	}
}

func TestAnInheritedEntryKeepsTheKindsThatAreLeft(t *testing.T) {
	t.Parallel()
	revoked := Entry{Code: "revoked", Covers: []Kind{errcatalog.CredentialsRevoked}, Status: 401, Messages: say("Revoked.")}
	c := build(t, extend(revoked))
	wantKinds(t, covers(t, c, "revoked"), errcatalog.CredentialsRevoked, errcatalog.KeyRevoked)
	wantKinds(t, covers(t, c, "invalid_credentials"), errcatalog.CredentialsInvalid, errcatalog.KeyEnvironment)
	wantKinds(t, covers(t, errcatalog.Standard, "invalid_credentials"), errcatalog.CredentialsInvalid,
		errcatalog.CredentialsRevoked, errcatalog.KeyRevoked, errcatalog.KeyEnvironment)
}

func TestAnInheritedEntryGoesWhenAllItsKindsAreTaken(t *testing.T) {
	t.Parallel()
	denied := Entry{Code: "denied", Covers: []Kind{errcatalog.Unauthenticated}, Status: 401, Messages: say("Denied.")}
	c := build(t, extend(denied))
	for _, code := range []Code{"missing_credentials", "invalid_credentials", "expired_credentials"} {
		if _, ok := c.Lookup(code); ok {
			t.Errorf("%s is still there", code)
		}
		if slices.Contains(codes(c), code) {
			t.Errorf("%s is still listed", code)
		}
		if got := c.Resolve(code); got.Code() != "internal_error" {
			t.Errorf("%s is answered with %s", code, got.Code())
		}
	}
	for _, kind := range []Kind{errcatalog.CredentialsMissing, errcatalog.KeyExpired, errcatalog.Unauthenticated} {
		if got := c.Resolve(kind).Code(); got != "denied" {
			t.Errorf("%s is answered with %s", kind, got)
		}
	}
}

func TestACodeOfTheBaseIsOverridden(t *testing.T) {
	t.Parallel()
	gone := Entry{Code: "gone", Covers: []Kind{errcatalog.Gone}, Status: 404, Messages: say("It was here.")}
	c := build(t, extend(gone))
	if e, _ := c.Lookup("gone"); e.Status != 404 {
		t.Errorf("its status is %d", e.Status)
	}
	if n := len(c.Errors()); n != len(errcatalog.Standard.Errors()) {
		t.Errorf("there are %d entries", n)
	}
	if got := c.Resolve(errcatalog.Gone).Message(); got != "It was here." {
		t.Errorf("its message is %q", got)
	}
}

func TestAnOverrideThatCoversNothingLeavesItsRootUncovered(t *testing.T) {
	t.Parallel()
	faults := faultsOf(t, extend(Entry{Code: "gone", Status: 410, Messages: say("It was here.")}))
	if len(faults) != 1 || faults[0].Field != "errors" {
		t.Errorf("found %v", faults)
	}
	wantHas(t, faults[0].Problem, "gone")
}

func TestABasesPlainCodesAreKept(t *testing.T) {
	t.Parallel()
	base := build(t, extend(thing()))
	c := build(t, Spec{Name: "annex", Extends: base})
	if got := c.Resolve(Code("thing")); got.Status() != 404 || got.Message() != "There is no such thing." {
		t.Errorf("thing is answered with %d, %q", got.Status(), got.Message())
	}
}

func TestWhatTheSpecLeavesEmptyIsInherited(t *testing.T) {
	t.Parallel()
	base := Spec{
		Name: "base", Docs: "https://base.test/errors", Challenge: "Base",
		Headers:   map[string]string{"X-Base": "$code"},
		Types:     map[string]string{"4xx": "client", "5xx": "server"},
		Envelope:  `{"base": $code, "type": $type, "docs": $docs_url}`,
		MediaType: "application/vnd.base+json",
		Errors: append(alone("").Errors,
			Entry{Code: "who", Covers: []Kind{errcatalog.Unauthenticated}, Status: 401, Messages: say("Who?")}),
	}
	base.Errors[0].Covers = slices.DeleteFunc(base.Errors[0].Covers, func(k Kind) bool { return k == errcatalog.Unauthenticated })
	above := Spec{Name: "above", Extends: build(t, base)}
	for _, test := range []struct {
		name   string
		change func(*Spec)
		body   string
		header http.Header
	}{
		{
			"everything", func(*Spec) {}, `{"base":"who","type":"client","docs":"https://base.test/errors#who"}`,
			http.Header{"X-Base": {"who"}, "Content-Type": {"application/vnd.base+json"}, "Www-Authenticate": {"Base"}},
		},
		{"all but the docs", func(s *Spec) { s.Docs = "https://above.test" }, `{"base":"who","type":"client","docs":"https://above.test#who"}`, nil},
		{
			"all but the headers", func(s *Spec) { s.Headers = map[string]string{"X-Above": "1"} },
			`{"base":"who","type":"client","docs":"https://base.test/errors#who"}`,
			http.Header{"X-Base": nil, "X-Above": {"1"}},
		},
		{"all but the envelope", func(s *Spec) { s.Envelope = `{"above": $code}` }, `{"above":"who"}`, nil},
		{
			"all but the types", func(s *Spec) { s.Types = map[string]string{"401": "auth", "500": "x"} },
			`{"base":"who","type":"auth","docs":"https://base.test/errors#who"}`, nil,
		},
		{
			"all but the media type", func(s *Spec) { s.MediaType = "application/json" },
			`{"base":"who","type":"client","docs":"https://base.test/errors#who"}`,
			http.Header{"Content-Type": {"application/json"}},
		},
		{
			"all but the challenge", func(s *Spec) { s.Challenge = "Above" },
			`{"base":"who","type":"client","docs":"https://base.test/errors#who"}`,
			http.Header{"Www-Authenticate": {"Above"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spec := above
			test.change(&spec)
			w := &Writer{Catalog: build(t, spec)}
			reply := w.Reply(errcatalog.CredentialsMissing, errcatalog.Meta{})
			if got := string(reply.Body); got != test.body {
				t.Errorf("the body is %s, want %s", got, test.body)
			}
			for name, want := range test.header {
				if got := reply.Header[name]; !slices.Equal(got, want) {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestAnEntrysOwnTypeCountsMoreThanTheCatalogues(t *testing.T) {
	t.Parallel()
	typed, plain, server := thing(), thing(), thing()
	typed.Type = "own"
	plain.Code, server.Code, server.Status = "plain", "server", 500
	spec := extend(typed, plain, server)
	spec.Types = map[string]string{"404": "by status", "4xx": "by class"}
	spec.Envelope = `{"type": $type?}`
	c := build(t, spec)
	for code, want := range map[Code]string{
		"thing": `{"type":"own"}`, "plain": `{"type":"by status"}`, "conflict": `{"type":"by class"}`, "server": `{}`,
	} {
		if got := body(c, code); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}

func TestACatalogueExtendsOneThatExtendsAnother(t *testing.T) {
	t.Parallel()
	missing := Entry{Code: "missing", Covers: []Kind{errcatalog.NotFound}, Status: 404, Messages: say("Missing.")}
	middle := build(t, extend(missing, thing()))
	route := Entry{Code: "no_route", Covers: []Kind{errcatalog.RouteNotFound}, Status: 404, Messages: say("No route.")}
	override := Entry{Code: "thing", Status: 410, Messages: say("No thing any more.")}
	top := build(t, Spec{Name: "top", Extends: middle, Errors: []Entry{route, override}})

	wantKinds(t, covers(t, top, "no_route"), errcatalog.RouteNotFound)
	wantKinds(t, covers(t, top, "missing"), errcatalog.NotFound)
	wantKinds(t, covers(t, middle, "missing"), errcatalog.NotFound, errcatalog.RouteNotFound)
	wantKinds(t, covers(t, top, "conflict"), errcatalog.Conflict)
	if _, ok := top.Lookup("route_not_found"); ok {
		t.Error("the first catalogue's entry is back")
	}
	if got := codes(top)[:3]; !slices.Equal(got, []Code{"no_route", "thing", "missing"}) {
		t.Errorf("the first codes are %v", got)
	}
	if got := top.Resolve(Code("thing")).Status(); got != 410 {
		t.Errorf("thing has the status %d", got)
	}
	if got := middle.Resolve(Code("thing")).Status(); got != 404 {
		t.Errorf("thing has the status %d in the middle one", got)
	}
}

func TestInheritedEntriesSpeakTheNewEnvelope(t *testing.T) {
	t.Parallel()
	spec := extend(thing())
	spec.Envelope = `{"error": $message, ...$fields}`
	got := body(build(t, spec), errcatalog.PayloadTooLarge.With(slog.Int("max_bytes", 5)))
	if want := `{"error":"The request body is larger than 5 bytes.","max_bytes":5}`; got != want {
		t.Errorf("the body is %s", got)
	}
}

func TestAnInheritedEntryThatTheNewEnvelopeClashesWithIsAFault(t *testing.T) {
	t.Parallel()
	spec := extend()
	spec.Envelope = `{"limit": $message, ...$fields}`
	faults := faultsOf(t, spec)
	if len(faults) != 1 || faults[0].Code != "rate_limited" || faults[0].Field != "envelope" {
		t.Errorf("found %v", faults)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	if e, ok := errcatalog.Standard.Lookup("conflict"); !ok || e.Status != 409 || e.Outcome != errcatalog.OutcomeNotProcessed {
		t.Errorf("conflict is %+v, %v", e, ok)
	}
	if e, ok := errcatalog.Standard.Lookup("nothing"); ok || e.Code != "" {
		t.Errorf("nothing is %+v, %v", e, ok)
	}
	if e, _ := build(t, extend(thing())).Lookup("thing"); e.Retry != errcatalog.RetryNever || e.Outcome != errcatalog.OutcomeUnknown {
		t.Errorf("the defaults are %q and %q", e.Retry, e.Outcome)
	}
}

func TestTheEntriesOfACatalogueAreFilledIn(t *testing.T) {
	t.Parallel()
	c := build(t, withParam(Param{Name: "wait", From: "retry_after", Public: true}))
	for _, e := range append(c.Errors(), build(t, Spec{Name: "above", Extends: c}).Errors()...) {
		for _, p := range e.Params {
			if p.Type == "" || p.From == "" {
				t.Errorf("%s: the param %s has the source %q and the type %q", e.Code, p.Name, p.From, p.Type)
			}
		}
		if e.Retry == "" || e.Outcome == "" {
			t.Errorf("%s has the retry rule %q and the outcome %q", e.Code, e.Retry, e.Outcome)
		}
	}
}

func TestCataloguesMayExtendOneAtTheSameTime(t *testing.T) {
	t.Parallel()
	base := build(t, rich())
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			c := build(t, Spec{Name: "above", Extends: base, Errors: []Entry{thing()}})
			if got := c.Resolve(errcatalog.NotFound).Message(); got != "No agent." {
				t.Errorf("it says %q", got)
			}
		})
	}
}
