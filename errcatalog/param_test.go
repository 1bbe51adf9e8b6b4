package errcatalog_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
)

// moodLabels are the labels of the params in these tables.
var moodLabels = map[string]string{"up": "in high spirits", "quoted": `"so-so"`, "empty": ""}

// paramCatalog has one entry, whose code is p, with one public param p.
func paramCatalog(t testing.TB, p Param) *errcatalog.Catalog {
	t.Helper()
	p.Name, p.Public = "p", true
	messages := []Message{{Text: "It is {p}."}, {Text: "It is nothing."}}
	switch p.Type {
	case errcatalog.Object, errcatalog.JSON, errcatalog.Violations:
		messages = messages[1:]
	}
	spec := extend(Entry{Code: "p", Status: 400, Params: []Param{p}, Messages: messages})
	spec.Envelope = `{"message": $message, ...$fields}`
	return build(t, spec)
}

// shown returns the member and what the message says for one value of the param;
// empty for an absent member and for a message without it.
func shown(t testing.TB, c *errcatalog.Catalog, params ...slog.Attr) (member, text string) {
	t.Helper()
	reply := body(c, Code("p").With(params...))
	var parts map[string]json.RawMessage
	if err := json.Unmarshal([]byte(reply), &parts); err != nil {
		t.Fatalf("%q: %v", reply, err)
	}
	var message string
	if err := json.Unmarshal(parts["message"], &message); err != nil {
		t.Fatal(err)
	}
	text = strings.TrimSuffix(strings.TrimPrefix(message, "It is "), ".")
	switch message {
	case "It is nothing.":
		text = ""
	case "It is .":
		text = "(an empty hole)"
	}
	if resolved := c.Resolve(Code("p").With(params...)).Message(); strings.ToValidUTF8(resolved, "\ufffd") != resolved {
		text = "" // as it is, for the log
	} else if resolved != message {
		t.Errorf("Message is %q, and the reply says %q", resolved, message)
	}
	return string(parts["p"]), text
}

