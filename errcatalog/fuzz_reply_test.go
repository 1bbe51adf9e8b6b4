package errcatalog_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

// A feed makes values from the fuzzer's bytes. What is spent is zero.
type feed struct{ data []byte }

func (f *feed) byte() byte {
	if len(f.data) == 0 {
		return 0
	}
	b := f.data[0]
	f.data = f.data[1:]
	return b
}

func (f *feed) bits() uint64 {
	var b [8]byte
	f.data = f.data[copy(b[:], f.data):]
	return binary.LittleEndian.Uint64(b[:])
}

func (f *feed) text() string {
	n := min(int(f.byte()), len(f.data))
	s := string(f.data[:n])
	f.data = f.data[n:]
	if f.byte() == 'L' { // long ones need not be stored
		s = strings.Repeat(s, 300)
	}
	return s
}

func (f *feed) texts() []string {
	list := make([]string, f.byte()%8)
	for i := range list {
		list[i] = f.text()
	}
	return list
}

// fuzzParams are those of the entry "everything", one of every type in every form.
var fuzzParams = []Param{
	{Name: "str", Type: errcatalog.String, Public: true},
	{Name: "short", From: "str", Type: errcatalog.String, Public: true, Max: 3},
	{Name: "label", Type: errcatalog.String, Public: true, As: errcatalog.Label, Labels: map[string]string{"": "none", "a": "\xff\"}{"}},
	{Name: "int", Type: errcatalog.Integer, Public: true},
	{Name: "num", Type: errcatalog.Number, Public: true, Default: slog.Float64Value(0.1)},
	{Name: "flag", Type: errcatalog.Boolean, Public: true},
	{Name: "at", Type: errcatalog.Time, Public: true},
	{Name: "at_unix", From: "at", Type: errcatalog.Time, Public: true, As: errcatalog.Unix},
	{Name: "wait", Type: errcatalog.Duration, Public: true},
	{Name: "wait_words", From: "wait", Type: errcatalog.Duration, Public: true, As: errcatalog.Words},
	{Name: "wait_unit", From: "wait", Type: errcatalog.Duration, Public: true, As: errcatalog.Unit},
	{Name: "list", Type: errcatalog.StringList, Public: true},
	{Name: "list_first", From: "list", Type: errcatalog.StringList, Public: true, As: errcatalog.First},
	{Name: "wrong", Type: errcatalog.Violations, Public: true},
	{Name: "parts", Type: errcatalog.Object, Public: true},
	{Name: "raw", Type: errcatalog.JSON, Public: true},
	{Name: "again", From: "$retryable", Public: true},
	{Name: "trace", From: "$request_id", Public: true},
	{Name: "pinned", Type: errcatalog.String, Public: true},
	{Name: "hidden", Type: errcatalog.String},
}

var fuzzEntry = Entry{
	Code: "everything", Covers: []Kind{errcatalog.Conflict}, Status: 409, Params: fuzzParams,
	Messages: []Message{
		{When: []Kind{errcatalog.Conflict}, Text: "{str} {label:label} {int} {num} {flag} {at} {at:unix} {wait} {wait:words} {wait:unit} {list} {list:first} {hidden} {{}}"},
		{Text: "{str} of {list}"},
		{Text: "{hidden}"},
		{Text: "{trace}: {short}"},
		{Text: "\x00\xff \"nothing\""},
	},
}

func (f *feed) attr(depth int) slog.Attr {
	names := []string{
		"str", "label", "int", "num", "flag", "at", "wait", "list", "wrong", "parts", "raw", "pinned", "hidden",
		"limit", "reset", "retry_after", "window", "challenge", "allow", "accept", "complete_length", "expires_at",
		"required_scopes", "granted_scopes", "violations", "max_bytes", "line", "column", "current_tier", "upgrade_url", "",
	}
	name := f.text()
	if i := int(f.byte()); i < len(names) {
		name = names[i]
	}
	return slog.Attr{Key: name, Value: f.value(depth)}
}

