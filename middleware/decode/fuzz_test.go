package decode_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

// The fields of zoo are of all sorts that encoding/json knows, embedded ones too.
type (
	zoo struct {
		Base
		*Deep  `json:",omitempty"`
		Named  `json:"named"`
		bottom `json:""`

		Str    string             `json:"str,omitempty"`
		Ptr    **string           `json:"ptr"`
		Int    int64              `json:"int,omitzero"`
		I32    int32              `json:"i32"`
		Uint   uint64             `json:"uint"`
		F32    float32            `json:"f32"`
		F64    *float64           `json:"f64"`
		Bool   bool               `json:"bool"`
		Num    json.Number        `json:"num"`
		Raw    json.RawMessage    `json:"raw"`
		RawP   *json.RawMessage   `json:"rawp"`
		Time   time.Time          `json:"time"`
		Addr   netip.Addr         `json:"addr"`
		Big    *big.Int           `json:"big"`
		Any    any                `json:"any"`
		Bytes  []byte             `json:"bytes"`
		Hash   [2]byte            `json:"hash"`
		List   []*zoo             `json:"list"`
		Grid   [][]int            `json:"grid"`
		Map    map[string]*zoo    `json:"map"`
		Ints   map[int8]string    `json:"ints"`
		Uints  map[uint]string    `json:"uints"`
		Addrs  map[netip.Addr]any `json:"addrs"`
		Times  map[kinship]int    `json:"times"`
		Boxed  int                `json:"boxed,string"`
		BoxedS string             `json:"boxeds,string"`
		BoxedP *bool              `json:"boxedp,string"`
		Level  level              `json:"level"`
		At     moment             `json:"at"`
		Skip   chan int           `json:"-"`
		NoTag  int
	}
	Base struct {
		ID   string `json:"id" decode:"required"`
		Same string `json:"same"`
		Str  int    `json:"str"` // which the outer Str outdoes
	}
	Deep struct {
		Same string // which the tagged one outdoes
		Deep int    `json:"deep"`
		*Deeper
	}
	Deeper  struct{ Deepest string }
	Named   struct{ X int }
	bottom  struct{ Low int }
	kinship string
)

var fuzzBodies = []string{
	``, `null`, `{}`, `{"id":"x"}`, `{"id":"x","same":"y","deep":1,"Deepest":"z","named":{"X":1},"Low":3}`,
	`{"id":"x","str":"a\u00e9\ud83d\ude00\n\/","ptr":"p","int":-9223372036854775808,"i32":1,"uint":18446744073709551615}`,
	`{"id":"x","f32":1.5e3,"f64":-0.0,"bool":true,"num":1e400,"raw":{"a" : [1, 2 ]},"rawp":null}`, `{"id":"x","num":"12","raw":null}`,
	`{"id":"x","time":"2026-03-10T15:30:00+01:00","addr":"10.0.0.1","big":123456789012345678901234567890,"any":{"a":[1,"b",null,true]}}`,
	`{"id":"x","bytes":"aGk=","hash":[1,2],"list":[{"id":"y"},null],"grid":[[1],[],null],"map":{"k":{"id":"z"},"n":null}}`,
	`{"id":"x","ints":{"-1":"a"},"uints":{"1":"a"},"addrs":{"::1":1},"times":{"t":1},"boxed":"7","boxeds":"\"s\"","boxedp":"true"}`,
	`{"id":"x","boxedp":null,"boxed":null,"level":"L1","at":[1],"NoTag":3,"bytes":[1,2],"hash":[1]}`,
	`{"id":"x","ID":"y","nope":1,"id":"z"}`, `{"id":"\ud800"}`, "{\"id\":\"\xff\"}", `{"id":"x"} x`, `[1,2`, `{"id":"x","list":[{"id":"y","list":[{}]}]}`,
	`"\"\\\/\b\f\n\r\t\uABcd"`, `[true,false,null,{}]`, `{"id":"x","num":"1x","bool":0,"boxed":{"a":{}}}`,
	`[{"a":1,"a":2}]`, `"text"`, `-1.5E+2`, `01`, "\ufeff{}", `{"i32":2147483648,"f32":1e39,"uint":-1,"grid":[[1.0]],"boxed":7,"time":7,"big":"x"}`,
}