func TestEveryTypeInEveryForm(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("", 2*60*60)
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		typ    errcatalog.ParamType
		as     errcatalog.Form
		value  slog.Value
		member string
		text   string
	}{
		{"a string", errcatalog.String, "", slog.StringValue("blue"), `"blue"`, "blue"},
		{"an empty string shows, and fills no message", errcatalog.String, "", slog.StringValue(""), `""`, ""},
		{"a string with a label", errcatalog.String, errcatalog.Label, slog.StringValue("up"), `"in high spirits"`, "in high spirits"},
		{"a label with quotes", errcatalog.String, errcatalog.Label, slog.StringValue("quoted"), `"\"so-so\""`, `"so-so"`},
		{"a string without label is absent", errcatalog.String, errcatalog.Label, slog.StringValue("down"), "", ""},
		{"an empty label is absent", errcatalog.String, errcatalog.Label, slog.StringValue("empty"), "", ""},

		{"an integer", errcatalog.Integer, "", slog.IntValue(42), `42`, "42"},
		{"zero", errcatalog.Integer, "", slog.IntValue(0), `0`, "0"},
		{"the least integer", errcatalog.Integer, "", slog.Int64Value(math.MinInt64), `-9223372036854775808`, "-9223372036854775808"},
		{"the greatest integer", errcatalog.Integer, "", slog.Uint64Value(math.MaxUint64), `18446744073709551615`, "18446744073709551615"},

		{"a number", errcatalog.Number, "", slog.Float64Value(1.5), `1.5`, "1.5"},
		{"a number that is an integer", errcatalog.Number, "", slog.IntValue(-7), `-7`, "-7"},
		{"a number that is unsigned", errcatalog.Number, "", slog.Uint64Value(7), `7`, "7"},
		{"a large number", errcatalog.Number, "", slog.Float64Value(1e300), `1e+300`, "1e+300"},
		{"a small number", errcatalog.Number, "", slog.Float64Value(1e-9), `1e-9`, "1e-9"},
		{"minus zero", errcatalog.Number, "", slog.Float64Value(math.Copysign(0, -1)), `-0`, "-0"},
		{"what is not a number is absent", errcatalog.Number, "", slog.Float64Value(math.NaN()), "", ""},
		{"infinity is absent", errcatalog.Number, "", slog.Float64Value(math.Inf(1)), "", ""},
		{"minus infinity is absent", errcatalog.Number, "", slog.Float64Value(math.Inf(-1)), "", ""},

		{"true", errcatalog.Boolean, "", slog.BoolValue(true), `true`, "true"},
		{"false shows", errcatalog.Boolean, "", slog.BoolValue(false), `false`, "false"},

		{"a time", errcatalog.Time, "", slog.TimeValue(noon), `"2026-03-10T12:00:00Z"`, "2026-03-10T12:00:00Z"},
		{"a time by name", errcatalog.Time, errcatalog.RFC3339, slog.TimeValue(noon), `"2026-03-10T12:00:00Z"`, "2026-03-10T12:00:00Z"},
		{"a time elsewhere is in UTC", errcatalog.Time, "", slog.TimeValue(noon.In(berlin)), `"2026-03-10T12:00:00Z"`, "2026-03-10T12:00:00Z"},
		{"a time loses its fraction", errcatalog.Time, "", slog.TimeValue(noon.Add(999 * time.Millisecond)), `"2026-03-10T12:00:00Z"`, "2026-03-10T12:00:00Z"},
		{"a Unix second", errcatalog.Time, errcatalog.Unix, slog.TimeValue(noon), `1773144000`, "1773144000"},
		{"a Unix second is rounded up", errcatalog.Time, errcatalog.Unix, slog.TimeValue(noon.Add(1)), `1773144001`, "1773144001"},
		{"a Unix second before 1970 is rounded up", errcatalog.Time, errcatalog.Unix, slog.TimeValue(time.Unix(-1, 1)), `0`, "0"},
		{"no time is absent", errcatalog.Time, "", slog.TimeValue(time.Time{}), "", ""},
		{"the last time", errcatalog.Time, "", slog.TimeValue(time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)), `"9999-12-31T23:59:59Z"`, "9999-12-31T23:59:59Z"},
		{"the year 10000 is absent", errcatalog.Time, "", slog.TimeValue(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "", ""},
		{"the year 10000 in UTC is absent", errcatalog.Time, "", slog.TimeValue(time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -2*60*60))), "", ""},
		{"the year 10000 is absent as a Unix second", errcatalog.Time, errcatalog.Unix, slog.TimeValue(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), "", ""},
		{"the first time", errcatalog.Time, "", slog.TimeValue(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), `"0000-01-01T00:00:00Z"`, "0000-01-01T00:00:00Z"},
		{"a time before the year 0 is absent", errcatalog.Time, "", slog.TimeValue(time.Date(-1, 12, 31, 0, 0, 0, 0, time.UTC)), "", ""},
		{"a time in the year 300000 is absent", errcatalog.Time, "", slog.TimeValue(time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC)), "", ""},

		{"a list", errcatalog.StringList, "", slog.AnyValue([]string{"a", "b"}), `["a","b"]`, "a, b"},
		{"an empty list shows, and fills no message", errcatalog.StringList, "", slog.AnyValue([]string{}), `[]`, ""},
		{"a list that is nil", errcatalog.StringList, "", slog.AnyValue([]string(nil)), `[]`, ""},
		{"the first of a list", errcatalog.StringList, errcatalog.First, slog.AnyValue([]string{"a", "b"}), `"a"`, "a"},
		{"the first of an empty list is absent", errcatalog.StringList, errcatalog.First, slog.AnyValue([]string{}), "", ""},
		{"the first of a list fills no message when it is empty", errcatalog.StringList, errcatalog.First, slog.AnyValue([]string{"", "b"}), `""`, ""},

		{
			"violations", errcatalog.Violations, "", slog.AnyValue([]errcatalog.Violation{{Field: "/a", Reason: "is not a number"}, {Field: "b", Reason: "loops", Path: []string{"x", "y"}}}),
			`[{"field":"/a","reason":"is not a number"},{"field":"b","reason":"loops","path":["x","y"]}]`, "",
		},
		{"no violations", errcatalog.Violations, "", slog.AnyValue([]errcatalog.Violation(nil)), `[]`, ""},

		{"an object", errcatalog.Object, "", slog.GroupValue(slog.Int("n", 1), slog.String("s", "x")), `{"n":1,"s":"x"}`, ""},
		{"an empty object", errcatalog.Object, "", slog.GroupValue(), `{}`, ""},

		{"raw JSON", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(`{"a": [1, null]}`)), `{"a": [1, null]}`, ""},
		{"raw JSON of one string", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(`"x"`)), `"x"`, ""},
		{"raw JSON that is null", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(`null`)), `null`, ""},
		{"raw JSON that breaks off is absent", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(`{"a":`)), "", ""},
		{"raw JSON that goes on is absent", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(`{},{}`)), "", ""},
		{"raw JSON of nothing is absent", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(``)), "", ""},
		{"raw JSON that is nil is absent", errcatalog.JSON, "", slog.AnyValue(json.RawMessage(nil)), "", ""},
		{"raw JSON that is not UTF-8 is absent", errcatalog.JSON, "", slog.AnyValue(json.RawMessage("\"\xff\"")), "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := Param{Type: test.typ, As: test.as}
			if test.as == errcatalog.Label {
				p.Labels = moodLabels
			}
			c := paramCatalog(t, p)
			member, text := shown(t, c, slog.Attr{Key: "p", Value: test.value})
			if member != test.member {
				t.Errorf("the member is %s, want %s", member, test.member)
			}
			if text != test.text {
				t.Errorf("the message says %q, want %q", text, test.text)
			}
		})
	}
}

