package errcatalog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

func TestTheTextOfAnError(t *testing.T) {
	t.Parallel()
	limited := errcatalog.PayloadTooLarge.With(slog.Int("max_bytes", 10))
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"a kind's is its name", errcatalog.NotFound, "not_found"},
		{"a code's is the code", Code("agent_not_found"), "agent_not_found"},
		{"an occurrence of a kind has the kind's", errcatalog.NotFound.With(), "not_found"},
		{"an occurrence of a code has the code's", Code("agent_not_found").With(), "agent_not_found"},
		{"the cause is left out", errcatalog.NotFound.Because(io.EOF), "not_found"},
		{"params are left out", limited, "payload_too_large"},
		{
			"a resolved one has code and message", errcatalog.Standard.Resolve(limited),
			"payload_too_large: The request body is larger than 10 bytes.",
		},
		{
			"a resolved one leaves the cause out", errcatalog.Standard.Resolve(limited.Because(io.EOF)),
			"payload_too_large: The request body is larger than 10 bytes.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.err.Error(); got != test.want {
				t.Errorf("it is %q, want %q", got, test.want)
			}
		})
	}
}

func TestBecauseAndWithMakeCopies(t *testing.T) {
	t.Parallel()
	base := errcatalog.NotFound.With(slog.String("a", "1"))
	for _, name := range []string{"b", "c"} { // whose slice has room for more
		base = base.With(slog.String(name, "1"))
	}
	caused, more := base.Because(io.EOF), base.With(slog.String("d", "2"))
	other := base.With(slog.String("d", "3"))
	if errors.Unwrap(base) != nil || len(base.Params()) != 3 {
		t.Errorf("the base changed: %v, %v", base.Params(), errors.Unwrap(base))
	}
	if !errors.Is(caused, io.EOF) || len(caused.Params()) != 3 {
		t.Errorf("Because lost something: %v", caused.Params())
	}
	if got := more.Params()[3].Value.String(); got != "2" {
		t.Errorf("two copies share their params: d is %s", got)
	}
	if got := other.Params()[3].Value.String(); got != "3" {
		t.Errorf("d is %s", got)
	}
	if of := base.Of(errcatalog.RouteNotFound); of.Kind() != errcatalog.RouteNotFound || base.Kind() != errcatalog.NotFound || len(of.Params()) != 3 {
		t.Errorf("Of makes %s of %s", of.Kind(), base.Kind())
	}
	if got := caused.Because(io.ErrClosedPipe); errors.Is(got, io.EOF) {
		t.Error("the old cause is still there")
	}
}

func TestParamsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	e := errcatalog.NotFound.With(slog.String("a", "1"))
	e.Params()[0] = slog.String("a", "spoilt")
	if got := e.Params()[0].Value.String(); got != "1" {
		t.Errorf("a is %s", got)
	}
}

func TestWhatACatalogueResolves(t *testing.T) {
	t.Parallel()
	e := errcatalog.RateLimited.With(slog.Int("limit", 5))
	if e.Kind() != errcatalog.RateLimited || e.Code() != "" || e.Status() != 0 || e.Message() != "" {
		t.Errorf("before: %q, %q, %d, %q", e.Kind(), e.Code(), e.Status(), e.Message())
	}
	r := errcatalog.Standard.Resolve(e)
	if r.Kind() != errcatalog.RateLimited || r.Code() != "rate_limited" || r.Status() != 429 ||
		r.Message() != "There were too many requests." || len(r.Params()) != 1 {
		t.Errorf("after: %q, %q, %d, %q, %v", r.Kind(), r.Code(), r.Status(), r.Message(), r.Params())
	}
	if e.Code() != "" || e.Status() != 0 {
		t.Error("Resolve changed the error it was given")
	}
}

