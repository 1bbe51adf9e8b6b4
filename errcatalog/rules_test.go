package errcatalog_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// unmarshal returns the error of decoding text into a value with typed fields.
func unmarshal(text string) error {
	var v struct {
		N     int
		Small int8
		S     string
		B     bool
		L     []int
		Deep  struct{ N int }
	}
	return json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&v)
}

func TestCommonRules(t *testing.T) {
	t.Parallel()
	_, noFile := os.Open("testdata/there/is/no/such/file")
	for _, test := range []struct {
		name string
		err  error
		kind Kind
	}{
		{"no row is not found", sql.ErrNoRows, errcatalog.NotFound},
		{"no row, wrapped, is not found", fmt.Errorf("agent: %w", sql.ErrNoRows), errcatalog.NotFound},
		{"no file is not found", noFile, errcatalog.NotFound},
		{"a file that must not be read is internal", fs.ErrPermission, errcatalog.Internal},
		{"broken JSON is malformed", unmarshal(`{"N": }`), errcatalog.BodyMalformed},
		{"JSON that breaks off is malformed", unmarshal(`{"N": 1`), errcatalog.BodyMalformed},
		{"no JSON at all is malformed", unmarshal(``), errcatalog.BodyMalformed},
		{"an unexpected end is malformed", io.ErrUnexpectedEOF, errcatalog.BodyMalformed},
		{"a value of another type is not valid", unmarshal(`{"N": "x"}`), errcatalog.ValidationFailed},
		{"a deadline of someone else is the upstream's", context.DeadlineExceeded, errcatalog.UpstreamTimeout},
		{"a server that hangs up on the handler is the upstream's fault", &url.Error{Op: "Post", URL: "http://up.test", Err: io.EOF}, errcatalog.UpstreamInvalid},
		{"so is one that can't be reached", fmt.Errorf("asking: %w", &net.OpError{Op: "dial", Err: errRoot}), errcatalog.UpstreamInvalid},
		{"one that is too slow is a timeout", &url.Error{Op: "Get", Err: context.DeadlineExceeded}, errcatalog.UpstreamTimeout},
		{"an end that is wrapped may be of anything", fmt.Errorf("reading the config: %w", io.EOF), errcatalog.Internal},
		{"a cancellation of someone else is internal", context.Canceled, errcatalog.Internal},
		{"anything else is internal", errRoot, errcatalog.Internal},
		{"a contract error is what it is", fmt.Errorf("%w: %w", sql.ErrNoRows, errcatalog.Gone), errcatalog.Gone},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, reports := respond(Writer{Rules: errcatalog.CommonRules()}, get(), test.err)
			if e := reports[0].err; e.Kind() != test.kind || !errors.Is(e, test.err) {
				t.Errorf("it is %s, because of %v", e.Kind(), e.Unwrap())
			}
		})
	}
}

func TestTheViolationOfAWrongType(t *testing.T) {
	t.Parallel()
	w := Writer{Rules: errcatalog.CommonRules()}
	for _, test := range []struct{ text, want string }{
		{`{"N": "x"}`, `[{"field":"/N","reason":"must not be a string"}]`},
		{`{"S": 1}`, `[{"field":"/S","reason":"must not be a number"}]`},
		{`{"N": true}`, `[{"field":"/N","reason":"must not be a boolean"}]`},
		{`{"S": []}`, `[{"field":"/S","reason":"must not be an array"}]`},
		{`{"L": {}}`, `[{"field":"/L","reason":"must not be an object"}]`},
		{`[]`, `[{"field":"","reason":"must not be an array"}]`},
		{`{"Small": 4111111111111111}`, `[{"field":"/Small","reason":"must not be a number"}]`},
		{`{"Deep": {"N": "x"}}`, `[{"field":"/Deep/N","reason":"must not be a string"}]`},
	} {
		wantHas(t, string(w.Reply(unmarshal(test.text), errcatalog.Meta{}).Body), `"violations":`+test.want)
	}
}

func TestCommonRulesAreOffByDefault(t *testing.T) {
	t.Parallel()
	for _, err := range []error{sql.ErrNoRows, fs.ErrNotExist, io.EOF, unmarshal(`{`), unmarshal(`{"N": "x"}`), context.DeadlineExceeded} {
		if got := errcatalog.Standard.Resolve(err).Code(); got != "internal_error" {
			t.Errorf("%v is %s", err, got)
		}
	}
}

func TestTheRequestsOwnDeadlineIsNoUpstreams(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, reports := respond(Writer{Rules: errcatalog.CommonRules()}, get().WithContext(ctx), ctx.Err())
	if got := reports[0].err.Kind(); got != errcatalog.Timeout {
		t.Errorf("it is %s", got)
	}
}

func TestARuleThatPanicsRecognizesNothing(t *testing.T) {
	t.Parallel()
	w := Writer{Rules: []func(error) error{func(error) error { panic("a rule's fault") }}}
	if reply := w.Reply(errRoot, errcatalog.Meta{}); reply.Status != 500 {
		t.Errorf("got %d, want 500", reply.Status)
	}
}
