package decode_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/contrite-go/contrite/errcatalog"
	"github.com/contrite-go/contrite/middleware/decode"
)

// A flow validates itself, its steps do, and so do the names in them.
type flow struct {
	Title slug            `json:"title" decode:"required"`
	Steps []*step         `json:"steps"`
	By    map[string]slug `json:"by"`
	Sum   int             `json:"sum"`
}

type step struct {
	Type  string `json:"type" decode:"required"`
	Agent slug   `json:"agent"`
	After []int  `json:"after"`
}

type slug string

type violations = []errcatalog.Violation

func (s slug) Validate() violations {
	if len(s) < 3 {
		return violations{{Reason: "must have 3 characters or more"}}
	}
	return nil
}

func (f *flow) Validate() (found violations) {
	if f.Sum != len(f.Steps) {
		found = append(found, errcatalog.Violation{Field: "sum", Reason: fmt.Sprintf("must be %d", len(f.Steps))})
	}
	return found
}

func (s step) Validate() (found violations) {
	if s.Type == "agent" && s.Agent == "" {
		found = append(found, errcatalog.Violation{Field: "/agent", Reason: decode.Required})
	}
	if s.Type == "" {
		found = append(found, errcatalog.Violation{Field: "/type", Reason: "must not be empty"})
	}
	for i, n := range s.After {
		if n < 1 {
			found = append(found, errcatalog.Violation{Field: fmt.Sprint("/after/", i), Reason: "closes a cycle", Path: []string{"a", "b", "a"}})
		}
	}
	return found
}

func TestValuesValidateThemselvesOnEveryLevel(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"nothing wrong", `{"title":"abc"}`, ""},
		{"null is not validated", `{"title":"abc","steps":[null],"sum":1}`, ""},
		{"a value", `{"title":"x"}`, "validation_failed; /title must have 3 characters or more"},
		{"a map's item", `{"title":"abc","by":{"a/b":"x"}}`, "validation_failed; /by/a~1b must have 3 characters or more"},
		{"an item", `{"title":"abc","steps":[{"type":"t","agent":"x","after":[1,0]}],"sum":1}`, "validation_failed; /steps/0/agent must have 3 characters or more; /steps/0/after/1 closes a cycle"},
		{"the whole", `{"title":"abc","sum":1}`, "validation_failed; /sum must be 0"},
		{"what a validation finds absent", `{"title":"abc","steps":[{"type":"agent"}],"sum":1}`, "field_missing; /steps/0/agent is required"},
		{"with structural ones", `{"sum":3,"steps":[{"type":"t","agent":"x"}],"what":1}`, "fields_missing; /title is required; /steps/0/agent must have 3 characters or more; /what is not known; /sum must be 1"},
		{"what could not be read is not validated", `{"title":7,"sum":"x"}`, "validation_failed; /title must be a string; /sum must be an integer"},
		{"nor what is inside", `{"title":"abc","sum":1,"steps":[{"type":"t","after":["x"]}]}`, "validation_failed; /steps/0/after/0 must be an integer"},
		{"nor what is absent", `{"title":"abc","sum":1,"steps":[{}]}`, "field_missing; /steps/0/type is required"},
		{"what is given twice is", `{"title":"abc","sum":1,"sum":0}`, "validation_failed; /sum must not be given twice; /sum must be 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := unmarshal[flow](tt.body); tell(err) != tt.want {
				t.Errorf("got  %s\nwant %s", tell(err), tt.want)
			}
		})
	}
}

// A room has numbers that are bounded by themselves, by the room, or by their type alone.
type room struct {
	Floor  floor  `json:"floor"`
	Beds   *beds  `json:"beds"`
	Number uint16 `json:"number"`
	Offset offset `json:"offset"`
}

type (
	floor  int64
	beds   uint8
	offset int8
)

func (f floor) Validate() violations {
	if f < -2 || f > 40 {
		return violations{{Reason: "must be from -2 to 40"}}
	}
	return nil
}

func (b beds) Validate() violations {
	if b < 1 || b > 4 {
		return violations{{Reason: "must be from 1 to 4"}, {Reason: "must be even"}}
	}
	return nil
}

func (offset) Validate() violations { return nil }

func (r room) Validate() violations {
	if r.Number > 999 {
		return violations{{Field: "number", Reason: "must have at most three digits"}}
	}
	return nil
}