func (f *feed) value(depth int) slog.Value {
	switch f.byte() % 18 {
	case 0:
		return slog.StringValue(f.text())
	case 1:
		return slog.Int64Value(int64(f.bits()))
	case 2:
		return slog.Uint64Value(f.bits())
	case 3:
		return slog.Float64Value(math.Float64frombits(f.bits()))
	case 4:
		return slog.BoolValue(f.byte()&1 == 1)
	case 5:
		return slog.TimeValue(time.Unix(int64(f.bits()), int64(f.bits())))
	case 6:
		return slog.TimeValue(time.Unix(int64(f.bits()%(1<<38)), int64(f.bits()%1e9)).In(time.FixedZone("x", int(f.byte())*600)))
	case 7:
		return slog.DurationValue(time.Duration(f.bits()))
	case 8:
		return slog.AnyValue(f.texts())
	case 9:
		list := make([]errcatalog.Violation, f.byte()%5)
		for i := range list {
			list[i] = errcatalog.Violation{Field: f.text(), Reason: f.text(), Path: f.texts()}
		}
		return slog.AnyValue(list)
	case 10:
		return slog.AnyValue(json.RawMessage(f.text()))
	case 11:
		text, _ := json.Marshal(map[string]any{f.text(): []any{f.text(), f.bits(), nil}})
		return slog.AnyValue(json.RawMessage(text))
	case 12:
		return slog.AnyValue(brackets(int(f.byte())))
	case 13:
		return slog.AnyValue(f.err(depth + 1))
	case 14:
		return slog.Value{}
	case 15:
		return slog.AnyValue([]any{f.text(), map[string]any{f.text(): f.bits()}})
	case 16:
		return nested(int(f.byte())).Value
	}
	if depth > 4 {
		return slog.GroupValue()
	}
	attrs := make([]slog.Attr, f.byte()%6)
	for i := range attrs {
		attrs[i] = f.attr(depth + 1)
	}
	return slog.GroupValue(attrs...)
}

func (f *feed) err(depth int) error {
	kinds := errcatalog.Kinds()
	if depth > 6 {
		return nil
	}
	switch f.byte() % 14 {
	case 0, 1:
		return f.more(kinds[int(f.byte())%len(kinds)].With(), depth)
	case 2, 3, 4:
		return f.more(Code("everything").With(), depth)
	case 5:
		return f.more(errcatalog.Conflict.With(), depth)
	case 6:
		return f.more(Code(f.text()).With(), depth)
	case 7:
		return f.more(Kind(f.text()).With(), depth)
	case 8:
		return kinds[int(f.byte())%len(kinds)]
	case 9:
		return errors.Join(f.err(depth+1), f.err(depth+1))
	case 10:
		return fmt.Errorf("%s: %w", f.text(), f.err(depth+1))
	case 11:
		return &http.MaxBytesError{Limit: int64(f.bits())}
	case 12:
		return (*errcatalog.Error)(nil)
	}
	return errors.New(f.text())
}

// more gives e params and a cause.
func (f *feed) more(e *errcatalog.Error, depth int) *errcatalog.Error {
	for range f.byte() % 12 {
		e = e.With(f.attr(depth + 1))
	}
	if f.byte()&1 == 1 {
		e = e.Because(f.err(depth + 1))
	}
	if f.byte()&3 == 3 {
		e = errcatalog.Standard.Resolve(e)
	}
	return e
}

// A shape is what an object of an envelope has.
type shape struct {
	required []string
	optional []string
	inner    map[string]*shape // of members that are objects of the envelope
	fields   bool              // and the public params
	details  []string          // optional members that are objects of the public params
}

// A contract is a catalogue and what its replies look like.
type contract struct {
	name            string
	w               *Writer
	native, problem *shape
}