// typesAndForms has every form of every type.
var typesAndForms = map[errcatalog.ParamType][]errcatalog.Form{
	errcatalog.String: {"", errcatalog.Label}, errcatalog.Integer: {""}, errcatalog.Number: {""}, errcatalog.Boolean: {""},
	errcatalog.Time:       {"", errcatalog.RFC3339, errcatalog.Unix},
	errcatalog.Duration:   {"", errcatalog.Seconds, errcatalog.Words, errcatalog.Unit},
	errcatalog.StringList: {"", errcatalog.First}, errcatalog.Violations: {""}, errcatalog.Object: {""}, errcatalog.JSON: {""},
}

// samples has one good value of each type, and values of none.
var samples = []struct {
	typ   errcatalog.ParamType
	value slog.Value
}{
	{errcatalog.String, slog.StringValue("up")},
	{errcatalog.Integer, slog.IntValue(1)},
	{errcatalog.Number, slog.Float64Value(1.5)},
	{errcatalog.Boolean, slog.BoolValue(true)},
	{errcatalog.Time, slog.TimeValue(time.Unix(1, 0))},
	{errcatalog.Duration, slog.DurationValue(time.Second)},
	{errcatalog.StringList, slog.AnyValue([]string{"a"})},
	{errcatalog.Violations, slog.AnyValue([]errcatalog.Violation{{}})},
	{errcatalog.Object, slog.GroupValue(slog.Int("a", 1))},
	{errcatalog.JSON, slog.AnyValue(json.RawMessage(`{}`))},

	{"", slog.Value{}},
	{"", slog.AnyValue(nil)},
	{"", slog.DurationValue(-1)},
	{"", slog.AnyValue([]byte("bytes"))},
	{"", slog.AnyValue([]any{"a"})},
	{"", slog.AnyValue([]int{1})},
	{"", slog.AnyValue(map[string]string{"a": "b"})},
	{"", slog.AnyValue(struct{ A string }{"a"})},
	{"", slog.AnyValue(new(string))},
	{"", slog.AnyValue((*time.Time)(nil))},
	{"", slog.AnyValue(errRoot)},
	{"", slog.AnyValue(json.Number("1"))},
	{"", slog.AnyValue(logValuer{})},
	{"", slog.AnyValue(make(chan int))},
	{"", slog.AnyValue(func() {})},
	{"", slog.AnyValue(1i)},
}

// A logValuer has a value of its own for logs.
type logValuer struct{}

