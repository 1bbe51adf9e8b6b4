package errcatalog_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
)

func TestCapsOfStrings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		most int
		s    string
		want string
	}{
		{"a shorter one stays", 5, "abcd", "abcd"},
		{"one as long as the cap stays", 5, "abcde", "abcde"},
		{"a longer one is cut", 5, "abcdef", "abcd…"},
		{"characters count, not bytes", 5, "äöüßé", "äöüßé"},
		{"a longer one is cut between characters", 5, "äöüßéx", "äöüß…"},
		{"those of four bytes too", 2, "😀😀😀", "😀…"},
		{"invalid bytes count as characters", 3, "\xff\xff\xff\xff", "\ufffd\ufffd…"},
		{"a cap of one leaves the ellipsis", 1, "ab", "…"},
		{"an empty one stays", 1, "", ""},
		{"the default is 1024", 0, strings.Repeat("ä", 1024), strings.Repeat("ä", 1024)},
		{"and cuts what is longer", 0, strings.Repeat("ä", 1025), strings.Repeat("ä", 1023) + "…"},
		{"a megabyte is cut", 0, strings.Repeat("x", 1<<20), strings.Repeat("x", 1023) + "…"},
		{"a larger cap counts", 2000, strings.Repeat("x", 2000), strings.Repeat("x", 2000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := paramCatalog(t, Param{Type: errcatalog.String, Max: test.most})
			got := decode(t, []byte(body(c, Code("p").With(slog.String("p", test.s)))))
			if got["p"] != test.want {
				t.Errorf("the member is %q, want %q", got["p"], test.want)
			}
			if want := "It is " + test.want + "."; test.want != "" && got["message"] != want {
				t.Errorf("the message is %q, want %q", got["message"], want)
			}
		})
	}
}

func TestALabelIsCutToo(t *testing.T) {
	t.Parallel()
	c := paramCatalog(t, Param{Type: errcatalog.String, As: errcatalog.Label, Max: 4, Labels: map[string]string{"x": "abcdef"}})
	if got, text := shown(t, c, slog.String("p", "x")); got != `"abc…"` || text != "abc…" {
		t.Errorf("it is %s and %q", got, text)
	}
}

// many returns n strings.
func many(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("s", i)
	}
	return list
}

func TestCapsOfLists(t *testing.T) {
	t.Parallel()
	count := func(member string) int {
		var list []any
		if err := json.Unmarshal([]byte(member), &list); err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	violations := make([]errcatalog.Violation, 150)
	for i := range violations {
		violations[i] = errcatalog.Violation{Field: fmt.Sprint(i), Path: many(150)}
	}
	for _, test := range []struct {
		name string
		typ  errcatalog.ParamType
		most int
		attr slog.Attr
		want int
	}{
		{"strings, by default 100", errcatalog.StringList, 0, errcatalog.Strings("p", many(150)...), 100},
		{"strings, fewer", errcatalog.StringList, 0, errcatalog.Strings("p", many(99)...), 99},
		{"strings, by a cap", errcatalog.StringList, 3, errcatalog.Strings("p", many(150)...), 3},
		{"strings, by a larger cap", errcatalog.StringList, 200, errcatalog.Strings("p", many(150)...), 150},
		{"violations, by default 100", errcatalog.Violations, 0, errcatalog.Invalid("p", violations...), 100},
		{"violations, by a cap", errcatalog.Violations, 3, errcatalog.Invalid("p", violations...), 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := paramCatalog(t, Param{Type: test.typ, Max: test.most})
			got, text := shown(t, c, test.attr)
			if n := count(got); n != test.want {
				t.Errorf("there are %d", n)
			}
			if test.typ == errcatalog.StringList && strings.Count(text, ", ") != test.want-1 {
				t.Errorf("the message says %s", text)
			}
		})
	}
	t.Run("a long string in a list is cut", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("ä", 2000)
		for typ, attr := range map[errcatalog.ParamType]slog.Attr{
			errcatalog.StringList: errcatalog.Strings("p", long),
			errcatalog.Violations: errcatalog.Invalid("p", errcatalog.Violation{Field: long, Reason: long, Path: []string{long}}),
			errcatalog.Object:     slog.Group("p", slog.String("x", long), errcatalog.Strings("y", long)),
		} {
			got, _ := shown(t, paramCatalog(t, Param{Type: typ}), attr)
			for s := range strings.SplitSeq(got, `"`) {
				if n := utf8.RuneCountInString(s); n > 1024 {
					t.Errorf("%s: a string has %d characters", typ, n)
				}
			}
			wantHas(t, got, strings.Repeat("ä", 1023)+"…")
		}
	})
}

func TestCapsOfObjects(t *testing.T) {
	t.Parallel()
	attrs := make([]slog.Attr, 150)
	for i, name := range many(150) {
		attrs[i] = slog.Int(name, i)
	}
	for most, want := range map[int]int{0: 100, 3: 3, 200: 150} {
		got, _ := shown(t, paramCatalog(t, Param{Type: errcatalog.Object, Max: most}), slog.Attr{Key: "p", Value: slog.GroupValue(attrs...)})
		if n := len(decode(t, []byte(got))); n != want {
			t.Errorf("with the cap %d there are %d", most, n)
		}
	}
}

