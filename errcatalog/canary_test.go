package errcatalog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errcatalog/agenthuman"
	"github.com/contrite-go/contrite/errcatalog/faos"
	"github.com/contrite-go/contrite/errcatalog/onecli"
	"github.com/contrite-go/contrite/errcatalog/so1"
)

// leak is planted wherever a reply must not look.
const leak = "canary7f3a"

// A planted error has the canary in all that is private of it.
type planted struct{ cause error }

func (planted) Error() string   { return "pq: password " + leak }
func (e planted) Unwrap() error { return e.cause }
func (planted) String() string  { return leak }
func (planted) MarshalJSON() ([]byte, error) {
	return []byte(`"` + leak + `"`), nil
}
func (planted) MarshalText() ([]byte, error) { return []byte(leak), nil }
func (planted) LogValue() slog.Value         { return slog.StringValue(leak) }

// mistyped returns a value with the canary that is not of the type.
func mistyped(typ errcatalog.ParamType) slog.Value {
	if typ == errcatalog.String {
		return slog.AnyValue([]string{leak})
	}
	return slog.StringValue(leak)
}

// plant returns occurrences of an entry with the canary in undeclared, mistyped and
// private params.
func plant(e Entry) [][]slog.Attr {
	undeclared := []slog.Attr{
		slog.String("undeclared", leak), slog.String(leak, "x"), slog.String("", leak), slog.String("code", leak),
		slog.String("message", leak), slog.String("request_id", leak), slog.String("type", leak), slog.String("details", leak),
		slog.Group("", slog.String("inlined", leak)), slog.Any("error", planted{}), slog.Group("group", slog.String("a", leak)),
	}
	all := [][]slog.Attr{undeclared}
	for _, p := range e.Params {
		source := p.From
		if source == "" {
			source = p.Name
		}
		typ := p.Type
		if typ == "" {
			typ = errcatalog.StandardType(source)
		}
		for _, v := range []slog.Value{slog.AnyValue(planted{}), slog.AnyValue(&planted{}), slog.AnyValue([]byte(leak)), slog.AnyValue([]any{leak}), slog.AnyValue(map[string]string{leak: leak})} {
			all = append(all, []slog.Attr{{Key: source, Value: v}})
		}
		all = append(all, []slog.Attr{{Key: source, Value: mistyped(typ)}})
		if p.From != "" && p.From != p.Name {
			all = append(all, []slog.Attr{slog.String(p.Name, leak)})
		}
	}
	return all
}

// sightings returns where the canary is in a reply.
func sightings(status int, h http.Header, body []byte) []string {
	var seen []string
	for name, values := range h {
		if strings.Contains(strings.ToLower(name+strings.Join(values, "\n")), leak) {
			seen = append(seen, fmt.Sprintf("%s: %q", name, values))
		}
	}
	if strings.Contains(strings.ToLower(string(body)), leak) {
		seen = append(seen, string(body))
	}
	if status < 400 {
		seen = append(seen, fmt.Sprint("status ", status))
	}
	return seen
}