func (logValuer) LogValue() slog.Value { return slog.StringValue("up") }

func TestAValueOfAnotherTypeCountsAsAbsent(t *testing.T) {
	t.Parallel()
	for typ, forms := range typesAndForms {
		for _, as := range forms {
			p := Param{Type: typ, As: as}
			if as == errcatalog.Label {
				p.Labels = moodLabels
			}
			c := paramCatalog(t, p)
			for _, sample := range samples {
				taken := sample.typ == typ || typ == errcatalog.Number && sample.typ == errcatalog.Integer
				member, _ := shown(t, c, slog.Attr{Key: "p", Value: sample.value})
				if got := member != ""; got != taken {
					t.Errorf("a %s as %q given %s %v shows %q", typ, as, sample.value.Kind(), sample.value, member)
				}
			}
		}
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		d                    time.Duration
		seconds, words, unit string
	}{
		{0, "0", "0 seconds", "0 seconds"},
		{1, "1", "1 millisecond", "millisecond"},
		{time.Microsecond, "1", "1 millisecond", "millisecond"},
		{time.Millisecond, "1", "1 millisecond", "millisecond"},
		{time.Millisecond + 1, "1", "2 milliseconds", "2 milliseconds"},
		{500 * time.Millisecond, "1", "500 milliseconds", "500 milliseconds"},
		{time.Second - 1, "1", "1 second", "second"},
		{time.Second, "1", "1 second", "second"},
		{1200*time.Millisecond + 1, "2", "2 seconds", "2 seconds"},
		{1500 * time.Millisecond, "2", "1500 milliseconds", "1500 milliseconds"},
		{30*time.Second - 1, "30", "30 seconds", "30 seconds"},
		{29*time.Second + 1, "30", "30 seconds", "30 seconds"},
		{time.Minute - time.Microsecond, "60", "1 minute", "minute"},
		{time.Minute, "60", "1 minute", "minute"},
		{90 * time.Second, "90", "90 seconds", "90 seconds"},
		{5 * time.Minute, "300", "5 minutes", "5 minutes"},
		{time.Hour, "3600", "1 hour", "hour"},
		{24 * time.Hour, "86400", "1 day", "day"},
		{36 * time.Hour, "129600", "36 hours", "36 hours"},
		{7 * 24 * time.Hour, "604800", "7 days", "7 days"},
		{math.MaxInt64, "9223372037", "9223372037 seconds", "9223372037 seconds"},
	} {
		t.Run(test.d.String(), func(t *testing.T) {
			t.Parallel()
			for as, want := range map[errcatalog.Form]string{
				"": test.seconds, errcatalog.Seconds: test.seconds, errcatalog.Words: test.words, errcatalog.Unit: test.unit,
			} {
				member, text := shown(t, paramCatalog(t, Param{Type: errcatalog.Duration, As: as}), slog.Duration("p", test.d))
				if strings.Trim(member, `"`) != want || text != want {
					t.Errorf("as %q it is %s and %q, want %q", as, member, text, want)
				}
				if quoted := strings.HasPrefix(member, `"`); quoted != (as == errcatalog.Words || as == errcatalog.Unit) {
					t.Errorf("as %q the member is %s", as, member)
				}
			}
		})
	}
}

