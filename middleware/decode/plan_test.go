package decode_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

type unlisted struct{ A, B int }

func TestWhatNothingDecodesIntoIsAPlainError(t *testing.T) {
	t.Parallel()
	type typo struct {
		A int `json:"a" decode:"require"`
	}
	type unexported struct{ *unlisted }
	type unexportedNamed struct {
		unlisted `json:"x"`
	}
	type nested struct {
		List []struct {
			Out chan<- int `json:"out"`
		} `json:"list"`
	}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"no pointer", call{}, "decode: give a pointer to what the body should be decoded into, not a decode_test.call"},
		{"nil", nil, "not a <nil>"},
		{"a nil pointer", (*call)(nil), "not a *decode_test.call"},
		{"a chan", new(chan int), "decode: JSON has no values for the type chan int"},
		{"a func", new(func()), "JSON has no values for the type func()"},
		{"an interface", new(fmt.Stringer), "JSON has no values for the type fmt.Stringer"},
		{"a map of structs", new(map[unlisted]int), "JSON has no values for the type map[decode_test.unlisted]int"},
		{"within", new(nested), `give it UnmarshalJSON (out of struct { Out chan<- int "json:\"out\"" }) (list of decode_test.nested)`},
		{"a tag that is none", new(typo), `decode: decode_test.typo.A has the tag decode:"require"; it can be decode:"required" or be left out`},
		{"an embedded struct that is required", new(struct {
			Base `decode:"required"`
		}), ".Base is embedded and no member itself"},
		{"an embedded pointer", new(unexported), "embeds *decode_test.unlisted, which can't be set"},
		{"an embedded struct with a name", new(unexportedNamed), "embeds decode_test.unlisted, which can't be set"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // a type that is refused stays so
				err := new(decode.Decoder).Unmarshal([]byte("{}"), tt.v)
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				if resolved(err) != "internal_error" {
					t.Errorf("it is answered with %s", resolved(err))
				}
			}
		})
	}
}

func TestEmbeddedStructsAreFlat(t *testing.T) {
	t.Parallel()
	got, err := unmarshal[zoo](`{"id":"x","same":"tagged","deep":1,"Deepest":"d","named":{"X":1},"Low":3,"str":"outer"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := zoo{Str: "outer", Named: Named{X: 1}, bottom: bottom{Low: 3}, Deep: &Deep{Deep: 1, Deeper: &Deeper{Deepest: "d"}}}
	want.ID, want.Base.Same = "x", "tagged"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

type (
	left   struct{ X, Both int }
	right  struct{ Y, Both int }
	wing   struct{ right }
	twins1 struct{ left }
	twins2 struct{ left }
)

// A Loop embeds itself, by way of a pointer.
type Loop struct {
	*Loop
	X int
}

func TestATypeMayEmbedItself(t *testing.T) {
	t.Parallel()
	if got, err := unmarshal[Loop](`{"X":1}`); err != nil || got.X != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFieldsThatOutdoEachOtherAreUnknown(t *testing.T) {
	t.Parallel()
	_, err := unmarshal[struct {
		left
		right
	}](`{"X":1,"Y":2,"Both":3}`)
	if want := "validation_failed; /Both is not known"; tell(err) != want {
		t.Errorf("got %q, want %q", tell(err), want)
	}
	_, err = unmarshal[struct {
		left
		wing
	}](`{"X":1,"Y":2,"Both":3}`)
	if err != nil {
		t.Errorf("the shallower one does not count: %v", tell(err))
	}
	_, err = unmarshal[struct {
		twins1
		twins2
	}](`{"X":1}`)
	if want := "validation_failed; /X is not known"; tell(err) != want {
		t.Errorf("got %q, want %q", tell(err), want)
	}
}

func TestWhatTheBodyLacksKeepsItsValue(t *testing.T) {
	t.Parallel()
	next := &call{Name: "inner", Count: 3}
	v := call{
		Name: "old", Count: 7, Tags: []string{"a", "b", "c"}, Limits: map[string]int{"kept": 1, "set": 1}, Next: next, Extra: 1.0, Data: []byte("x"),
	}
	shared := v.Tags
	body := `{"name":"new","tags":["z"],"limits":{"set":2},"next":{"name":"deeper"},"extra":null,"data":null,"on":null}`
	if err := new(decode.Decoder).Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	want := call{Name: "new", Count: 7, Tags: []string{"z"}, Limits: map[string]int{"kept": 1, "set": 2}, Next: &call{Name: "deeper", Count: 3}}
	if !reflect.DeepEqual(v, want) || v.Next != next {
		t.Errorf("got %+v, want %+v", v, want)
	}
	if shared[0] != "a" {
		t.Error("a slice was written over, which others may have")
	}
}

func TestUnknownMembersCanBeAllowed(t *testing.T) {
	t.Parallel()
	d := &decode.Decoder{AllowUnknown: true}
	var v call
	if err := d.Unmarshal([]byte(`{"foo":{"name":1},"name":"x","foo":2,"next":{"name":"y","bar":[]}}`), &v); err != nil || v.Next.Name != "y" {
		t.Errorf("got %+v, %v", v, tell(err))
	}
	if err := d.Unmarshal([]byte(`{"foo":{"name":}}`), &v); !errors.Is(err, errcatalog.BodyMalformed) {
		t.Errorf("got %v, want BodyMalformed", err)
	}
}

func TestRawPartsAreTheClientsBytes(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":"x","raw": { "a" : [1, "\u00e9" ] } }`)
	var v zoo
	if err := new(decode.Decoder).Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	clear(body)
	if want := json.RawMessage(`{ "a" : [1, "\u00e9" ] }`); string(v.Raw) != string(want) {
		t.Errorf("got %s, want %s", v.Raw, want)
	}
}

// TestTagsAreReadAsEncodingJSONReadsThem makes its type at run time, since linters
// rightly dislike the tags.
func TestTagsAreReadAsEncodingJSONReadsThem(t *testing.T) {
	t.Parallel()
	typ := reflect.StructOf([]reflect.StructField{
		{Name: "Dash", Type: reflect.TypeFor[int](), Tag: `json:"-,"`},
		{Name: "Quote", Type: reflect.TypeFor[int](), Tag: `json:"quo\"te"`},
		{Name: "Odd", Type: reflect.TypeFor[int](), Tag: `json:"a/b~c é,what"`},
		{Name: "Pointers", Type: reflect.TypeFor[**int](), Tag: `json:",string"`},
		{Name: "List", Type: reflect.TypeFor[[]int](), Tag: `json:"list,omitempty,string"`},
	})
	for _, body := range []string{`{"-":1}`, `{"Quote":1}`, `{"quo\"te":1}`, `{"a/b~c é":1}`, `{"Pointers":1}`, `{"Pointers":"1"}`, `{"list":[1]}`, `{"list":"[1]"}`} {
		same(t, typ, []byte(body))
	}
}