func TestCapsOfRawJSON(t *testing.T) {
	t.Parallel()
	text := func(n int) json.RawMessage { return json.RawMessage(`"` + strings.Repeat("x", n-2) + `"`) }
	for _, test := range []struct {
		name      string
		most, n   int
		wantShown bool
	}{
		{"as long as the default", 0, 64 << 10, true},
		{"longer than the default", 0, 64<<10 + 1, false},
		{"as long as the cap", 10, 10, true},
		{"longer than the cap", 10, 11, false},
		{"longer than the default, under the cap", 1 << 20, 100 << 10, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := paramCatalog(t, Param{Type: errcatalog.JSON, Max: test.most})
			got, _ := shown(t, c, errcatalog.RawJSON("p", text(test.n)))
			if (got != "") != test.wantShown {
				t.Errorf("%d bytes are shown", len(got))
			}
		})
	}
	t.Run("in an object the default counts", func(t *testing.T) {
		t.Parallel()
		c := paramCatalog(t, Param{Type: errcatalog.Object})
		got, _ := shown(t, c, slog.Group("p", errcatalog.RawJSON("good", text(64<<10)), errcatalog.RawJSON("long", text(64<<10+1))))
		m := decode(t, []byte(got))
		if m["good"] == nil || m["long"] != nil {
			t.Errorf("there are %d bytes", len(got))
		}
	})
}

// brackets is an array in n arrays.
func brackets(n int) json.RawMessage {
	return json.RawMessage(strings.Repeat("[", n) + strings.Repeat("]", n))
}

func TestRawJSONThatNestsTooDeepCountsAsAbsent(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]bool{1: true, 64: true, 65: false, 9999: false, 20000: false} {
		for _, text := range []json.RawMessage{brackets(depth), json.RawMessage(strings.Repeat(`{"[":`, depth) + "0" + strings.Repeat("}", depth))} {
			got, _ := shown(t, paramCatalog(t, Param{Type: errcatalog.JSON, Max: 1 << 20}), errcatalog.RawJSON("p", text))
			if (got != "") != want {
				t.Errorf("one of depth %d: %.20s", depth, got)
			}
		}
	}
	got, _ := shown(t, paramCatalog(t, Param{Type: errcatalog.JSON}), errcatalog.RawJSON("p", json.RawMessage(`"`+strings.Repeat(`[\"{`, 100)+`"`)))
	if got == "" {
		t.Error("brackets in a string count")
	}
}

// nested is an object in n objects.
func nested(n int) slog.Attr {
	a := slog.Int("leaf", 1)
	for range n {
		a = slog.Attr{Key: "g", Value: slog.GroupValue(a)}
	}
	a.Key = "p"
	return a
}

func TestAnObjectThatNestsTooDeepEndsInNull(t *testing.T) {
	t.Parallel()
	c := paramCatalog(t, Param{Type: errcatalog.Object})
	for n, whole := range map[int]bool{1: true, 17: true, 18: false, 100: false, 10000: false} {
		got, _ := shown(t, c, nested(n))
		if strings.Contains(got, "leaf") != whole || strings.Contains(got, "null") == whole {
			t.Errorf("one of depth %d is %s", n, got)
		}
		if depth := strings.Count(got, "{"); depth > 17 {
			t.Errorf("one of depth %d nests %d deep", n, depth)
		}
	}
}

func TestObjects(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 1025)
	for _, test := range []struct {
		name string
		attr slog.Attr
		want string
	}{
		{
			"of every type", slog.Group("p",
				slog.String("s", "x"), slog.Int("i", -1), slog.Uint64("u", 1), slog.Float64("f", 1.5), slog.Bool("b", true),
				slog.Duration("d", 1500), errcatalog.Strings("l", "a"), errcatalog.Invalid("v", errcatalog.Violation{Field: "f", Reason: "r"}),
				slog.Group("g", slog.Int("n", 1)), errcatalog.RawJSON("j", []byte("[1]"))),
			`{"s":"x","i":-1,"u":1,"f":1.5,"b":true,"d":1,"l":["a"],"v":[{"field":"f","reason":"r"}],"g":{"n":1},"j":[1]}`,
		},
		{
			"what is of no type is null", slog.Group("p", slog.Any("n", nil), slog.Any("e", errRoot), slog.Any("b", []byte("x")), slog.Any("v", logValuer{})),
			`{"n":null,"e":null,"b":null,"v":null}`,
		},
		{"broken raw JSON is null", slog.Group("p", errcatalog.RawJSON("j", []byte("{"))), `{"j":null}`},
		{"the last of one name counts", slog.Group("p", slog.Int("a", 1), slog.Int("b", 2), slog.Int("a", 3)), `{"b":2,"a":3}`},
		{"one without a name is left out", slog.Group("p", slog.Int("", 1), slog.Int("b", 2)), `{"b":2}`},
		{"a name that is not UTF-8 is left out", slog.Group("p", slog.Int("\xff", 1), slog.Int("\xfe", 2), slog.Int("c", 3)), `{"c":3}`},
		{"a name that is too long is left out", slog.Group("p", slog.Int(long, 1), slog.Int("c", 3)), `{"c":3}`},
		{"a name with quotes is escaped", slog.Group("p", slog.Int(`a"b`, 1)), `{"a\"b":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got, _ := shown(t, paramCatalog(t, Param{Type: errcatalog.Object}), test.attr); got != test.want {
				t.Errorf("it is\n%s, want\n%s", got, test.want)
			}
		})
	}
}