func TestAHoleHasAFormOfItsOwn(t *testing.T) {
	t.Parallel()
	c := build(t, extend(Entry{
		Code: "p", Status: 400,
		Params: []Param{
			{Name: "wait", Type: errcatalog.Duration, As: errcatalog.Words},
			{Name: "at", Type: errcatalog.Time},
			{Name: "who", Type: errcatalog.StringList},
			{Name: "mood", Type: errcatalog.String, Labels: moodLabels},
		},
		Messages: []Message{
			{Text: "{wait}, {wait:seconds}, {wait:unit}, {at}, {at:unix}, {who}, {who:first}, {mood}, {mood:label}"},
			{Text: "Nothing."},
		},
	}))
	err := Code("p").With(slog.Duration("wait", time.Minute), slog.Time("at", time.Unix(1, 0)),
		errcatalog.Strings("who", "ann", "bob"), slog.String("mood", "up"))
	want := "1 minute, 60, minute, 1970-01-01T00:00:01Z, 1, ann, bob, ann, up, in high spirits"
	if got := c.Resolve(err).Message(); got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
	if got := c.Resolve(err.With(slog.String("mood", "unlabelled"))).Message(); got != "Nothing." {
		t.Errorf("it is %q", got)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		p    Param
		want string
	}{
		{"a string", Param{Type: errcatalog.String, Default: slog.StringValue("blue")}, `"blue"`},
		{"an integer", Param{Type: errcatalog.Integer, Default: slog.IntValue(0)}, `0`},
		{"a number", Param{Type: errcatalog.Number, Default: slog.Float64Value(0.5)}, `0.5`},
		{"a boolean", Param{Type: errcatalog.Boolean, Default: slog.BoolValue(false)}, `false`},
		{"a time", Param{Type: errcatalog.Time, Default: slog.TimeValue(time.Unix(1, 0))}, `"1970-01-01T00:00:01Z"`},
		{"a duration", Param{Type: errcatalog.Duration, Default: slog.DurationValue(time.Minute), As: errcatalog.Words}, `"1 minute"`},
		{"a list", Param{Type: errcatalog.StringList, Default: slog.AnyValue([]string{"a"})}, `["a"]`},
		{"violations", Param{Type: errcatalog.Violations, Default: slog.AnyValue([]errcatalog.Violation{{Field: "a", Reason: "b"}})}, `[{"field":"a","reason":"b"}]`},
		{"an object", Param{Type: errcatalog.Object, Default: slog.GroupValue(slog.Int("n", 1))}, `{"n":1}`},
		{"raw JSON", Param{Type: errcatalog.JSON, Default: slog.AnyValue(json.RawMessage(`[1]`))}, `[1]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := paramCatalog(t, test.p)
			for what, params := range map[string][]slog.Attr{
				"nothing": nil, "nil": {slog.Any("p", nil)}, "another type": {slog.Any("p", errRoot)},
			} {
				if got, _ := shown(t, c, params...); got != test.want {
					t.Errorf("given %s it is %s, want %s", what, got, test.want)
				}
			}
		})
	}
	t.Run("a value counts more", func(t *testing.T) {
		t.Parallel()
		c := paramCatalog(t, Param{Type: errcatalog.Integer, Default: slog.IntValue(5)})
		if got, _ := shown(t, c, slog.Int("p", 0)); got != "0" {
			t.Errorf("it is %s", got)
		}
	})
	t.Run("a default fills a message", func(t *testing.T) {
		t.Parallel()
		c := paramCatalog(t, Param{Type: errcatalog.Integer, Default: slog.IntValue(5)})
		if _, got := shown(t, c); got != "5" {
			t.Errorf("it says %q", got)
		}
	})
}

func TestSourcesAndNames(t *testing.T) {
	t.Parallel()
	spec := extend(Entry{
		Code: "p", Status: 503, Retry: errcatalog.RetryBackoff, Wait: time.Second,
		Params: []Param{
			{Name: "limit", Public: true},
			{Name: "reset_at", From: "reset", Public: true},
			{Name: "reset_unix", From: "reset", As: errcatalog.Unix, Public: true},
			{Name: "again", From: "$retryable", Public: true},
			{Name: "trace", From: "$request_id", Public: true},
			{Name: "at", From: "$timestamp", As: errcatalog.Unix, Public: true},
			{Name: "secret", Type: errcatalog.String},
		},
		Messages: []Message{{Text: "{trace} at {at}"}, {Text: "No trace."}},
	})
	spec.Envelope = `{"message": $message, ...$fields}`
	w := Writer{Catalog: build(t, spec)}
	err := Code("p").With(slog.Int("limit", 1), slog.Time("reset", time.Unix(5, 0)), slog.String("secret", "x"),
		slog.String("trace", "by the handler"), slog.Int("limit", 2), slog.String("undeclared", "x"))
	for _, test := range []struct {
		name string
		meta errcatalog.Meta
		want string
	}{
		{
			"members come in the order of their declaration",
			errcatalog.Meta{RequestID: "r1", Time: time.Unix(7, 0)},
			`{"message":"r1 at 7","limit":2,"reset_at":"1970-01-01T00:00:05Z","reset_unix":5,"again":true,"trace":"r1","at":7}`,
		},
		{
			"slots without a value are left out",
			errcatalog.Meta{},
			`{"message":"No trace.","limit":2,"reset_at":"1970-01-01T00:00:05Z","reset_unix":5,"again":true}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := string(w.Reply(err, test.meta).Body); got != test.want {
				t.Errorf("the body is\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestTheLastOfTwoParamsOfOneNameCounts(t *testing.T) {
	t.Parallel()
	c := paramCatalog(t, Param{Type: errcatalog.Integer})
	if got, _ := shown(t, c, slog.Int("p", 1), slog.Int("p", 2)); got != "2" {
		t.Errorf("it is %s", got)
	}
	if got, _ := shown(t, c, slog.Int("p", 1), slog.String("p", "x")); got != "" {
		t.Errorf("it is %s, and the last one is of another type", got)
	}
}

func TestMessagesAreChosenByKindAndHoles(t *testing.T) {
	t.Parallel()
	c := build(t, extend(Entry{
		Code: "denied", Covers: []Kind{errcatalog.Unauthenticated}, Status: 401,
		Params: []Param{{Name: "expires_at"}, {Name: "key_prefix"}},
		Messages: []Message{
			{When: []Kind{errcatalog.CredentialsExpired}, Text: "Expired at {expires_at:unix}."},
			{When: []Kind{errcatalog.KeyExpired, errcatalog.KeyRevoked}, Text: "The key is no longer good."},
			{When: []Kind{errcatalog.CredentialsExpired}, Text: "Expired."},
			{Text: "Denied to {key_prefix}."},
			{Text: "Denied."},
		},
	}))
	at := slog.Time("expires_at", time.Unix(5, 0))
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"the first that fits", errcatalog.TokenExpired.With(at), "Expired at 5."},
		{"a hole that is not filled passes on", errcatalog.TokenExpired, "Expired."},
		{"a kind below the when fits", errcatalog.KeyExpired, "The key is no longer good."},
		{"one of several in the when fits", errcatalog.KeyRevoked.With(at), "The key is no longer good."},
		{"a kind above the when does not", errcatalog.Unauthenticated.With(at), "Denied."},
		{"a kind beside it does not", errcatalog.CredentialsMissing.With(slog.String("key_prefix", "sk_")), "Denied to sk_."},
		{"a code has no kind", Code("denied").With(at), "Denied."},
		{"unless it is given one", Code("denied").With(at).Of(errcatalog.TokenExpired), "Expired at 5."},
		{"a value of another type fills no hole", errcatalog.TokenExpired.With(slog.String("expires_at", "now")), "Expired."},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := c.Resolve(test.err).Message(); got != test.want {
				t.Errorf("it is %q, want %q", got, test.want)
			}
		})
	}
}

func TestNumbersAreWrittenAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	c := paramCatalog(t, Param{Type: errcatalog.Number})
	for _, f := range []float64{0, 1, -1, 0.1, 1e-6, 9.99e-7, 1e-7, 1e-10, 1e20, 1e21, 1.7976931348623157e308, 5e-324, 123456789.125, 1e6} {
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := shown(t, c, slog.Float64("p", f)); got != string(want) {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
}

func TestTheConstructorsOfParams(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		attr slog.Attr
		want string
	}{
		{errcatalog.Strings("p"), "[]string []"},
		{errcatalog.Strings("p", "a", "b"), "[]string [a b]"},
		{errcatalog.Invalid("p", errcatalog.Violation{Field: "f", Reason: "r"}), "[]errcatalog.Violation [{f r []}]"},
		{errcatalog.RawJSON("p", []byte("{}")), "json.RawMessage [123 125]"},
	} {
		if got := fmt.Sprintf("%T %[1]v", test.attr.Value.Any()); got != test.want || test.attr.Key != "p" {
			t.Errorf("%s is %s, want %s", test.attr.Key, got, test.want)
		}
	}
}
