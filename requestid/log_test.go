package requestid_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/contrite-go/contrite/internal/reqstate"
	"github.com/contrite-go/contrite/requestid"
)

// serving is the context of a request with the ID "r1".
var serving context.Context = &reqstate.State{Context: context.Background(), RequestID: "r1"}

func TestLogHandlerIsAProperHandler(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		with func(slog.Handler) slog.Handler
	}{
		{"outside any request", func(h slog.Handler) slog.Handler { return h }},
		{"within a request", func(h slog.Handler) slog.Handler { return within{h} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var buf bytes.Buffer
			h := tt.with(requestid.LogHandler(slog.NewJSONHandler(&buf, nil)))
			if err := slogtest.TestHandler(h, func() []map[string]any { return lines(t, &buf) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// within logs everything in the name of a request, where slogtest has none.
type within struct{ slog.Handler }

func (w within) Handle(_ context.Context, r slog.Record) error { return w.Handler.Handle(serving, r) }

func (w within) WithAttrs(attrs []slog.Attr) slog.Handler { return within{w.Handler.WithAttrs(attrs)} }

func (w within) WithGroup(name string) slog.Handler { return within{w.Handler.WithGroup(name)} }

func lines(t *testing.T, r io.Reader) (all []map[string]any) {
	for d := json.NewDecoder(r); d.More(); {
		var line map[string]any
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

func TestLogLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		log  func(*slog.Logger)
		want string
	}{
		{"the ID is added", func(l *slog.Logger) { l.InfoContext(serving, "m") }, `"request_id":"r1"`},
		{"after the record's own", func(l *slog.Logger) { l.InfoContext(serving, "m", "a", 1) }, `"a":1,"request_id":"r1"`},
		{"after the logger's", func(l *slog.Logger) { l.With("b", 2).InfoContext(serving, "m") }, `"b":2,"request_id":"r1"`},
		{"with many attributes", func(l *slog.Logger) { l.InfoContext(serving, "m", "a", 1, "b", 2, "c", 3, "d", 4, "e", 5, "f", 6) }, `"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"request_id":"r1"`},

		{"outside a group", func(l *slog.Logger) { l.WithGroup("g").InfoContext(serving, "m", "a", 1) }, `"request_id":"r1","g":{"a":1}`},
		{"outside a group that stays empty", func(l *slog.Logger) { l.WithGroup("g").InfoContext(serving, "m") }, `"request_id":"r1"`},
		{"outside two groups", func(l *slog.Logger) { l.WithGroup("g").WithGroup("h").InfoContext(serving, "m", "a", 1) }, `"request_id":"r1","g":{"h":{"a":1}}`},
		{"with attributes at every level", func(l *slog.Logger) {
			l.With("b", 2).WithGroup("g").With("c", 3).WithGroup("h").With("d", 4).InfoContext(serving, "m", "a", 1)
		}, `"b":2,"request_id":"r1","g":{"c":3,"h":{"d":4,"a":1}}`},
		{"a group without a name is none", func(l *slog.Logger) { l.WithGroup("").InfoContext(serving, "m", "a", 1) }, `"a":1,"request_id":"r1"`},

		{"without a request nothing is added", func(l *slog.Logger) { l.InfoContext(context.Background(), "m", "a", 1) }, `"a":1`},
		{"nor to a group", func(l *slog.Logger) { l.WithGroup("g").InfoContext(context.Background(), "m", "a", 1) }, `"g":{"a":1}`},
		{"nor without a context", func(l *slog.Logger) { l.Info("m", "a", 1) }, `"a":1`},
		{"the level is the handler's", func(l *slog.Logger) { l.DebugContext(serving, "m") }, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var buf bytes.Buffer
			tt.log(logger(&buf))
			got := strings.TrimPrefix(strings.TrimSpace(buf.String()), `{"level":"INFO","msg":"m",`)
			if got = strings.TrimSuffix(got, "}"); got != tt.want {
				t.Errorf("logged %s, want %s", got, tt.want)
			}
		})
	}
}

func logger(w io.Writer) *slog.Logger {
	return slog.New(requestid.LogHandler(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: withoutTime})))
}

// Loggers made from one another share what they have in common, and nothing else.
func TestLoggersDoNotMix(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	parent := logger(&buf).WithGroup("g").With("p", 0).With("q", 0)
	a, b := parent.With("a", 1), parent.With("b", 2)
	a.InfoContext(serving, "m")
	b.InfoContext(serving, "m")
	parent.InfoContext(serving, "m")
	want := `{"level":"INFO","msg":"m","request_id":"r1","g":{"p":0,"q":0,"a":1}}
{"level":"INFO","msg":"m","request_id":"r1","g":{"p":0,"q":0,"b":2}}
{"level":"INFO","msg":"m","request_id":"r1","g":{"p":0,"q":0}}
`
	if got := buf.String(); got != want {
		t.Errorf("logged\n%swant\n%s", got, want)
	}
}

// A record may be given to several handlers: what one adds must not reach another.
func TestTheRecordOfOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	var r slog.Record
	for range 8 { // Three of them are in a slice that has room for a fourth.
		r.Add("a", 1)
	}
	h := requestid.LogHandler(slog.NewJSONHandler(io.Discard, nil))
	if err := h.Handle(serving, r); err != nil {
		t.Fatal(err)
	}
	other := r
	other.AddAttrs(slog.Int("b", 2)) // It tells of a slot that was taken.
	var keys []string
	other.Attrs(func(a slog.Attr) bool {
		keys = append(keys, a.Key)
		return true
	})
	if got := strings.Join(keys, ""); got != "aaaaaaaab" {
		t.Errorf("the record has the keys %s", got)
	}
}

// A handler owns the attributes it is given, and may do with them what it likes.
func TestAttributesAreGivenOnce(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	h := greedy{slog.NewJSONHandler(&buf, &slog.HandlerOptions{ReplaceAttr: withoutTime})}
	l := slog.New(requestid.LogHandler(h)).WithGroup("g").With("a", 1)
	l.InfoContext(serving, "m")
	l.InfoContext(serving, "m")
	line := `{"level":"INFO","msg":"m","request_id":"r1","g":{"a":1}}` + "\n"
	if got := buf.String(); got != line+line {
		t.Errorf("logged\n%swant twice\n%s", got, line)
	}
}

// A greedy handler spoils the attributes that it was given.
type greedy struct{ slog.Handler }

func (g greedy) WithGroup(name string) slog.Handler { return greedy{g.Handler.WithGroup(name)} }
func (g greedy) WithAttrs(attrs []slog.Attr) slog.Handler {
	h := g.Handler.WithAttrs(attrs)
	clear(attrs)
	return greedy{h}
}

func TestWithNothingIsTheSameHandler(t *testing.T) {
	t.Parallel()
	h := requestid.LogHandler(slog.DiscardHandler)
	if h.WithGroup("") != h || h.WithAttrs(nil) != h {
		t.Error("another handler was returned")
	}
}

func TestARecordThatHasTheIDIsLeftAlone(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	logger := slog.New(requestid.LogHandler(slog.NewTextHandler(&buf, nil)))
	logger.InfoContext(serving, "served", "status", 200, "request_id", "r1")
	if n := strings.Count(buf.String(), "request_id"); n != 1 {
		t.Errorf("the ID stands there %d times: %s", n, &buf)
	}
}