func TestANumberBeyondItsTypeIsToldWhatItsValidationWants(t *testing.T) {
	t.Parallel()
	const large = "1000000000000000000000000000000"
	tests := []struct{ name, body, want string }{
		{"too large", `{"floor":` + large + `}`, "validation_failed; /floor must be from -2 to 40"},
		{"too small", `{"floor":-` + large + `}`, "validation_failed; /floor must be from -2 to 40"},
		{"with an exponent", `{"floor":1e30}`, "validation_failed; /floor must be from -2 to 40"},
		{"too small, with an exponent", `{"floor":-1E+999}`, "validation_failed; /floor must be from -2 to 40"},
		{"behind a pointer", `{"beds":256}`, "validation_failed; /beds must be from 1 to 4; /beds must be even"},
		{"without a sign", `{"beds":-1}`, "validation_failed; /beds must be from 1 to 4; /beds must be even"},
		{"validated from outside", `{"number":` + large + `,"floor":41}`, "validation_failed; /number must have at most three digits; /floor must be from -2 to 40"},
		{"in whose place another would do", `{"number":-1}`, "validation_failed; /number must be an integer from 0 to 65535"},
		{"whose validation wants nothing", `{"offset":128}`, "validation_failed; /offset must be an integer from -128 to 127"},
		{"not, but with a fraction", `{"floor":99.5}`, "validation_failed; /floor must be an integer"},
		{"not, but with an exponent", `{"floor":1e2}`, "validation_failed; /floor must be an integer"},
		{"not, but a text", `{"floor":"` + large + `"}`, "validation_failed; /floor must be an integer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := unmarshal[room](tt.body); tell(err) != tt.want {
				t.Errorf("got  %s\nwant %s", tell(err), tt.want)
			}
		})
	}
}

func TestWhatAValidationFindsAbsentIsRequired(t *testing.T) {
	t.Parallel()
	_, err := unmarshal[flow](`{"title":"abc","steps":[{"type":"agent"}],"sum":1}`)
	if field, required := param(err, "field"), param(err, "required_fields"); field != "/steps/0/agent" || required != "[/steps/0/type /steps/0/agent]" {
		t.Errorf("the field is %s, of %s", field, required)
	}
}

func TestTheDecodersValidationSeesTheWholeValue(t *testing.T) {
	t.Parallel()
	d := &decode.Decoder{Validate: func(v any) violations {
		f := v.(*flow)
		return violations{
			{Field: "/title", Reason: "is taken: " + string(f.Title)},
			{Field: "a/b", Reason: decode.Required},
		}
	}}
	var v flow
	want := "fields_missing; /title is taken: abc; /a~1b is required"
	if err := d.Unmarshal([]byte(`{"title":"abc"}`), &v); tell(err) != want {
		t.Errorf("got %s, want %s", tell(err), want)
	}
	want = "fields_missing; /title must be a string; /a~1b is required"
	if err := d.Unmarshal([]byte(`{"title":1}`), &v); tell(err) != want {
		t.Errorf("got %s, want %s", tell(err), want)
	}
	d.Validate = func(any) violations { panic("called") }
	if err := d.Unmarshal([]byte(`{"title":`), &v); tell(err) != "body_malformed" {
		t.Errorf("got %s", tell(err))
	}
}

func TestPointerFollowsTheTags(t *testing.T) {
	t.Parallel()
	tests := []struct{ namespace, want string }{
		{"zoo", ""},
		{"zoo.Str", "/str"},
		{"zoo.NoTag", "/NoTag"},
		{"zoo.Base.ID", "/id"},
		{"zoo.Deep.Deeper.Deepest", "/Deepest"},
		{"zoo.Named.X", "/named/X"},
		{"zoo.List[12].Grid[0][1]", "/list/12/grid/0/1"},
		{"zoo.Map[a.b/c].Str", "/map/a.b~1c/str"},
		{"zoo.Skip", "/Skip"},
		{"zoo.What.Ever[7]", "/What/Ever/7"},
	}
	for _, tt := range tests {
		for _, v := range []any{zoo{}, new(zoo), new(*zoo)} {
			if got := decode.Pointer(v, tt.namespace); got != tt.want {
				t.Errorf("of %s in a %T it is %q, want %q", tt.namespace, v, got, tt.want)
			}
		}
	}
}

// A stamp decodes and validates itself, and knows how often it did.
type stamp struct{ decoded, validated int }

func (s *stamp) UnmarshalJSON([]byte) error {
	s.decoded++
	return nil
}

func (s *stamp) Validate() violations {
	s.validated++
	return nil
}

func TestNullIsDecodedByWhatDecodesItselfAndNotValidated(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]stamp{`{"s":null}`: {1, 0}, `{"s":7}`: {1, 1}, `{}`: {0, 0}} {
		v, err := unmarshal[struct {
			S stamp `json:"s"`
		}](body)
		if err != nil || v.S != want {
			t.Errorf("%s: got %v, %v, want %v", body, v.S, err, want)
		}
	}
}

func TestNothingIsDecodedAfterTheLastViolation(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]stamp{98: {1, 1}, 99: {0, 0}} {
		v, err := unmarshal[struct {
			List []int `json:"list"`
			S    stamp `json:"s"`
		}](`{"list":[""` + strings.Repeat(`,""`, n) + `],"s":1}`)
		if err == nil || v.S != want {
			t.Errorf("after %d violations: got %v, want %v", n+1, v.S, want)
		}
	}
}