func TestNoReplyShowsWhatIsPrivate(t *testing.T) {
	t.Parallel()
	cause := planted{fmt.Errorf("deeper %s: %w", leak, context.Canceled)}
	for name, c := range map[string]*errcatalog.Catalog{
		"standard": errcatalog.Standard, "so1": so1.Catalog, "agenthuman": agenthuman.Catalog, "onecli": onecli.Catalog, "faos": faos.Catalog,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &Writer{Catalog: c}
			silence(w)
			wantUnseen := func(what string, err error) {
				for _, accept := range []string{"", problemJSON} {
					reply := w.Reply(err, errcatalog.Meta{RequestID: "r1", Time: time.Unix(1, 0), Accept: []string{accept}})
					if seen := sightings(reply.Status, reply.Header, reply.Body); seen != nil {
						t.Errorf("%s, accepting %q, shows %q", what, accept, seen)
					}
					r := get()
					r.Header.Set("Accept", accept)
					rec := serve(w.Always(err), r)
					if seen := sightings(rec.Code, rec.Header(), rec.Body.Bytes()); seen != nil {
						t.Errorf("%s, accepting %q, sends %q", what, accept, seen)
					}
				}
				if e := c.Resolve(err); strings.Contains(e.Error()+e.Message(), leak) {
					t.Errorf("the text of %s is %q", what, e)
				}
			}
			for _, e := range c.Errors() {
				for i, params := range plant(e) {
					wantUnseen(fmt.Sprint("the code ", e.Code, " with params ", i), e.Code.With(params...).Because(cause))
					for _, k := range e.Covers {
						wantUnseen(fmt.Sprint("the kind ", k, " with params ", i), k.With(params...).Because(cause))
					}
				}
			}
			for what, err := range map[string]error{
				"a foreign error":          cause,
				"a wrapped foreign error":  fmt.Errorf("%s: %w", leak, errRoot),
				"a joined error":           errors.Join(cause, errcatalog.Gone),
				"a wrapped kind":           fmt.Errorf("%s: %w", leak, errcatalog.Conflict),
				"an undeclared code":       Code(leak),
				"an undeclared occurrence": Code(leak).With(slog.String(leak, leak)).Because(cause),
				"an unknown kind":          Kind(leak),
				"a body over the limit":    fmt.Errorf("%s: %w", leak, &http.MaxBytesError{Limit: 5}),
				"an error of another":      errcatalog.Standard.Resolve(errcatalog.Internal.Because(cause)),
			} {
				wantUnseen(what, err)
			}
		})
	}
}

func TestPrivateParamsAreSeenInMessagesAlone(t *testing.T) {
	t.Parallel()
	spec := extend(Entry{
		Code: "p", Status: 400,
		Params: []Param{
			{Name: "secret", Type: errcatalog.String},
			{Name: "spoken", Type: errcatalog.String},
			{Name: "labelled", Type: errcatalog.String, Public: true, As: errcatalog.Label, Labels: map[string]string{"a": "fine"}},
			{Name: "firsts", Type: errcatalog.StringList, Public: true, As: errcatalog.First},
		},
		Messages: []Message{{Text: "It is {spoken}."}, {Text: "It is nothing."}},
	})
	spec.Envelope = `{"message": $message, "secret": $secret?, ...$fields, "all": $fields}`
	c := build(t, spec)
	for _, accept := range []string{"", problemJSON} {
		for _, params := range [][]slog.Attr{
			{slog.String("secret", leak)},
			{slog.String("labelled", leak)},
			{errcatalog.Strings("firsts", "a", leak)},
			{slog.String("secret", leak), slog.String("spoken", "x")},
			{slog.String("spoken", leak), slog.Int("spoken", 1)},
		} {
			if got := body(c, Code("p").With(params...), accept); strings.Contains(got, leak) {
				t.Errorf("given %v it is %s", params, got)
			}
		}
		if got := body(c, Code("p").With(slog.String("spoken", leak)), accept); strings.Count(got, leak) != 1 {
			t.Errorf("a param of a message stands elsewhere too: %s", got)
		}
	}
}

func TestNoReplyShowsWhatARuleOrTheContextHides(t *testing.T) {
	t.Parallel()
	cause := planted{}
	w := Writer{Rules: append(errcatalog.CommonRules(), func(err error) error {
		return errcatalog.Conflict.With(slog.String("undeclared", err.Error())).Because(err)
	})}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errcatalog.Maintenance.With(slog.String("undeclared", leak)).Because(cause))
	for _, r := range []*http.Request{get(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/"+leak, nil)} {
		for _, err := range []error{cause, fmt.Errorf("%w: %w", cause, context.Canceled), unmarshal(`{"` + leak)} {
			rec, _ := respond(w, r, err)
			if seen := sightings(rec.Code, rec.Header(), rec.Body.Bytes()); seen != nil {
				t.Errorf("%v shows %q", err, seen)
			}
		}
	}
}
