package errcatalog_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
)

// line returns k and the kinds above it.
func line(k Kind) []Kind {
	var above []Kind
	for ; k != ""; k = k.Parent() {
		above = append(above, k)
	}
	return above
}

func TestKindsAreATree(t *testing.T) {
	t.Parallel()
	kinds := errcatalog.Kinds()
	seen := map[Kind]bool{}
	root := Kind("")
	for _, k := range kinds {
		if seen[k] {
			t.Errorf("%s stands twice", k)
		}
		if p := k.Parent(); p != "" && !seen[p] {
			t.Errorf("%s stands before its parent %s", k, p)
		}
		seen[k] = true

		above := line(k)
		if k.Parent() == "" {
			root = k
		}
		if last := above[len(above)-1]; last != root {
			t.Errorf("%s is of %s, and stands among those of %s", k, last, root)
		}
	}
	if len(kinds) < 50 {
		t.Errorf("%d kinds are too few to be all", len(kinds))
	}
}

func TestKindsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	errcatalog.Kinds()[0] = "spoilt"
	if got := errcatalog.Kinds()[0]; got != errcatalog.BadRequest {
		t.Errorf("the first kind is %s", got)
	}
}

func TestWhatIsNoKindHasNoParent(t *testing.T) {
	t.Parallel()
	if p := Kind("no_kind").Parent(); p != "" {
		t.Errorf("its parent is %s", p)
	}
}

var kindOfStatus = map[int]Kind{
	400: errcatalog.BadRequest, 401: errcatalog.Unauthenticated, 402: errcatalog.PaymentRequired,
	403: errcatalog.Forbidden, 404: errcatalog.NotFound, 405: errcatalog.MethodNotAllowed,
	406: errcatalog.NotAcceptable, 408: errcatalog.RequestTimeout, 409: errcatalog.Conflict,
	410: errcatalog.Gone, 411: errcatalog.LengthRequired, 412: errcatalog.PreconditionFailed,
	413: errcatalog.PayloadTooLarge, 414: errcatalog.URITooLong, 415: errcatalog.UnsupportedMediaType,
	416: errcatalog.RangeNotSatisfiable, 417: errcatalog.ExpectationFailed, 421: errcatalog.MisdirectedRequest,
	422: errcatalog.Unprocessable, 423: errcatalog.Locked, 424: errcatalog.FailedDependency,
	425: errcatalog.TooEarly, 426: errcatalog.UpgradeRequired, 428: errcatalog.PreconditionRequired,
	429: errcatalog.RateLimited, 431: errcatalog.HeadersTooLarge, 451: errcatalog.LegallyUnavailable,
	499: errcatalog.ClientClosed, 500: errcatalog.Internal, 501: errcatalog.NotImplemented,
	502: errcatalog.UpstreamInvalid, 503: errcatalog.Unavailable, 504: errcatalog.Timeout,
	505: errcatalog.VersionNotSupported,
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	reached := map[Kind]bool{}
	for status := 400; status <= 599; status++ {
		want := kindOfStatus[status]
		if want == "" {
			want = errcatalog.Internal
			if status < 500 {
				want = errcatalog.BadRequest
			}
		}
		got := errcatalog.KindOf(status)
		if got != want {
			t.Errorf("KindOf(%d) is %s, want %s", status, got, want)
		}
		reached[got] = true
	}
	for _, root := range roots() {
		if !reached[root] {
			t.Errorf("no status stands for the root %s", root)
		}
	}
	for _, status := range []int{-1, 0, 200, 304, 399, 600, 999} {
		if got := errcatalog.KindOf(status); got != errcatalog.Internal {
			t.Errorf("KindOf(%d) is %s, want internal", status, got)
		}
	}
}

// inForms returns err as handlers return it: as it is, wrapped and joined.
func inForms(err error) map[string]error {
	return map[string]error{
		"as it is": err,
		"wrapped":  fmt.Errorf("reading: %w", err),
		"joined":   errors.Join(errRoot, err),
		"deep":     fmt.Errorf("a: %w", errors.Join(errRoot, fmt.Errorf("b: %w", err))),
	}
}

func TestErrorsIsFindsTheKindAndThoseAboveIt(t *testing.T) {
	t.Parallel()
	for _, k := range errcatalog.Kinds() {
		above := line(k)
		for what, err := range map[string]error{"kind": k, "With": k.With(), "Because": k.Because(errRoot)} {
			for form, err := range inForms(err) {
				if errors.Is(err, Code("")) || errors.Is(err, Kind("")) {
					t.Errorf("%s of %s, %s: it is what has no name", what, k, form)
				}
				for _, target := range errcatalog.Kinds() {
					if got, want := errors.Is(err, target), slices.Contains(above, target); got != want {
						t.Errorf("%s of %s, %s: errors.Is(%s) is %v", what, k, form, target, got)
					}
				}
			}
		}
	}
}

func TestErrorsIsFindsTheCode(t *testing.T) {
	t.Parallel()
	const code, other Code = "agent_not_found", "agent_not_active"
	for what, err := range map[string]error{"code": code, "With": code.With(), "Because": code.Because(errRoot)} {
		for form, err := range inForms(err) {
			if !errors.Is(err, code) {
				t.Errorf("%s, %s: the code is not found", what, form)
			}
			for _, target := range []error{other, Code(""), Kind(""), errcatalog.NotFound, Kind("agent_not_found")} {
				if errors.Is(err, target) {
					t.Errorf("%s, %s: %q is found", what, form, target)
				}
			}
		}
	}
}

func TestAResolvedErrorIsItsCodeAndItsKind(t *testing.T) {
	t.Parallel()
	err := errcatalog.Standard.Resolve(errcatalog.KeyExpired)
	for _, target := range []error{Code("expired_credentials"), errcatalog.KeyExpired, errcatalog.Unauthenticated} {
		if !errors.Is(err, target) {
			t.Errorf("%q is not found", target)
		}
	}
	if errors.Is(err, Code("missing_credentials")) {
		t.Error("the code of another entry is found")
	}
}

func TestAKindIsNotAnotherErrorOfThatText(t *testing.T) {
	t.Parallel()
	if errors.Is(errcatalog.NotFound, errors.New("not_found")) || errors.Is(errcatalog.NotFound.With(), errors.New("not_found")) {
		t.Error("the text alone is found")
	}
}