// lenient are the reasons for which encoding/json refuses nothing.
var lenient = []string{decode.Required, "is not known", "must not be given twice", "exactly", "base64"}

func FuzzAsEncodingJSON(f *testing.F) {
	for _, body := range fuzzBodies {
		f.Add([]byte(body))
	}
	types := []reflect.Type{
		reflect.TypeFor[zoo](), reflect.TypeFor[any](), reflect.TypeFor[[]zoo](), reflect.TypeFor[map[string]any](),
		reflect.TypeFor[json.RawMessage](), reflect.TypeFor[*string](), reflect.TypeFor[float64](), reflect.TypeFor[workflow](),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, typ := range types {
			same(t, typ, body)
		}
	})
}

// same compares what decode and encoding/json make of a body.
func same(t *testing.T, typ reflect.Type, body []byte) {
	t.Helper()
	kept := bytes.Clone(body)
	got, want := reflect.New(typ), reflect.New(typ)
	err := new(decode.Decoder).Unmarshal(body, got.Interface())
	if !bytes.Equal(body, kept) {
		t.Errorf("the body became %q", body)
	}
	theirs := strictly(body, want.Interface())
	malformed := errors.Is(err, errcatalog.BodyMalformed)
	switch {
	case err == nil && theirs != nil:
		t.Errorf("%s: accepted, but encoding/json says %v", typ, theirs)
	case err == nil && !reflect.DeepEqual(got.Interface(), want.Interface()):
		t.Errorf("%s: got %#v, want %#v", typ, got.Elem(), want.Elem())
	case err != nil && !malformed && !errors.Is(err, errcatalog.ValidationFailed):
		t.Errorf("%s: got %v, want no error but contract errors", typ, err)
	case malformed && json.Valid(body) && !beyond(body), !malformed && !json.Valid(body):
		t.Errorf("%s: got %v, json.Valid says %t", typ, err, json.Valid(body))
	case err != nil && !malformed && theirs == nil:
		onlyLenient(t, err, body)
	}
}

// strictly decodes as encoding/json does when it is told to be strict.
func strictly(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows")
	}
	return nil
}

// beyond reports whether a body may be malformed for other reasons than the grammar.
func beyond(body []byte) bool {
	return !utf8.Valid(body) || bytes.Contains(bytes.ToLower(body), []byte(`\ud`)) || bytes.Count(body, []byte("["))+bytes.Count(body, []byte("{")) > 100
}

// onlyLenient fails for a violation that encoding/json would have told of too.
func onlyLenient(t *testing.T, err error, body []byte) {
	t.Helper()
	for violation := range strings.SplitSeq(tell(err), "; ") {
		known := bytes.Contains(body, []byte("null")) && strings.Contains(violation, " must be ") || errors.Is(errcatalog.Kind(violation), errcatalog.ValidationFailed)
		for _, reason := range lenient {
			known = known || strings.Contains(violation, reason)
		}
		if !known {
			t.Errorf("refused %q, and encoding/json takes it", violation)
		}
	}
}

func FuzzPointer(f *testing.F) {
	for _, seed := range []string{"workflow.Steps[2].DependsOn[0]", "zoo.Base.ID", "zoo.Map[a.b].Named.X", "", ".", "x", "x.[", "x.[]]..a", "zoo.List[0].List[1].Any.x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, namespace string) {
		for _, v := range []any{zoo{}, &workflow{}, nil, 7} {
			if got := decode.Pointer(v, namespace); got != "" && got[0] != '/' {
				t.Errorf("%q is no JSON Pointer", got)
			}
		}
	})
}