func TestTheLogValue(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("saving: %w", errcatalog.Conflict.Because(errRoot))
	for _, test := range []struct {
		name string
		err  *errcatalog.Error
		want string
	}{
		{"a kind alone", errcatalog.NotFound.With(), `{"kind":"not_found"}`},
		{"a code alone", Code("agent_not_found").With(), `{"code":"agent_not_found"}`},
		{
			"params as they are", errcatalog.NotFound.With(slog.Int("n", 1), slog.String("id", "x")),
			`{"kind":"not_found","params":{"n":1,"id":"x"}}`,
		},
		{
			"the private cause", errcatalog.NotFound.Because(errRoot),
			`{"kind":"not_found","cause":"the root cause"}`,
		},
		{
			"a contract error as the cause", errcatalog.NotFound.Because(errcatalog.Conflict.Because(errRoot)),
			`{"kind":"not_found","cause":{"kind":"conflict","cause":"the root cause"}}`,
		},
		{
			"the cause of a wrapped contract error that is the cause", errcatalog.NotFound.Because(wrapped),
			`{"kind":"not_found","cause":"saving: conflict: the root cause"}`,
		},
		{
			"a resolved error", errcatalog.Standard.Resolve(errcatalog.RouteNotFound),
			`{"code":"route_not_found","kind":"route_not_found"}`,
		},
		{
			"the cause of a wrapped contract error", errcatalog.Standard.Resolve(wrapped),
			`{"code":"conflict","kind":"conflict","cause":"saving: conflict: the root cause"}`,
		},
		{
			"the cause of a wrapped error that the catalogue lacks",
			errcatalog.Standard.Resolve(fmt.Errorf("saving: %w", Code("gone_fishing").Because(errRoot))),
			`{"code":"internal_error","kind":"internal","cause":"saving: gone_fishing: the root cause"}`,
		},
		{
			"a cause three wrappers deep",
			errcatalog.Standard.Resolve(fmt.Errorf("a: %w", errcatalog.Gone.Because(fmt.Errorf("b: %w", wrapped)))),
			`{"code":"gone","kind":"gone","cause":"a: gone: b: saving: conflict: the root cause"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var line struct{ Error json.RawMessage }
			if err := json.Unmarshal([]byte(asJSON(test.err)), &line); err != nil {
				t.Fatal(err)
			}
			if got := string(line.Error); got != test.want {
				t.Errorf("it is\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestTheLogValueShowsEveryJoinedCause(t *testing.T) {
	t.Parallel()
	joined := errors.Join(errcatalog.NotFound.Because(errors.New("first cause")), errcatalog.Conflict.Because(errors.New("second cause")))
	wantHas(t, asJSON(errcatalog.Standard.Resolve(joined)), "first cause", "second cause")
}

func TestTheCauseOfTheLogValueIsStillAnError(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("saving: %w", errcatalog.Conflict.Because(io.EOF))
	for _, a := range errcatalog.NotFound.Because(wrapped).LogValue().Group() {
		if a.Key == "cause" {
			if err, ok := a.Value.Any().(error); !ok || !errors.Is(err, io.EOF) || !errors.Is(err, wrapped) {
				t.Errorf("it is %v", a.Value)
			}
		}
	}
}

func TestANilErrorIsHarmless(t *testing.T) {
	t.Parallel()
	var e *errcatalog.Error
	if e.Error() == "" || e.Unwrap() != nil || errors.Is(e, errcatalog.NotFound) || errors.Is(e, Code("x")) {
		t.Error("a nil *Error is something")
	}
	if line := asJSON(e); strings.Contains(line, "panic") {
		t.Error(line)
	}
	for _, cause := range []error{e, (*fs.PathError)(nil), fmt.Errorf("a: %w", (*fs.PathError)(nil))} {
		line := asJSON(errcatalog.Internal.Because(cause))
		if strings.Contains(strings.ToLower(line), "panic") || !strings.Contains(line, `"kind":"internal"`) {
			t.Error(line)
		}
	}
}
