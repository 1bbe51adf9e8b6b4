package errcatalog_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// logged returns what the default logger got while f ran. The default logger is
// the process's, so no test that calls this runs beside another.
func logged(t *testing.T, f func()) string {
	t.Helper()
	var buf bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&buf, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	defer slog.SetDefault(old)
	f()
	return buf.String()
}

func TestWithoutReportTheDefaultLoggerIsTold(t *testing.T) {
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name string
		ctx  context.Context
		h    func(http.ResponseWriter, *http.Request) error
		want string
	}{
		{"nothing of a client's error", t.Context(), fail(errcatalog.NotFound.Because(errRoot)), ""},
		{"nothing of a client that left", canceled, fail(context.Canceled), ""},
		{"nothing of a client that left after the start", canceled, startThen(context.Canceled), ""},
		{"nothing of a success", t.Context(), fail(nil), ""},
		{
			"the server's error, with its cause", t.Context(), fail(errcatalog.Unavailable.Because(errRoot)),
			`level=ERROR msg="request failed" error.code=service_unavailable error.kind=unavailable error.cause="the root cause"` + "\n",
		},
		{
			"its params", t.Context(), fail(errcatalog.Unavailable.With(slog.Int("n", 1), slog.String("secret", "x"))),
			`level=ERROR msg="request failed" error.code=service_unavailable error.kind=unavailable error.params.n=1 error.params.secret=x` + "\n",
		},
		{
			"an error that no rule knows", t.Context(), fail(errRoot),
			`level=ERROR msg="request failed" error.code=internal_error error.kind=internal error.cause="the root cause" problem="errcatalog: no rule recognizes this error"` + "\n",
		},
		{
			"a client's error after the start", t.Context(), startThen(errcatalog.Gone),
			`level=WARN msg="request failed" error.code=gone error.kind=gone problem="errcatalog: the response had started before the error"` + "\n",
		},
		{
			"a server's error after the start", t.Context(), startThen(errcatalog.Internal),
			`level=ERROR msg="request failed" error.code=internal_error error.kind=internal problem="errcatalog: the response had started before the error"` + "\n",
		},
		{
			"an undeclared code", t.Context(), fail(Code("nothing")),
			`level=ERROR msg="request failed" error.code=internal_error error.kind=internal error.cause=nothing problem="errcatalog: the catalogue does not declare this code"` + "\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := logged(t, func() {
				w := Writer{}
				serve(w.Handle(test.h), get().WithContext(test.ctx))
			})
			if got != test.want {
				t.Errorf("the log is\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func fail(err error) func(http.ResponseWriter, *http.Request) error {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

func startThen(err error) func(http.ResponseWriter, *http.Request) error {
	return func(rw http.ResponseWriter, _ *http.Request) error {
		rw.WriteHeader(200)
		return err
	}
}

func TestWithReportTheDefaultLoggerIsToldNothing(t *testing.T) {
	got := logged(t, func() {
		if _, reports := respond(Writer{}, get(), errRoot); len(reports) != 1 {
			t.Errorf("Report was told %d times", len(reports))
		}
	})
	if got != "" {
		t.Errorf("the log is %s", got)
	}
}

func TestReplyTellsNobody(t *testing.T) {
	got := logged(t, func() {
		w := Writer{}
		w.Reply(errRoot, errcatalog.Meta{})
	})
	if got != "" {
		t.Errorf("the log is %s", got)
	}
	w := Writer{Report: func(context.Context, *errcatalog.Error, error) { t.Error("Report is told") }}
	w.Reply(errRoot, errcatalog.Meta{})
}

func TestTheDefaultLoggerGetsTheRequestsContext(t *testing.T) {
	type key struct{}
	var got []any
	var mu sync.Mutex
	old := slog.Default()
	slog.SetDefault(slog.New(contextHandler{slog.DiscardHandler, func(ctx context.Context) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, ctx.Value(key{}))
	}}))
	defer slog.SetDefault(old)
	w := Writer{}
	r := get()
	serve(w.Always(errcatalog.Internal), r.WithContext(context.WithValue(r.Context(), key{}, "here")))
	if len(got) != 1 || got[0] != "here" {
		t.Errorf("it has %v", got)
	}
}

// A contextHandler hands each record's context on.
type contextHandler struct {
	slog.Handler
	told func(context.Context)
}

func (contextHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h contextHandler) Handle(ctx context.Context, _ slog.Record) error {
	h.told(ctx)
	return nil
}

func TestAReportThatPanicsCostsNoReply(t *testing.T) {
	got := logged(t, func() {
		w := Writer{Report: func(context.Context, *errcatalog.Error, error) { panic("no disk") }}
		if rec := serve(w.Always(errcatalog.NotFound), get()); rec.Code != 404 {
			t.Errorf("it answers %d", rec.Code)
		}
	})
	wantHas(t, got, "the Report panicked")
	wantHas(t, got, "no disk")
}

func TestAnErrorWhoseTextPanicsIsLogged(t *testing.T) {
	got := logged(t, func() {
		w := Writer{}
		rec := serve(w.Always(errors.Join(errRoot, (*errcatalog.Error)(nil))), get())
		if rec.Code != 500 {
			t.Errorf("it answers %d", rec.Code)
		}
	})
	if strings.Contains(strings.ToLower(got), "panic") {
		t.Errorf("the log is %s", got)
	}
	wantHas(t, got, "the root cause")
}