func contracts(t testing.TB) []contract {
	make := func(envelope errcatalog.Envelope, media string) *Writer {
		spec := Spec{
			Name: "fuzz", Extends: errcatalog.Standard, Envelope: envelope, MediaType: media, Docs: "https://docs.test/?a=\"b\"",
			Types: map[string]string{"4xx": "client", "5xx": "server"}, Errors: []Entry{fuzzEntry},
			Headers: map[string]string{"X-Error-Code": "$code", "X-Type": "$type", "X-Id": "$request_id"},
		}
		w := &Writer{Catalog: build(t, spec), Rules: errcatalog.CommonRules()}
		silence(w)
		return w
	}
	problem := func(fields bool, optional ...string) *shape {
		return &shape{
			required: []string{"title", "status", "detail", "code"},
			optional: append(optional, "type", "request_id"), fields: fields,
		}
	}
	return []contract{
		{
			"standard", &Writer{},
			&shape{required: []string{"error"}, inner: map[string]*shape{"error": {
				required: []string{"code", "message"}, optional: []string{"request_id"}, details: []string{"details"},
			}}},
			problem(true),
		},
		{"message alone", make(`{"error": $message}`, ""), &shape{required: []string{"error"}}, problem(false)},
		{
			"nested", make(`{"success": false, "meta": {"at": $timestamp, "id": $request_id}?, "error": {"code": $code,
				"more": {"docs": {"url": $docs_url}?, "pin": $pinned?, "details": $fields?}?, "message": $message}, "status": $status, "retryable": $retryable}`, ""),
			&shape{
				required: []string{"success", "error", "status", "retryable"}, optional: []string{"meta"},
				inner: map[string]*shape{
					"meta": {optional: []string{"at", "id"}},
					"error": {required: []string{"code", "message"}, optional: []string{"more"}, inner: map[string]*shape{
						"more": {optional: []string{"docs", "pin"}, inner: map[string]*shape{"docs": {required: []string{"url"}}}, details: []string{"details"}},
					}},
				},
			},
			problem(true, "at", "pin", "retryable"),
		},
		{"problem details", make(errcatalog.ProblemDetails, problemJSON), problem(true), problem(true)},
		{
			"flat", make(`{...$fields, "status": $status, "param": $pinned?, "at_time": $timestamp, "code": $code, "type": $type, "message": $message}`, ""),
			&shape{required: []string{"status", "code", "type", "message"}, optional: []string{"param", "at_time"}, fields: true},
			problem(true, "param", "at_time", "error_type"),
		},
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte{})
	for i := range 14 {
		f.Add([]byte{byte(i), 3, 200, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25})
	}
	for i := range 18 { // every value for every param
		for name := range 13 {
			f.Add(append([]byte{2, 1, 0, 0, byte(name), byte(i), 5}, "a\"\xff\u2028}x\x00\x01"...))
		}
	}
	all := contracts(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		in := &feed{data}
		m := errcatalog.Meta{RequestID: in.text(), Time: time.Unix(int64(in.bits()), 0)}
		docs := in.text()
		err := in.err(0)
		year := m.Time.UTC().Year()
		inSuite := m.RequestID != "" && !m.Time.IsZero() && year >= 0 && year < 10000
		for _, c := range all {
			w := *c.w
			w.DocsURL = docs
			for _, accept := range []string{"", problemJSON} {
				m.Accept = []string{accept}
				reply := w.Reply(err, m)
				form, s := "native", c.native
				if accept != "" {
					form, s = "problem", c.problem
				}
				if fault := c.check(reply, s); fault != "" {
					t.Errorf("%s, %s: %s in\n%s", c.name, form, fault, reply.Body)
				}
				if fault := schemaFault(c.catalog(), reply); fault != "" && inSuite && docs == "" {
					t.Errorf("%s, %s: by its schema %s in\n%s", c.name, form, fault, reply.Body)
				}
				if again := w.Reply(err, m); !bytes.Equal(again.Body, reply.Body) {
					t.Errorf("%s: the second reply is\n%s, the first\n%s", c.name, again.Body, reply.Body)
				}
			}
		}
	})
}

