package upgrade_test

import (
	"encoding/hex"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/errtest"
	"github.com/contrite-go/contrite/middleware/upgrade"
	"github.com/contrite-go/contrite/requestid"
)

// fuzzErrors are what programs answer with.
var fuzzErrors = []error{
	errcatalog.Gone, errcatalog.NotFound, errcatalog.Conflict, errcatalog.PayloadTooLarge, errcatalog.Internal, io.ErrUnexpectedEOF,
	errcatalog.MethodNotAllowed.With(errcatalog.Strings("allow", "POST")),
	errcatalog.RateLimited.With(slog.Duration("retry_after", time.Second)),
	errcatalog.RateLimited.With(slog.Duration("retry_after", time.Minute)),
}

// failAs does what the program says, with errors among it and texts that nobody may see.
func failAs(errs *errcatalog.Writer, w http.ResponseWriter, r *http.Request, program []byte) {
	for ; len(program) >= 2; program = program[2:] {
		operand := int(program[1])
		switch program[0] % 7 {
		case 0:
			errs.WriteError(w, r, fuzzErrors[operand%len(fuzzErrors)])
		case 1:
			http.Error(w, secret, 400+operand%200)
		case 2:
			_, _ = io.WriteString(w, secret)
		case 3:
			_, _ = io.WriteString(w, "\n{\"x\":\""+secret+"\"}\n")
		case 4:
			_ = http.NewResponseController(w).Flush()
		case 5:
			w.Header().Set("Etag", secret)
		case 6:
			w.WriteHeader(400 + operand%200)
		}
	}
}

// FuzzErrorsThroughWrappers has handlers fail in a contract's errors and in texts, behind
// two wrappers. Whatever fails is in the contract.
func FuzzErrorsThroughWrappers(f *testing.F) {
	all := maps.Clone(changing)
	maps.Copy(all, hiding)
	names := slices.Sorted(maps.Keys(all))
	errs := &errcatalog.Writer{Report: quiet}
	s := start(f, requestid.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		program, _ := hex.DecodeString(r.Header.Get("X-Program"))
		var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { failAs(errs, w, r, program[2:]) })
		for _, wrapper := range program[:2] {
			h = all[names[int(wrapper)%len(names)]](h)
		}
		upgrade.Replies{OnError: errs.WriteError, Report: func(*http.Request, *upgrade.ReplyError) {}}.Handler(h).ServeHTTP(w, r)
	})), false)
	for i := range names {
		f.Add([]byte{byte(i), byte(i + 1), 0, 0, 2, 0}, false)
		f.Add([]byte{byte(i), byte(i + 2), 1, 10, 0, 0, 3, 0}, false)
		f.Add([]byte{byte(i), byte(i + 3), 0, 3, 4, 0, 0, 4}, true)
		f.Add([]byte{byte(i), byte(i + 4), 5, 0, 6, 30, 0, 5, 2, 0}, true)
	}
	f.Fuzz(func(t *testing.T, program []byte, head bool) {
		if program = program[:min(len(program), 30)]; len(program) < 4 {
			return
		}
		method := http.MethodGet
		if head {
			method = http.MethodHead
		}
		r := request(t, s, method, "/")
		r.Header.Set("X-Program", hex.EncodeToString(program))
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode < 400 {
			return // two wrappers may have packed it, and said so once
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range errtest.Check(nil, resp, body, secret) {
			t.Errorf("%v in %q of %v, through %q and %q", fault, body, resp.Header,
				names[int(program[0])%len(names)], names[int(program[1])%len(names)])
		}
		first := errcatalog.Standard.Resolve(fuzzErrors[int(program[3])%len(fuzzErrors)])
		if code := errcatalog.Code(codeOf(string(body))); program[2]%7 == 0 && !head && code != first.Code() {
			t.Errorf("got %s, and %s came first", code, first.Code())
		}
	})
}