func (c *contract) catalog() *errcatalog.Catalog {
	if c.w.Catalog == nil {
		return errcatalog.Standard
	}
	return c.w.Catalog
}

// check returns what is wrong with a reply.
func (c *contract) check(reply errcatalog.Reply, s *shape) string {
	switch {
	case reply.Status < 400 || reply.Status > 599:
		return fmt.Sprint("the status ", reply.Status)
	case !utf8.Valid(reply.Body):
		return "invalid UTF-8"
	case !json.Valid(reply.Body):
		return "invalid JSON"
	}
	for name, values := range reply.Header {
		for _, v := range values {
			if http.CanonicalHeaderKey(name) != name || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) || strings.TrimSpace(v) != v {
				return fmt.Sprintf("the header %s: %q", name, v)
			}
		}
	}
	entry, ok := c.catalog().Lookup(Code(reply.Header.Get("X-Error-Code")))
	if !ok {
		return "the code of no entry"
	}
	return s.check(reply.Body, reply.Status, entry)
}

// check returns what is wrong with an object of the shape.
func (s *shape) check(text json.RawMessage, status int, e Entry) string {
	members, fault := object(text)
	if fault != "" {
		return fault
	}
	for _, name := range s.required {
		if members[name] == nil {
			return "no member " + name
		}
	}
	for name, value := range members {
		switch {
		case s.inner[name] != nil:
			if fault := s.inner[name].check(value, status, e); fault != "" {
				return fault
			}
		case slices.Contains(s.details, name):
			if fault := (&shape{fields: true}).check(value, status, e); fault != "" || string(value) == "{}" {
				return "details: " + fault
			}
		case name == "status" && string(value) != fmt.Sprint(status):
			return "another status than " + fmt.Sprint(status)
		case slices.Contains(s.required, name), slices.Contains(s.optional, name):
		case s.fields:
			if fault := field(name, value, e); fault != "" {
				return fault
			}
		default:
			return "the member " + name
		}
	}
	return ""
}

// field returns what is wrong with the member of a public param.
func field(name string, value json.RawMessage, e Entry) string {
	i := slices.IndexFunc(e.Params, func(p Param) bool { return p.Name == name || "error_"+p.Name == name })
	if i < 0 || !e.Params[i].Public {
		return "no public param " + name
	}
	p := e.Params[i]
	var v any
	if err := json.Unmarshal(value, &v); err != nil {
		return err.Error()
	}
	kind := fmt.Sprintf("%T", v)
	want := "string"
	switch {
	case p.Type == errcatalog.JSON:
		return ""
	case p.Type == "", p.From == "$retryable": // of a standard param or a slot
		return ""
	case p.Type == errcatalog.Integer, p.Type == errcatalog.Number, p.As == errcatalog.Unix, p.Type == errcatalog.Duration && p.As == "":
		want = "float64"
	case p.Type == errcatalog.Boolean:
		want = "bool"
	case p.Type == errcatalog.StringList && p.As == "", p.Type == errcatalog.Violations:
		want = "[]interface {}"
	case p.Type == errcatalog.Object:
		want = "map[string]interface {}"
		if _, fault := object(value); fault != "" {
			return name + ": " + fault
		}
	}
	if kind != want {
		return fmt.Sprintf("%s is a %s, not a %s", name, kind, want)
	}
	if s, ok := v.(string); ok && utf8.RuneCountInString(s) > 1024 {
		return name + " is too long"
	}
	return ""
}

// object reads one object, whose members must have names of their own.
func object(text json.RawMessage) (map[string]json.RawMessage, string) {
	d := json.NewDecoder(bytes.NewReader(text))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return nil, fmt.Sprintf("no object, but %v", begin)
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err.Error()
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err.Error()
		}
		if members[name.(string)] != nil {
			return nil, fmt.Sprintf("two members %q", name)
		}
		members[name.(string)] = value
	}
	return members, ""
}
